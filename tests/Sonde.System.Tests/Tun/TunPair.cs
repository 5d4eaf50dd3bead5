using System.Runtime.Versioning;
using Sonde.Testing;
using Sonde.Tun;

namespace Sonde.System.Tests.Tun;

/// <summary>Two namespaces with a TUN device each, and a forwarder of ours between them: what one host sends the other receives.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TunPair : IDisposable
{
    private readonly List<Thread> _threads = [];
    private readonly long[] _allocated = new long[2];

    internal TunPair(TunOffload left, TunOffload right, int mtu = 1500)
    {
        Left = NeedsRoot.Namespace();
        Right = NeedsRoot.Namespace();
        LeftDevice = Left.Run(() => TunDevice.Open(Options("left0", left, mtu, "10.99.0.1/24", "fd99::1/64")));
        RightDevice = Right.Run(() => TunDevice.Open(Options("right0", right, mtu, "10.99.0.2/24", "fd99::2/64")));
        Start(0, LeftDevice.Queues[0], RightDevice.Queues[0]);
        Start(1, RightDevice.Queues[0], LeftDevice.Queues[0]);
    }

    internal NetworkNamespace Left { get; }

    internal NetworkNamespace Right { get; }

    internal TunDevice LeftDevice { get; }

    internal TunDevice RightDevice { get; }

    /// <summary>Bytes that the forwarding threads allocate a round after their first packets.</summary>
    internal long Allocated => Volatile.Read(ref _allocated[0]) + Volatile.Read(ref _allocated[1]);

    public void Dispose()
    {
        LeftDevice.Dispose();
        RightDevice.Dispose();
        _threads.ForEach(thread => thread.Join());
        Left.Dispose();
        Right.Dispose();
    }

    private static TunOptions Options(string name, TunOffload offload, int mtu, params string[] addresses) => new()
    {
        Name = name,
        Offload = offload,
        MustBeNew = true,
        Configuration = new TunConfiguration { Mtu = mtu, Addresses = [.. addresses.Select(text => TunAddress.Parse(text.AsSpan()))] },
    };

    private void Start(int index, TunQueue from, TunQueue to)
    {
        var thread = new Thread(() => Forward(index, from, to)) { IsBackground = true, Name = $"forward {index}" };
        _threads.Add(thread);
        thread.Start();
    }

    private void Forward(int index, TunQueue from, TunQueue to)
    {
        var batch = new TunBatch();
        AllocationWatch allocations = default;
        long rounds = 0;
        while (from.Receive(batch) == TunStatus.Ok)
        {
            to.Send(batch);
            if (++rounds == 100)
            {
                allocations = AllocationWatch.Start();
            }
            else if (rounds > 100)
            {
                Volatile.Write(ref _allocated[index], allocations.Allocated / (rounds - 100)); // what happens once is no packet's
            }
        }
    }
}
