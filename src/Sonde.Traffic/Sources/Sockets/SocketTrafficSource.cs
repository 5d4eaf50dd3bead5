using Sonde.Host.Sockets;
using Sonde.Packets;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Sockets;

/// <summary>What the system itself counts of its TCP connections, read from the table of sockets; of other protocols only who talks to whom.</summary>
/// <remarks>What lives between two readings is not seen.</remarks>
internal sealed class SocketTrafficSource : TrafficSource
{
    // Reading a table of ten thousand costs ten milliseconds.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly SocketWatch _watch;
    private readonly TimeProvider _time;
    private readonly Dictionary<ulong, Known> _known = [];
    private ITrafficSink? _sink;
    private long _lastRead;
    private int _reading;

    internal SocketTrafficSource(SocketWatch watch, TimeProvider time)
    {
        _watch = watch;
        _time = time;
        Read(isFirst: true);
        foreach (SocketRecord socket in watch.Snapshot!) // read just now
        {
            HasCounters |= socket.Tcp.HasValue && socket.Tcp.Value.BytesReceived.HasValue;
        }
    }

    internal override TrafficBackend Backend => HasCounters ? TrafficBackend.Sockets : TrafficBackend.Tables;

    /// <summary>Whether the system counts at all.</summary>
    internal bool HasCounters { get; }

    internal override void Drain(ITrafficSink sink)
    {
        _sink = sink;
        try
        {
            if (_time.GetElapsedTime(_lastRead) >= s_interval)
            {
                Read(isFirst: false);
                foreach (SocketRecord socket in _watch.Snapshot!) // read just now
                {
                    Tell(socket);
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

    internal override void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
    {
        // Nothing of its own to lose: the table is the system's.
    }

    protected override void Dispose(bool disposing)
    {
        // The table belongs to the monitor.
    }

    private void Read(bool isFirst)
    {
        _lastRead = _time.GetTimestamp();
        _reading++;
        _watch.Read();
        if (!isFirst)
        {
            return;
        }

        // What went over connections before the start is not ours.
        foreach (SocketRecord socket in _watch.Snapshot!) // read just now
        {
            if (socket.Cookie.TryGetValue(out ulong cookie) && socket.HasPeer)
            {
                _known[cookie] = new Known(CountersOf(socket), _reading, IsTold: false);
            }
        }
    }

    private void Tell(SocketRecord socket)
    {
        if (_sink is null || !socket.HasPeer || socket.State == SocketState.TimeWait || !socket.Cookie.TryGetValue(out ulong cookie))
        {
            return;
        }

        bool isKnown = _known.TryGetValue(cookie, out Known known);
        TrafficCounters now = CountersOf(socket);
        TrafficCounters more = isKnown ? now - known.Counters : now;
        _known[cookie] = new Known(now, _reading, IsTold: true);

        // A silent connection is told once, so that it is listed.
        if (more == default && isKnown && known.IsTold)
        {
            return;
        }

        FlowSigns signs = socket.Direction switch
        {
            SocketDirection.Inbound => FlowSigns.Accepted,
            SocketDirection.Outbound => FlowSigns.Opened,
            _ => FlowSigns.None,
        };
        bool isTcp = socket.Protocol == IPProtocol.Tcp;
        _sink.Count(new FlowCount(
            new FlowIdentity(socket.Flow, 0, isTcp ? 0 : cookie),
            more,
            cookie,
            socket.InterfaceIndex.GetValueOrDefault(0),
            signs));
    }

    // Sockets that are gone without a notice.
    private void Forget()
    {
        foreach ((ulong cookie, Known known) in _known)
        {
            if (known.Reading != _reading)
            {
                _known.Remove(cookie);
            }
        }
    }

    private static TrafficCounters CountersOf(SocketRecord socket)
    {
        if (!socket.Tcp.TryGetValue(out TcpStatistics? tcp))
        {
            return default;
        }

        ulong sent = tcp.BytesSent.HasValue ? tcp.BytesSent.Value : tcp.BytesAcknowledged.GetValueOrDefault(0);
        long segmentsIn = (long)tcp.SegmentsReceived.GetValueOrDefault(0);
        long segmentsOut = (long)tcp.SegmentsSent.GetValueOrDefault(0);
        return new TrafficCounters((long)tcp.BytesReceived.GetValueOrDefault(0), (long)sent, segmentsIn, segmentsOut, segmentsIn, segmentsOut);
    }

    private readonly record struct Known(TrafficCounters Counters, int Reading, bool IsTold);
}
