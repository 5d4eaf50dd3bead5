using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Filters;

namespace Sonde.Link.Windows;

/// <summary>The way without a driver: for each interface and IP version a raw socket that receives all its packets. It shows, and does not send.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsRawSocketDevice : FrameDevice
{
    private const string BackendName = "rawsocket";
    private const string Provides = "IP packets in and out of this host, without link headers";
    private const string Remark = "no link headers, no ARP, no sending; the filter runs in this process; IPv6 packets that Windows gives without their header are skipped";
    private const ushort IPv4Type = 0x0800;
    private const ushort IPv6Type = 0x86DD;

    // Room for the longest packet of either version, and for some dozen of them at a time.
    private const int LongestPacket = 66_000;
    private const int BufferSize = 1 << 20;

    private readonly RawSource[] _sources;
    private readonly HashSet<InternetAddress> _own;
    private readonly AutoResetEvent _ready;
    private readonly WaitHandle[] _waits = new WaitHandle[2];
    private readonly DeviceStop _stop = new();
    private readonly Lock _closing = new();
    private readonly FrameDeviceOptions _options;
    private readonly FrameDirections _directions;
    private readonly BpfInstruction[] _filter;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private readonly WindowsAdapter? _adapter;
    private readonly ulong? _discardsBefore;
    private Arrival? _pending;
    private int _used;
    private int _turn;
    private bool _closed;
    private long _delivered;
    private long _cut;
    private long _filteredHere;
    private long _malformed;
    private long _downs;
    private long? _discards;

    private WindowsRawSocketDevice(string name, WindowsAdapter? adapter, HashSet<InternetAddress> own, FrameDeviceOptions options, List<RawSource> sources, AutoResetEvent ready)
        : base(name)
    {
        _adapter = adapter;
        _own = own;
        _options = options;
        _directions = options.EtherType == 0 ? options.Directions : options.Directions & FrameDirections.Inbound;
        _filter = FrameFilter.Of(options, LinkType.Raw, adapter?.IPv4Mask);
        _sources = [.. sources];
        _ready = ready;
        _waits[1] = ready;
        _discardsBefore = adapter is null ? null : WindowsAdapters.ReadDiscards(adapter);
        Mtu = adapter?.Mtu ?? sources.Max(static source => source.Mtu);
    }

    public override int InterfaceIndex => _adapter?.Index ?? 0;

    public override string Backend => BackendName;

    public override LinkType LinkType => LinkType.Raw;

    public override MacAddress HardwareAddress => _adapter?.HardwareAddress ?? default;

    public override int Mtu { get; }

    public override bool FiltersInKernel => false;

    public override FrameStatistics Statistics
    {
        get
        {
            lock (_closing)
            {
                if (!_closed)
                {
                    ReadDiscards();
                }

                return new FrameStatistics
                {
                    Delivered = _delivered,
                    Dropped = null, // Windows does not count what a full socket buffer lost
                    DroppedByInterface = _discards,
                    Cut = _cut,
                    FilteredHere = _filteredHere,
                    Malformed = _malformed,
                    InterfaceDowns = _downs,
                };
            }
        }
    }

    /// <summary>Opens a socket for each adapter and IP version.</summary>
    /// <exception cref="LinkException">The system refused, or the options ask for what raw sockets do not offer.</exception>
    internal static WindowsRawSocketDevice Open(string name, IReadOnlyList<WindowsAdapter> adapters, FrameDeviceOptions options)
    {
        if (options.EtherType is not (0 or IPv4Type or IPv6Type))
        {
            throw new LinkException(LinkFailure.NotSupported, "WSAIoctl(SIO_RCVALL)", name, 0, "raw sockets show IP packets only");
        }

        var ready = new AutoResetEvent(initialState: false);
        var sources = new List<RawSource>();
        WindowsRawSocketDevice? opened = null;
        try
        {
            OpenSources(name, adapters, options, ready, sources);
            HashSet<InternetAddress> own = [.. WindowsAdapters.ReadAll().SelectMany(static adapter => adapter.Addresses).Select(static address => address.Value)];
            return opened = new WindowsRawSocketDevice(name, adapters.Count == 1 ? adapters[0] : null, own, options, sources, ready);
        }
        finally
        {
            if (opened is null)
            {
                sources.ForEach(static source => source.Socket.Dispose());
                ready.Dispose();
            }
        }
    }

    /// <summary>Tries one socket, without turning any card promiscuous.</summary>
    internal static FrameAccess Check()
    {
        using var ready = new AutoResetEvent(initialState: false);
        try
        {
            IPAddress address = WindowsAdapters.ReadAll().SelectMany(static adapter => adapter.Addresses)
                .FirstOrDefault(static address => address.Value.IsIPv4)?.ToBindable() ?? IPAddress.Loopback;
            using var socket = ReceiveAllSocket.Open(address, promiscuous: false, BufferSize, ready);
            return new FrameAccess(BackendName, FrameAccessState.Available, Provides, "WSAIoctl(SIO_RCVALL)", Remark);
        }
        catch (NativeException refused)
        {
            LinkException reason = WindowsLinkErrors.From(refused, null);
            bool denied = reason.Failure == LinkFailure.AccessDenied;
            return new FrameAccess(
                BackendName,
                denied ? FrameAccessState.Denied : FrameAccessState.Unavailable,
                Provides,
                reason.Operation,
                reason.Reason,
                reason.NativeError,
                denied ? ["Administrators"] : null);
        }
        catch (LinkException unknown)
        {
            return new FrameAccess(BackendName, FrameAccessState.Unavailable, Provides, unknown.Operation, unknown.Reason, unknown.NativeError);
        }
    }

    public override bool TrySend(ReadOnlySpan<byte> frame) => throw RefuseSending();

    public override int Send(FrameSendBatch batch, int start = 0) => throw RefuseSending();

    private protected override FrameWait WaitCore(TimeSpan timeout, CancellationToken stopping)
    {
        var stop = (WindowsStopSignal)_stop.For(stopping);
        _waits[0] = stop.Waitable;
        TimeSpan spin = _options.Mode == FrameMode.Latency ? _options.Spin : TimeSpan.Zero;
        long start = Stopwatch.GetTimestamp();
        if (_pending is null)
        {
            _used = 0;
        }

        while (true)
        {
            if (_pending is not null || TryReceive())
            {
                return FrameWait.Ready;
            }

            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            bool endless = timeout == Timeout.InfiniteTimeSpan;
            if (!endless && elapsed >= timeout)
            {
                return FrameWait.TimedOut;
            }

            // WaitAny takes at most int.MaxValue milliseconds; the loop goes on after them.
            int sleep = elapsed < spin ? 0 : endless ? Timeout.Infinite : (int)Math.Min(Math.Ceiling((timeout - elapsed).TotalMilliseconds), int.MaxValue);
            if (WaitHandle.WaitAny(_waits, sleep) == 0)
            {
                return FrameWait.Stopped;
            }
        }
    }

    private protected override void ReleaseCore()
    {
        // What was received and not looked at moves to the front: its place is wanted for more.
        if (_pending is { } left)
        {
            _buffer.AsSpan(left.Offset, left.Length).CopyTo(_buffer);
            _pending = left with { Offset = 0 };
        }

        _used = _pending?.Length ?? 0;
    }

    private protected override bool TryTakeCore(out Frame frame)
    {
        if (_pending is null && !TryReceive())
        {
            frame = default;
            return false;
        }

        Arrival arrival = _pending!.Value; // TryReceive has set it
        _pending = null;
        frame = new Frame
        {
            Data = _buffer.AsSpan(arrival.Offset, arrival.Kept),
            WireLength = arrival.WireLength,
            TimestampNanoseconds = arrival.Nanoseconds,
            Clock = FrameClock.Process,
            Direction = arrival.Direction,
            Audience = arrival.Audience,
            InterfaceIndex = arrival.InterfaceIndex,
            LinkType = LinkType.Raw,
        };
        _delivered++;
        _cut += frame.IsCut ? 1 : 0;
        return true;
    }

    // Waking and closing do not meet: who comes second finds the other done.
    private protected override void WakeCore()
    {
        lock (_closing)
        {
            if (!_closed)
            {
                _stop.End();
            }
        }
    }

    private protected override void CloseCore()
    {
        lock (_closing)
        {
            ReadDiscards();
            _closed = true;
            Array.ForEach(_sources, static source => source.Socket.Dispose());
            _ready.Dispose();
            _stop.Dispose();
        }
    }

    private static void OpenSources(
        string name, IReadOnlyList<WindowsAdapter> adapters, FrameDeviceOptions options, AutoResetEvent ready, List<RawSource> sources)
    {
        LinkException? first = null;
        foreach (WindowsAdapter adapter in adapters)
        {
            // Each socket shows all packets of the interface that its address belongs to: a second one would show every packet twice.
            bool hasIPv4 = options.EtherType == IPv6Type;
            bool hasIPv6 = options.EtherType == IPv4Type;
            foreach (WindowsAdapterAddress address in adapter.Addresses.OrderByDescending(static address => address.Value.IsIPv4))
            {
                if (address.Value.IsIPv4 ? hasIPv4 : hasIPv6)
                {
                    continue;
                }

                try
                {
                    var socket = ReceiveAllSocket.Open(address.ToBindable(), options.Promiscuous, options.BufferSize, ready);
                    sources.Add(new RawSource(socket, address.Value.IsIPv4, adapter.Index, adapter.Mtu));
                    hasIPv4 |= address.Value.IsIPv4;
                    hasIPv6 |= !address.Value.IsIPv4;
                }
                catch (NativeException refused)
                {
                    // An address that is tentative or just gone cannot be bound, and a host may have no IPv6: one that works is enough.
                    first ??= WindowsLinkErrors.From(refused, name);
                }
            }
        }

        if (sources.Count == 0)
        {
            throw first ?? new LinkException(LinkFailure.NotSupported, "WSAIoctl(SIO_RCVALL)", name, 0, "the interface has no IP address, and raw sockets are bound to one");
        }
    }

    private LinkException RefuseSending()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed), this);
        const string Reason = "raw sockets of Windows send no link headers, no TCP and nothing in the name of another host; Npcap sends frames as they are";
        return new LinkException(LinkFailure.NotSupported, "sendto", Name, 0, Reason);
    }

    // Takes the next packet that passes, from each socket in its turn, so that a busy one does not hide the others.
    private bool TryReceive()
    {
        int empty = 0;
        while (empty < _sources.Length && _buffer.Length - _used >= LongestPacket)
        {
            RawSource source = _sources[_turn];
            _turn = (_turn + 1) % _sources.Length;
            if (!TryReceiveFrom(source, out int length))
            {
                empty++;
                continue;
            }

            empty = 0;
            if (TryAccept(source, length, out Arrival arrival))
            {
                _pending = arrival;
                _used += arrival.Length;
                return true;
            }
        }

        return false;
    }

    private bool TryReceiveFrom(RawSource source, out int length)
    {
        try
        {
            return source.Socket.TryReceive(_buffer.AsSpan(_used, LongestPacket), out length);
        }
        catch (NativeException failed) when (failed.Error.Code == WinSock.WSAENETDOWN)
        {
            _downs++; // told once each time; the socket goes on when the interface comes back
            length = 0;
            return false;
        }
        catch (NativeException failed)
        {
            throw WindowsLinkErrors.From(failed, Name);
        }
    }

    private bool TryAccept(RawSource source, int length, out Arrival arrival)
    {
        arrival = default;
        if (!IPDatagram.TryRead(_buffer.AsSpan(_used, length), source.IsIPv4, out IPDatagram datagram))
        {
            _malformed++;
            return false;
        }

        PacketDirection direction = _own.Contains(datagram.Source) ? PacketDirection.Outbound : PacketDirection.Inbound;
        if ((_directions & (direction == PacketDirection.Outbound ? FrameDirections.Outbound : FrameDirections.Inbound)) == FrameDirections.None)
        {
            _filteredHere++;
            return false;
        }

        int kept = Math.Min(datagram.Data.Length, _options.SnapLength);
        if (_filter.Length > 0)
        {
            var metadata = new PacketMetadata(direction == PacketDirection.Outbound, source.InterfaceIndex);
            uint keep = BpfProgram.Run(_filter, datagram.Data, datagram.Length, metadata);
            if (keep == 0)
            {
                _filteredHere++;
                return false;
            }

            kept = (int)Math.Min(keep, (uint)kept);
        }

        arrival = new Arrival(
            _used, datagram.Data.Length, kept, datagram.Length, Now(), direction, AudienceOf(datagram.Destination, direction), source.InterfaceIndex);
        return true;
    }

    private FrameAudience AudienceOf(InternetAddress destination, PacketDirection direction) =>
        direction == PacketDirection.Outbound ? FrameAudience.Unknown
        : _own.Contains(destination) ? FrameAudience.ThisHost
        : destination.IsMulticast ? FrameAudience.Multicast
        : FrameAudience.Unknown; // another host's, or a broadcast of a network

    private void ReadDiscards()
    {
        if (_adapter is not null && _discardsBefore is { } before && WindowsAdapters.ReadDiscards(_adapter) is { } now)
        {
            _discards = (long)(now - Math.Min(before, now));
        }
    }

    private static long Now() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private sealed record RawSource(ReceiveAllSocket Socket, bool IsIPv4, int InterfaceIndex, int Mtu);

    // A packet in the buffer that nobody has looked at yet.
    private readonly record struct Arrival(
        int Offset, int Length, int Kept, int WireLength, long Nanoseconds, PacketDirection Direction, FrameAudience Audience, int InterfaceIndex);
}
