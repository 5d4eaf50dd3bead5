using System.Collections.Concurrent;
using Sonde.Packets;

namespace Sonde.Link.Tests;

/// <summary>A device whose frames a test provides, and which knows whether it was asked in an order that it must not be.</summary>
internal sealed class FakeDevice() : FrameDevice("fake0")
{
    private readonly ConcurrentQueue<byte[]> _frames = new();
    private readonly SemaphoreSlim _signal = new(0);
    private volatile bool _woken;
    private volatile bool _closed;
    private int _inside;

    internal int Closes { get; private set; }

    internal string? Trespass { get; private set; }

    internal int FullFor { get; set; }

    internal List<byte[]> SentFrames { get; } = [];

    internal Exception? Fails { get; set; }

    public override int InterfaceIndex => 7;

    public override string Backend => "fake";

    public override LinkType LinkType => LinkType.Ethernet;

    public override MacAddress HardwareAddress => default;

    public override int Mtu => 1500;

    public override bool FiltersInKernel => false;

    public override FrameStatistics Statistics => new() { DroppedUnread = DroppedUnread };

    internal void Add(params byte[] frame)
    {
        _frames.Enqueue(frame);
        _signal.Release();
    }

    public override bool TrySend(ReadOnlySpan<byte> frame)
    {
        if (FullFor-- > 0)
        {
            return false;
        }

        SentFrames.Add(frame.ToArray());
        return true;
    }

    public override int Send(FrameSendBatch batch, int start = 0) => throw new NotSupportedException();

    private protected override FrameWait WaitCore(TimeSpan timeout, CancellationToken stopping)
    {
        using Visit visit = new(this);
        if (Fails is { } failure)
        {
            throw failure;
        }

        try
        {
            while (_frames.IsEmpty && !_woken)
            {
                if (!_signal.Wait(timeout, stopping))
                {
                    return FrameWait.TimedOut;
                }
            }

            return _woken ? FrameWait.Stopped : FrameWait.Ready;
        }
        catch (OperationCanceledException)
        {
            return FrameWait.Stopped;
        }
    }

    private protected override void ReleaseCore()
    {
        using Visit visit = new(this);
    }

    private protected override bool TryTakeCore(out Frame frame)
    {
        using Visit visit = new(this);
        bool taken = _frames.TryDequeue(out byte[]? bytes);
        frame = taken ? new Frame { Data = bytes, WireLength = bytes!.Length, LinkType = LinkType.Ethernet, InterfaceIndex = 7 } : default;
        return taken;
    }

    private protected override void WakeCore()
    {
        Trespass = _closed ? "woken after it was closed" : Trespass;
        _woken = true;
        _signal.Release();

        // The receiver leaves meanwhile; what is being woken must not be closed under the one who wakes it.
        Thread.SpinWait(10_000);
        Trespass = _closed ? "closed while it was woken" : Trespass;
    }

    private protected override void CloseCore()
    {
        Trespass = Volatile.Read(ref _inside) != 0 ? "closed with a receiver inside" : Trespass;
        _closed = true;
        Closes++;
    }

    private readonly struct Visit : IDisposable
    {
        private readonly FakeDevice _device;

        internal Visit(FakeDevice device)
        {
            _device = device;
            if (Interlocked.Increment(ref device._inside) != 1)
            {
                device.Trespass = "two threads inside";
            }

            if (device._closed)
            {
                device.Trespass = "asked after it was closed";
            }
        }

        public void Dispose() => Interlocked.Decrement(ref _device._inside);
    }
}
