using Sonde.Host.Sockets;
using Sonde.Packets;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Sockets;

/// <summary>What the system itself counts of its TCP connections, read from the table of sockets; of other protocols only who talks to whom.</summary>
/// <remarks>Where the system tells which connections close, with their last figures, those that live between two readings are counted too.</remarks>
internal sealed class SocketTrafficSource : TrafficSource
{
    // Reading a table of ten thousand costs ten milliseconds.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly SocketWatch _watch;
    private readonly SocketClosings? _closings;
    private readonly TimeProvider _time;
    private readonly Dictionary<FlowIdentity, Known> _known = [];
    private readonly Action<SocketRecord> _onClosed;
    private ITrafficSink? _sink;
    private long _lastRead;
    private int _reading;

    internal SocketTrafficSource(SocketWatch watch, SocketClosings? closings, TimeProvider time)
    {
        _watch = watch;
        _closings = closings;
        _time = time;
        _onClosed = socket => Tell(socket, isClosed: true);
        Read(isFirst: true);
        foreach (SocketRecord socket in watch.Snapshot!) // read just now
        {
            HasCounters |= (socket.Tcp.HasValue && socket.Tcp.Value.BytesReceived.HasValue) || socket.ReceivedBytes.HasValue;
        }

        HasCounters |= closings is not null;
    }

    internal override TrafficBackend Backend => HasCounters ? TrafficBackend.Sockets : TrafficBackend.Tables;

    internal override bool ReadsSockets => true;

    /// <summary>Whether the system counts at all.</summary>
    internal bool HasCounters { get; }

    internal override void Drain(ITrafficSink sink)
    {
        _sink = sink;
        try
        {
            _closings?.Read(_onClosed);
            if (_time.GetElapsedTime(_lastRead) >= s_interval)
            {
                Read(isFirst: false);
                foreach (SocketRecord socket in _watch.Snapshot!) // read just now
                {
                    Tell(socket, isClosed: false);
                }

                Forget();
            }
        }
        finally
        {
            _sink = null;
        }
    }

    /// <summary>Has the next drain read the table, however recently it was read.</summary>
    internal override void Hurry() => _lastRead = 0;

    internal override void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels) =>
        losses.Add(new TrafficLoss("times that the system dropped notices of closed connections", _closings?.Lost ?? 0));

    protected override void Dispose(bool disposing) => _closings?.Dispose();

    private void Read(bool isFirst)
    {
        _lastRead = _time.GetTimestamp();
        _reading++;
        _watch.Read(withOwners: true);
        if (!isFirst)
        {
            return;
        }

        // What went over connections before the start is not ours.
        foreach (SocketRecord socket in _watch.Snapshot!) // read just now
        {
            if (socket.HasPeer)
            {
                _known[IdentityOf(socket)] = new Known(CountersOf(socket), _reading, IsTold: false);
            }
        }
    }

    private void Tell(SocketRecord socket, bool isClosed)
    {
        if (_sink is null || !socket.HasPeer || socket.State == SocketState.TimeWait)
        {
            return;
        }

        FlowIdentity identity = IdentityOf(socket);

        bool isKnown = _known.TryGetValue(identity, out Known known);
        TrafficCounters now = CountersOf(socket);
        TrafficCounters more = isKnown ? now - known.Counters : now;
        if (isClosed)
        {
            _known.Remove(identity);
        }
        else
        {
            _known[identity] = new Known(now, _reading, IsTold: true);
        }

        // A silent connection is told once, so that it is listed.
        if (more == default && isKnown && known.IsTold && !isClosed)
        {
            return;
        }

        FlowSigns signs = socket.Direction switch
        {
            SocketDirection.Inbound => FlowSigns.Inbound,
            SocketDirection.Outbound => FlowSigns.Opened,
            _ => FlowSigns.None,
        };
        bool isTcp = socket.Protocol == IPProtocol.Tcp;
        _sink.Count(new FlowCount(
            isTcp ? identity with { Socket = 0 } : identity,
            more,
            identity.Socket,
            socket.InterfaceIndex.GetValueOrDefault(0),
            isClosed && isTcp ? signs | FlowSigns.FinishedHere | FlowSigns.FinishedThere : signs));
    }

    // Sockets that are gone without a notice.
    private void Forget()
    {
        foreach ((FlowIdentity identity, Known known) in _known)
        {
            if (known.Reading != _reading)
            {
                _known.Remove(identity);
            }
        }
    }

    // Where the system numbers its sockets, the number tells two with the same endpoints apart.
    private static FlowIdentity IdentityOf(SocketRecord socket) => new(socket.Flow, 0, socket.Cookie.GetValueOrDefault(0));

    private static TrafficCounters CountersOf(SocketRecord socket)
    {
        if (!socket.Tcp.TryGetValue(out TcpStatistics? tcp))
        {
            // macOS counts for every socket, whatever its protocol.
            long received = (long)socket.ReceivedPackets.GetValueOrDefault(0);
            long sentPackets = (long)socket.SentPackets.GetValueOrDefault(0);
            return new TrafficCounters(
                (long)socket.ReceivedBytes.GetValueOrDefault(0), (long)socket.SentBytes.GetValueOrDefault(0), received, sentPackets, received, sentPackets);
        }

        ulong sent = tcp.BytesSent.HasValue ? tcp.BytesSent.Value : tcp.BytesAcknowledged.GetValueOrDefault(0);
        long segmentsIn = (long)tcp.SegmentsReceived.GetValueOrDefault(0);
        long segmentsOut = (long)tcp.SegmentsSent.GetValueOrDefault(0);
        return new TrafficCounters((long)tcp.BytesReceived.GetValueOrDefault(0), (long)sent, segmentsIn, segmentsOut, segmentsIn, segmentsOut);
    }

    private readonly record struct Known(TrafficCounters Counters, int Reading, bool IsTold);
}
