using Sonde.Host.Sockets.Assembly;

namespace Sonde.Host.Sockets;

/// <summary>What TCP itself knows of one connection: bytes, round trips, losses, windows, rates.</summary>
/// <remarks>On loan from its snapshot, like the record it belongs to. Counters begin with the connection.</remarks>
public sealed class TcpStatistics
{
    // The numbers are TCP's; the words of tcp_info(7) and RFC 4898 stand in the comments of each.
    private const uint Infinite = 0x7FFF_FFFF;
    private TcpSample _sample;
    private SocketReasons _reasons;
    private Reading<string> _algorithm;

    internal TcpStatistics(SocketReasons reasons) => _reasons = reasons;

    /// <summary>Bytes of data sent, those sent again included.</summary>
    public Reading<ulong> BytesSent => Get(TcpFacts.BytesSent, _sample.BytesSent);

    /// <summary>Bytes of data that the peer acknowledged; on Linux the first packet of the connection counts one.</summary>
    public Reading<ulong> BytesAcknowledged => Get(TcpFacts.BytesAcknowledged, _sample.BytesAcknowledged);

    /// <summary>Bytes of data received in order; on Linux the last packet of the connection counts one.</summary>
    public Reading<ulong> BytesReceived => Get(TcpFacts.BytesReceived, _sample.BytesReceived);

    /// <summary>Bytes of data that were sent again.</summary>
    public Reading<ulong> BytesRetransmitted => Get(TcpFacts.BytesRetransmitted, _sample.BytesRetransmitted);

    /// <summary>Segments sent, with or without data; before segmentation offload, so that a large one counts as many.</summary>
    public Reading<ulong> SegmentsSent => Get(TcpFacts.SegmentsSent, _sample.SegmentsSent);

    /// <summary>Segments received, with or without data.</summary>
    public Reading<ulong> SegmentsReceived => Get(TcpFacts.SegmentsReceived, _sample.SegmentsReceived);

    /// <summary>Segments with data sent.</summary>
    public Reading<ulong> DataSegmentsSent => Get(TcpFacts.DataSegmentsSent, _sample.DataSegmentsSent);

    /// <summary>Segments with data received.</summary>
    public Reading<ulong> DataSegmentsReceived => Get(TcpFacts.DataSegmentsReceived, _sample.DataSegmentsReceived);

    /// <summary>The smoothed time from a segment to its acknowledgement.</summary>
    public Reading<TimeSpan> RoundTripTime => GetTime(TcpFacts.RoundTrip, _sample.RoundTrip);

    /// <summary>The mean deviation of that time.</summary>
    public Reading<TimeSpan> RoundTripVariance => GetTime(TcpFacts.RoundTripVariance, _sample.RoundTripVariance);

    /// <summary>The shortest such time of the last minutes.</summary>
    public Reading<TimeSpan> MinimumRoundTripTime => GetTime(TcpFacts.MinimumRoundTrip, _sample.MinimumRoundTrip);

    /// <summary>The round trip as the receiving side estimates it; none before it has one.</summary>
    public Reading<TimeSpan> ReceiveRoundTripTime => GetTime(TcpFacts.ReceiveRoundTrip, _sample.ReceiveRoundTrip);

    /// <summary>How long it waits for an acknowledgement before it sends again.</summary>
    public Reading<TimeSpan> RetransmitTimeout => GetTime(TcpFacts.RetransmitTimeout, _sample.RetransmitTimeout);

    /// <summary>How long it may keep an acknowledgement back.</summary>
    public Reading<TimeSpan> AcknowledgeTimeout => GetTime(TcpFacts.AcknowledgeTimeout, _sample.AcknowledgeTimeout);

    /// <summary>Segments that were sent again, since the connection began.</summary>
    public Reading<ulong> SegmentsRetransmitted => Get(TcpFacts.SegmentsRetransmitted, _sample.SegmentsRetransmitted);

    /// <summary>How often the timer ran out in a row, 0 when all is well.</summary>
    public Reading<uint> RetransmitsInARow => Get(TcpFacts.RetransmitsInARow, _sample.RetransmitsInARow);

    /// <summary>Segments that are held for lost now.</summary>
    public Reading<uint> LostSegments => Get(TcpFacts.Lost, _sample.Lost);

