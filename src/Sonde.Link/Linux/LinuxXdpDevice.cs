using System.Diagnostics;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;
using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.Link.Linux;

/// <summary>Frames of one receive queue that never reach the network stack (AF_XDP).</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxXdpDevice : FrameDevice
{
    // 8 MiB for each direction, whatever the buffer size: as much as any card's queue holds.
    private const int FramesEachWay = 2048;
    private const int LongestHeader = 18;

    // A call sends some dozens of frames; what is left after so many calls waits for the next send.
    private const int MostKicks = 256;

    // The socket of an interface that was removed is never ready again: somebody has to look.
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    private readonly LinuxInterface _link;
    private readonly PacketSocket _control; // asks about the interface, and holds it promiscuous
    private readonly XdpSocket _socket;
    private readonly XdpRedirect? _redirect;
    private readonly FrameShaper _shaper;
    private readonly DeviceStop _stop = new();
    private readonly Lock _counting = new();
    private readonly long _spin;
    private int _taken;
    private long _now;
    private bool _ending;
    private bool _closed;
    private long _dropped;
    private long _malformed;
    private long _sent;
    private long _refusals;

    private LinuxXdpDevice(LinuxInterface link, PacketSocket control, XdpSocket socket, XdpRedirect? redirect, BpfInstruction[]? program, FrameDeviceOptions options)
        : base(link.Name)
    {
        _link = link;
        _control = control;
        _socket = socket;
        _redirect = redirect;
        _spin = (long)(options.Spin.TotalSeconds * Stopwatch.Frequency);
        _shaper = new FrameShaper(link.LinkType, options.SnapLength, program);
        FiltersInKernel = program is null;
        Backend = socket.IsZeroCopy ? "af_xdp zero-copy" : "af_xdp copy";
    }

    public override int InterfaceIndex => _link.Index;

    public override string Backend { get; }

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
                    Delivered = _shaper.Delivered,
                    Dropped = _dropped,
                    DroppedUnread = DroppedUnread,
                    Cut = _shaper.Cut,
                    FilteredHere = _shaper.Filtered,
                    Malformed = Volatile.Read(ref _malformed),
                    Sent = Interlocked.Read(ref _sent),
                    SendRefusals = Interlocked.Read(ref _refusals),
                };
            }
        }
    }

    /// <summary>Opens a queue of an interface.</summary>
    /// <exception cref="LinkException">The system refused.</exception>
    internal static LinuxXdpDevice OpenQueue(string interfaceName, FrameDeviceOptions options)
    {
        if (options.Fanout is not null || options.HardwareTimestamps || options.Directions == FrameDirections.Outbound || interfaceName == AnyInterface)
        {
            throw new LinkException(
                LinkFailure.NotSupported, "socket(AF_XDP)", interfaceName, 0, "groups, a card's own times, sent frames and all interfaces at once are not to be had by AF_XDP");
        }

        var opened = new Stack<IDisposable>();
        try
        {
            PacketSocket control = Keep(PacketSocket.Open(cooked: false));
            LinuxInterface link = LinuxInterface.Read(control, interfaceName);
            if (link.LinkType != LinkType.Ethernet || !link.IsUp)
            {
                throw link.IsUp
                    ? new LinkException(LinkFailure.NotSupported, "bind(AF_XDP)", interfaceName, 0, "AF_XDP is for Ethernet")
                    : LinuxErrors.Exception("bind(AF_XDP)", interfaceName, new NativeError(NativeErrorDomain.Errno, Packet.ENETDOWN));
            }

            // Of protocol 0, it sees no frames; but it knows when its interface has gone.
            if (!control.TryBind(0, link.Index, out NativeError unbound))
            {
                throw LinuxErrors.Exception("bind(AF_PACKET)", interfaceName, unbound);
            }

            BpfInstruction[]? program = Compile(link, control, options);
            if (options.Promiscuous)
            {
                var request = new packet_mreq { mr_ifindex = link.Index, mr_type = Packet.PACKET_MR_PROMISC };
                if (!control.TrySet(Packet.PACKET_ADD_MEMBERSHIP, request, out NativeError error))
                {
                    throw LinuxErrors.Exception("setsockopt(PACKET_ADD_MEMBERSHIP)", interfaceName, error);
                }
            }

            XdpSocket socket = Keep(XdpSocket.Open(FramesEachWay));
            socket.Bind(link.Index, options.XdpQueue);
            XdpRedirect? redirect = options.Directions == FrameDirections.None ? null : Keep(XdpRedirect.Attach(socket, link.Index, options.XdpQueue, options.EtherType));
            var device = new LinuxXdpDevice(link, control, socket, redirect, program, options);
            opened.Clear();
            return device;
        }
        catch (NativeException refused)
        {
            throw LinuxErrors.Exception(refused, interfaceName);
        }
        finally
        {
            while (opened.TryPop(out IDisposable? one))
            {
                one.Dispose();
            }
        }

        T Keep<T>(T one)
            where T : IDisposable
        {
            opened.Push(one);
            return one;
        }
    }

    public override bool TrySend(ReadOnlySpan<byte> frame)
    {
        CheckSending();
        CheckLength(frame);
        if (!_socket.TryQueue(frame))
        {
            Kick();
            Interlocked.Increment(ref _refusals);
            return false;
        }

        Interlocked.Increment(ref _sent);
        Kick();
        return true;
    }

    public override int Send(FrameSendBatch batch, int start = 0)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, batch.Count);
        CheckSending();
        int at = start;
        while (at < batch.Count && (at == start || Fits(batch[at])))
        {
            CheckLength(batch[at]);
            if (!_socket.TryQueue(batch[at]))
            {
                Interlocked.Increment(ref _refusals);
                break;
            }

            at++;
        }

        Interlocked.Add(ref _sent, at - start);
        Kick();
        return at - start;
    }

    private protected override FrameWait WaitCore(TimeSpan timeout, CancellationToken stopping)
    {
        ReleaseCore();
        long started = Stopwatch.GetTimestamp();
        long spin = timeout < TimeSpan.Zero ? _spin : Math.Min(_spin, (long)(timeout.TotalSeconds * Stopwatch.Frequency));
        do
        {
            if (_socket.Waiting > 0)
            {
                return FrameWait.Ready;
            }

            if (Volatile.Read(ref _ending) || stopping.IsCancellationRequested)
            {
                return FrameWait.Stopped;
            }
        }
        while (Stopwatch.GetTimestamp() - started < spin);

        FileDescriptor stop = ((UnixStopSignal)_stop.For(stopping)).Waitable;
        while (true)
        {
            TimeSpan left = timeout < TimeSpan.Zero ? s_look : timeout - Stopwatch.GetElapsedTime(started);
            WaitResult result = Poll(stop, left > s_look ? s_look : left < TimeSpan.Zero ? TimeSpan.Zero : left);
            if (result == WaitResult.Stopped || _socket.Waiting > 0)
            {
                return result == WaitResult.Stopped ? FrameWait.Stopped : FrameWait.Ready;
            }

            LookAfterInterface();
            if (timeout >= TimeSpan.Zero && left <= s_look)
            {
                return FrameWait.TimedOut;
            }
        }
    }

    private protected override void ReleaseCore()
    {
        if (_taken > 0)
        {
            _socket.Release(_taken);
            _taken = 0;
        }

        _now = 0;
    }

    private protected override bool TryTakeCore(out Frame frame)
    {
        // The memory has room for what comes meanwhile: a loop holds half of it at most.
        while (_taken < FramesEachWay / 2 && _taken < _socket.Waiting)
        {
            Span<byte> bytes = _socket.Frame(_taken++);
            if (bytes.IsEmpty)
            {
                _malformed++;
                continue;
            }

            if (_now == 0)
            {
                _now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
            }

            var seen = new sockaddr_ll { sll_ifindex = _link.Index, sll_pkttype = AudienceOf(bytes) };
            if (_shaper.TryShape(bytes, 0, bytes.Length, (uint)bytes.Length, new FrameFacts(seen, 0, 0, 0, _now, FrameClock.Process), out frame))
            {
                return true;
            }
        }

        frame = default;
        return false;
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
                _redirect?.Dispose();
                _socket.Dispose();
                _control.Dispose();
                _stop.Dispose();
            }
        }
    }

    // Null when everything passes. The tag of a VLAN is in the bytes here.
    private static BpfInstruction[]? Compile(LinuxInterface link, PacketSocket control, FrameDeviceOptions options) =>
        !options.Program.IsEmpty ? options.Program.ToArray()
        : string.IsNullOrEmpty(options.Filter) ? null
        : PacketFilter.Compile(
            options.Filter,
            link.LinkType,
            new PacketFilterOptions { SnapLength = options.SnapLength, IPv4Mask = options.IPv4Mask ?? link.ReadIPv4Mask(control) }).Program.ToArray();

    private WaitResult Poll(FileDescriptor stop, TimeSpan timeout)
    {
        try
        {
            return Poller.Wait(_socket.Descriptor, stop, timeout);
        }
        catch (NativeException refused)
        {
            throw LinuxErrors.Exception(refused, Name, isOpen: true);
        }
    }

    private void LookAfterInterface()
    {
        try
        {
            int error = _socket.TakeError();
            bool isGone = error == Packet.ENETDOWN || _control.ReadBoundInterface() != _link.Index;
            if (isGone || error != 0)
            {
                throw LinuxErrors.Exception("poll(AF_XDP)", Name, new NativeError(NativeErrorDomain.Errno, isGone ? Netlink.ENODEV : error), isOpen: true);
            }
        }
        catch (NativeException refused)
        {
            throw LinuxErrors.Exception(refused, Name, isOpen: true);
        }
    }

    private byte AudienceOf(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < MacAddress.Size)
        {
            return Packet.PACKET_HOST;
        }

        MacAddress to = MacAddress.Read(frame);
        return to.IsBroadcast ? (byte)Packet.PACKET_BROADCAST
            : to.IsMulticast ? (byte)Packet.PACKET_MULTICAST
            : to == _link.HardwareAddress ? (byte)Packet.PACKET_HOST
            : (byte)Packet.PACKET_OTHERHOST;
    }

    private bool Fits(ReadOnlySpan<byte> frame) => frame.Length <= Math.Min(_link.Mtu + LongestHeader, XdpSocket.FrameSize);

    private void CheckLength(ReadOnlySpan<byte> frame)
    {
        if (!Fits(frame))
        {
            throw LinuxErrors.Exception("send(AF_XDP)", Name, new NativeError(NativeErrorDomain.Errno, Packet.EMSGSIZE), isOpen: true);
        }
    }

    private void CheckSending() => ObjectDisposedException.ThrowIf(_socket.Descriptor.IsClosed, this);

    // What was queued has been accepted: it goes out now or with the next send. A queue that is full for now says so, and is asked again a little later.
    private void Kick()
    {
        for (int kick = 0; kick < MostKicks && _socket.Unsent > 0; kick++)
        {
            if (!_socket.TryKick(out NativeError error) && error.Code is not (Netlink.EAGAIN or Netlink.ENOBUFS or Packet.EBUSY))
            {
                throw LinuxErrors.Exception("send(AF_XDP)", Name, error, isOpen: true);
            }
        }
    }

    private void Count()
    {
        try
        {
            xdp_statistics counts = _socket.Statistics;
            _dropped = (long)(counts.rx_dropped + counts.rx_ring_full);
        }
        catch (NativeException refused)
        {
            throw LinuxErrors.Exception(refused, Name, isOpen: true);
        }
    }
}
