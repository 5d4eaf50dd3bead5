using System.Diagnostics;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;
using Sonde.Packets;

namespace Sonde.Link.Linux;

/// <summary>What all packet sockets share: waits, sending, counts, and an interface that goes down, comes up or disappears.</summary>
[SupportedOSPlatform("linux")]
internal abstract class LinuxFrameDevice : FrameDevice
{
    // The kernel says when an interface goes down, but not when one that is down is removed: so long, somebody has to look.
    private static readonly TimeSpan s_lookWhileDown = TimeSpan.FromMilliseconds(100);

    private readonly LinuxInterface _link;
    private readonly DeviceStop _stop = new();
    private readonly Lock _counting = new();
    private readonly LinkLosses? _losses;
    private readonly TimeSpan _patience;
    private readonly long _spin;
    private bool _closed;
    private long _dropped;
    private long _stalls;
    private long _lost;
    private int _isDown;
    private long _downs;
    private long _sent;
    private long _refusals;
    private bool _ending;

    private protected LinuxFrameDevice(PacketSetup setup, FrameDeviceOptions options)
        : base(setup.Link.Name)
    {
        _link = setup.Link;
        Socket = setup.Socket;
        Shaper = setup.Shaper;
        FiltersInKernel = setup.FiltersInKernel;
        _spin = options.Mode == FrameMode.Latency ? (long)(options.Spin.TotalSeconds * Stopwatch.Frequency) : 0;
        _patience = s_lookWhileDown + options.BlockTimeout;
        _losses = LinkLosses.TryOpen(_link.Index);
        setup.HandOver();
    }

    public override int InterfaceIndex => _link.Index;

    public override LinkType LinkType => _link.LinkType;

    public override MacAddress HardwareAddress => _link.HardwareAddress;

    public override int Mtu => _link.Mtu;

    public override bool FiltersInKernel { get; }

    public override FrameStatistics Statistics
    {
        get
        {
            lock (_counting)
            {
                if (!_closed)
                {
                    Count();
                }

                return new FrameStatistics
                {
                    Delivered = Shaper.Delivered,
                    Dropped = _dropped,
                    DroppedByInterface = _losses is null ? null : _lost,
                    DroppedUnread = DroppedUnread,
                    Cut = Shaper.Cut,
                    FilteredHere = Shaper.Filtered,
                    Malformed = Malformed,
                    Stalls = CountsStalls ? _stalls : null,
                    InterfaceDowns = Interlocked.Read(ref _downs),
                    Sent = Interlocked.Read(ref _sent),
                    SendRefusals = Interlocked.Read(ref _refusals),
                };
            }
        }
    }

    private protected PacketSocket Socket { get; }

    private protected FrameShaper Shaper { get; }

    private protected abstract long Malformed { get; }

    private protected abstract bool CountsStalls { get; }

    public override bool TrySend(ReadOnlySpan<byte> frame)
    {
        CheckSending();
        if (Socket.TrySend(frame, out NativeError error))
        {
            NoteSent(1);
            return true;
        }

        return Refuse("send(AF_PACKET)", error);
    }