    /// <summary>Segments on their way.</summary>
    public Reading<uint> UnacknowledgedSegments => Get(TcpFacts.Unacknowledged, _sample.Unacknowledged);

    /// <summary>Segments that the peer has out of order.</summary>
    public Reading<uint> SelectivelyAcknowledgedSegments => Get(TcpFacts.SelectivelyAcknowledged, _sample.SelectivelyAcknowledged);

    /// <summary>Segments on their way for the second time or more.</summary>
    public Reading<uint> RetransmitsInFlight => Get(TcpFacts.RetransmitsInFlight, _sample.RetransmitsInFlight);

    /// <summary>How many segments may come in wrong order before one counts as lost.</summary>
    public Reading<uint> Reordering => Get(TcpFacts.Reordering, _sample.Reordering);

    /// <summary>How often a wrong order was seen.</summary>
    public Reading<uint> ReorderingSeen => Get(TcpFacts.ReorderingSeen, _sample.ReorderingSeen);

    /// <summary>How often the peer told that a segment came twice.</summary>
    public Reading<uint> DuplicatesReported => Get(TcpFacts.DuplicateSelectiveAcknowledgements, _sample.DuplicateSelectiveAcknowledgements);

    /// <summary>Segments received out of order.</summary>
    public Reading<uint> OutOfOrderSegments => Get(TcpFacts.OutOfOrder, _sample.OutOfOrder);

    /// <summary>How many segments may be on their way.</summary>
    public Reading<uint> CongestionWindow => Get(TcpFacts.CongestionWindow, _sample.CongestionWindow);

    /// <summary>The window, in segments, above which growth is careful; none while no loss has set it.</summary>
    public Reading<uint> SlowStartThreshold => _sample is { SlowStartThreshold: >= Infinite } && (_sample.Facts & TcpFacts.SlowStartThreshold) != TcpFacts.None
        ? Reading.None<uint>("no loss has set it")
        : Get(TcpFacts.SlowStartThreshold, _sample.SlowStartThreshold);

    /// <summary>How it judges the path.</summary>
    public Reading<TcpCongestionState> CongestionState => Get(TcpFacts.CongestionState, _sample.CongestionState);

    /// <summary>The algorithm that sets the window: "cubic", "bbr".</summary>
    public Reading<string> CongestionAlgorithm => _algorithm;

    /// <summary>The largest segment it sends, in bytes.</summary>
    public Reading<uint> SendSegmentSize => Get(TcpFacts.SendSegmentSize, _sample.SendSegmentSize);

    /// <summary>The size of segments it receives, in bytes, as observed.</summary>
    public Reading<uint> ReceiveSegmentSize => Get(TcpFacts.ReceiveSegmentSize, _sample.ReceiveSegmentSize);

    /// <summary>The segment size that it told the peer, in bytes.</summary>
    public Reading<uint> AdvertisedSegmentSize => Get(TcpFacts.AdvertisedSegmentSize, _sample.AdvertisedSegmentSize);

    /// <summary>The path's MTU, in bytes.</summary>
    public Reading<uint> PathMtu => Get(TcpFacts.PathMtu, _sample.PathMtu);

    /// <summary>At which rate segments are let out, in bytes a second; none when they are not held back.</summary>
    public Reading<ulong> PacingRateBytesPerSecond => _sample.PacingRate == ulong.MaxValue ? Reading.None<ulong>("unlimited") : Get(TcpFacts.PacingRate, _sample.PacingRate);

    /// <summary>The most that the program allows, in bytes a second; none when it sets no limit.</summary>
    public Reading<ulong> MaximumPacingRateBytesPerSecond => _sample.MaximumPacingRate == ulong.MaxValue
        ? Reading.None<ulong>("unlimited")
        : Get(TcpFacts.MaximumPacingRate, _sample.MaximumPacingRate);

    /// <summary>At which rate data lately reached the peer, in bytes a second.</summary>
    public Reading<ulong> DeliveryRateBytesPerSecond => Get(TcpFacts.DeliveryRate, _sample.DeliveryRate);

    /// <summary>Whether that rate says more of the program, which had nothing to send, than of the path.</summary>
    public Reading<bool> IsDeliveryRateLimitedByProgram => Get(TcpFacts.DeliveryRate, _sample.IsDeliveryRateLimited);

    /// <summary>Bytes that the peer is ready to take.</summary>
    public Reading<uint> SendWindowBytes => Get(TcpFacts.SendWindow, _sample.SendWindow);

    /// <summary>Bytes that this host told it is ready to take.</summary>
    public Reading<uint> ReceiveWindowBytes => Get(TcpFacts.ReceiveWindow, _sample.ReceiveWindow);

    /// <summary>Bytes that the receiving program reads within a round trip: what the receive buffer is sized by.</summary>
    public Reading<uint> ReceiveSpaceBytes => Get(TcpFacts.ReceiveSpace, _sample.ReceiveSpace);

    /// <summary>The most that the receive window may grow to for now, in bytes.</summary>
    public Reading<uint> ReceiveThresholdBytes => Get(TcpFacts.ReceiveThreshold, _sample.ReceiveThreshold);

    /// <summary>By how many bits the peer's windows are shifted.</summary>
    public Reading<int> SendWindowScale => Get(TcpFacts.WindowScale, (int)_sample.SendWindowScale);

    /// <summary>By how many bits this host's windows are shifted.</summary>
    public Reading<int> ReceiveWindowScale => Get(TcpFacts.WindowScale, (int)_sample.ReceiveWindowScale);

    /// <summary>How long ago data was sent.</summary>
    public Reading<TimeSpan> SinceSent => GetTime(TcpFacts.LastSent, _sample.LastSent);

    /// <summary>How long ago data was received.</summary>
    public Reading<TimeSpan> SinceReceived => GetTime(TcpFacts.LastReceived, _sample.LastReceived);

    /// <summary>How long ago an acknowledgement was received.</summary>
    public Reading<TimeSpan> SinceAcknowledged => GetTime(TcpFacts.LastAcknowledged, _sample.LastAcknowledged);

    /// <summary>How long it had data to send, in all.</summary>
    public Reading<TimeSpan> BusyTime => GetTime(TcpFacts.BusyTime, _sample.BusyTime);

    /// <summary>How long of that the peer's window held it back.</summary>
    public Reading<TimeSpan> LimitedByPeer => GetTime(TcpFacts.ReceiveWindowLimited, _sample.ReceiveWindowLimited);

    /// <summary>How long of that its own send buffer held it back.</summary>
    public Reading<TimeSpan> LimitedByBuffer => GetTime(TcpFacts.SendBufferLimited, _sample.SendBufferLimited);

    /// <summary>Bytes in the send buffer that were never sent.</summary>
    public Reading<uint> NotSentBytes => Get(TcpFacts.NotSent, _sample.NotSent);

    /// <summary>Segments that reached the peer.</summary>
    public Reading<uint> DeliveredSegments => Get(TcpFacts.Delivered, _sample.Delivered);

    /// <summary>Segments of those that came with a mark of congestion.</summary>
    public Reading<uint> MarkedSegments => Get(TcpFacts.DeliveredMarked, _sample.DeliveredMarked);

    /// <summary>What both ends agreed on.</summary>
    public Reading<TcpOptions> Options => Get(TcpFacts.Options, _sample.Options);

    /// <summary>How often the timer was doubled.</summary>
    public Reading<int> Backoff => Get(TcpFacts.Backoff, (int)_sample.Backoff);

    /// <summary>Probes of a closed window or a silent peer that were not answered.</summary>
    public Reading<int> Probes => Get(TcpFacts.Probes, (int)_sample.Probes);

    /// <summary>Takes over what a parser found.</summary>
    internal void Fill(in TcpSample sample, Reading<string> algorithm, SocketReasons reasons)
    {
        _sample = sample;
        _algorithm = algorithm;
        _reasons = reasons;
    }

    private Reading<T> Get<T>(TcpFacts fact, T value)
    {
        if ((_sample.Facts & fact) != TcpFacts.None)
        {
            return value;
        }

        (ReadingStatus status, string reason) = _reasons.Of(fact);
        return new Reading<T>(status, default, reason);
    }

    private Reading<TimeSpan> GetTime(TcpFacts fact, ulong microseconds) =>
        Get(fact, new TimeSpan((long)Math.Min(microseconds, long.MaxValue / TimeSpan.TicksPerMicrosecond) * TimeSpan.TicksPerMicrosecond));
}