    public override int Send(FrameSendBatch batch, int start = 0)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, batch.Count);
        CheckSending();
        int accepted = Socket.Send(batch.Bytes, batch.Ends, start, out NativeError error);
        NoteSent(accepted);
        if (error.Code != 0 && (accepted == 0 || IsFull(error)))
        {
            Refuse("sendmmsg(AF_PACKET)", error);
        }

        return accepted;
    }

    private protected override FrameWait WaitCore(TimeSpan timeout, CancellationToken stopping)
    {
        if (HasFrames())
        {
            return FrameWait.Ready;
        }

        long started = Stopwatch.GetTimestamp();
        if (_spin > 0 && Spin(started, timeout, stopping) is not FrameWait.TimedOut and FrameWait found)
        {
            return found;
        }

        FileDescriptor stop = ((UnixStopSignal)_stop.For(stopping)).Waitable;
        while (true)
        {
            TimeSpan left = timeout < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : Max(timeout - Stopwatch.GetElapsedTime(started), TimeSpan.Zero);
            bool isSlice = Volatile.Read(ref _isDown) != 0 && (left < TimeSpan.Zero || left > _patience);
            switch (Poll(stop, isSlice ? _patience : left))
            {
                case WaitResult.Stopped:
                    return FrameWait.Stopped;
                case WaitResult.Ready when HasFrames():
                    return FrameWait.Ready;
                case WaitResult.Ready:
                    TakeError();
                    break;
                default:
                    if (Volatile.Read(ref _isDown) != 0)
                    {
                        LookAfterInterface();
                    }

                    if (!isSlice)
                    {
                        return FrameWait.TimedOut;
                    }

                    break;
            }
        }
    }

    private protected override void WakeCore()
    {
        Volatile.Write(ref _ending, true);
        _stop.End();
    }

    private protected override void CloseCore()
    {
        lock (_counting)
        {
            try
            {
                Count(); // what is known now is what is told from here on
            }
            finally
            {
                _closed = true;
                CloseMemory();
                Socket.Dispose();
                _losses?.Dispose();
                _stop.Dispose();
            }
        }
    }

    private protected abstract void CloseMemory();

    /// <summary>Whether a frame can be taken now; frames taken earlier are no longer looked at.</summary>
    private protected abstract bool HasFrames();

    /// <summary>A frame was seen: the interface may be up again, unless the frame has waited since before it went down.</summary>
    private protected void NoteFrame()
    {
        if (Volatile.Read(ref _isDown) != 0 && _link.ReadIsUp(Socket))
        {
            Volatile.Write(ref _isDown, 0);
        }
    }

    /// <summary>Decides what an error of reception means: going down is counted and lived through, all others are thrown.</summary>
    private protected void NoteError(string operation, NativeError error)
    {
        if (error.Code != Packet.ENETDOWN)
        {
            throw LinuxErrors.Exception(operation, Name, error, isOpen: true);
        }

        NoteDown();
    }

    // Looks again and again, for as long as the caller has a processor to give.
    private FrameWait Spin(long started, TimeSpan timeout, CancellationToken stopping)
    {
        long most = timeout < TimeSpan.Zero ? _spin : Math.Min(_spin, (long)(timeout.TotalSeconds * Stopwatch.Frequency));
        do
        {
            if (HasFrames())
            {
                return FrameWait.Ready;
            }

            if (Volatile.Read(ref _ending) || stopping.IsCancellationRequested)
            {
                return FrameWait.Stopped;
            }
        }
        while (Stopwatch.GetTimestamp() - started < most);

        return FrameWait.TimedOut;
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static bool IsFull(NativeError error) => error.Code is Netlink.EAGAIN or Netlink.ENOBUFS;

    private void NoteSent(int count)
    {
        Interlocked.Add(ref _sent, count);
        if (count > 0 && Volatile.Read(ref _isDown) != 0)
        {
            Volatile.Write(ref _isDown, 0); // nothing is accepted by an interface that is down
        }
    }

    private void TakeError()
    {
        try
        {
            int error = Socket.TakeError();
            if (error != 0)
            {
                NoteError("poll(AF_PACKET)", new NativeError(NativeErrorDomain.Errno, error));
            }
        }
        catch (NativeException refused)
        {
            throw LinuxErrors.Exception(refused, Name, isOpen: true);
        }
    }

    private WaitResult Poll(FileDescriptor stop, TimeSpan timeout)
    {
        try
        {
            return Poller.Wait(Socket.Descriptor, stop, timeout);
        }
        catch (NativeException refused)
        {
            throw LinuxErrors.Exception(refused, Name, isOpen: true);
        }
    }

    private void NoteDown()
    {
        if (Interlocked.Exchange(ref _isDown, 1) == 0)
        {
            Interlocked.Increment(ref _downs);
        }
    }

    private void LookAfterInterface()
    {
        if (_link.Index == 0)
        {
            return;
        }

        int bound;
        try
        {
            bound = Socket.ReadBoundInterface();
        }
        catch (NativeException refused)
        {
            throw LinuxErrors.Exception(refused, Name, isOpen: true);
        }

        if (bound != _link.Index)
        {
            throw LinuxErrors.Exception("poll(AF_PACKET)", Name, new NativeError(NativeErrorDomain.Errno, Netlink.ENODEV), isOpen: true);
        }

        if (_link.ReadIsUp(Socket))
        {
            Volatile.Write(ref _isDown, 0);
        }
    }

    private void CheckSending()
    {
        ObjectDisposedException.ThrowIf(Socket.Descriptor.IsClosed, this);
        if (LinkType == LinkType.LinuxSll2)
        {
            throw new LinkException(
                LinkFailure.NotSupported, "send(AF_PACKET)", Name, 0, "frames whose link header the kernel took away cannot be sent back through it");
        }
    }

    // False for a queue that is full for now; all else is thrown.
    private bool Refuse(string operation, NativeError error)
    {
        if (IsFull(error))
        {
            Interlocked.Increment(ref _refusals);
            return false;
        }

        if (error.Code == Packet.ENETDOWN)
        {
            NoteDown();
        }

        throw LinuxErrors.Exception(operation, Name, error, isOpen: true);
    }

    // The kernel's counts begin again at zero when they are read; they are read here alone.
    private void Count()
    {
        try
        {
            tpacket_stats_v3 counts = Socket.TakeStatistics();
            _dropped += counts.tp_drops;
            _stalls += counts.tp_freeze_q_cnt;
            _lost = _losses?.Read() ?? 0;
        }
        catch (NativeException refused)
        {
            throw LinuxErrors.Exception(refused, Name, isOpen: true);
        }
    }
}
