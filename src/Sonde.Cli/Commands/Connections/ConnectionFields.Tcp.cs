using Sonde.Cli.Records;
using Sonde.Host.Sockets;

namespace Sonde.Cli.Commands.Connections;

// Fields of TCP's own figures.
internal static partial class ConnectionFields
{
    private static readonly (TcpOptions Option, string Word)[] s_options =
    [
        (TcpOptions.Timestamps, "timestamps"), (TcpOptions.SelectiveAcknowledgements, "sack"), (TcpOptions.WindowScaling, "window_scale"),
        (TcpOptions.CongestionNotification, "ecn"), (TcpOptions.CongestionNotificationSeen, "ecn_seen"), (TcpOptions.FastOpen, "fast_open"),
    ];

    private static RecordField<Connection>[] TcpFields() =>
    [
        new("send_rate", FieldKind.Bytes, (ulong)ConnectionNeeds.Rates, static one => FieldValue.Of(one.SendRate.Select(static rate => (long)rate)), "tx_rate"),
        new("receive_rate", FieldKind.Bytes, (ulong)ConnectionNeeds.Rates, static one => FieldValue.Of(one.ReceiveRate.Select(static rate => (long)rate)), "rx_rate"),
        new("bytes_sent", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.SentBytes), "sent", "tx"),
        new("bytes_acknowledged", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.BytesAcknowledged)), "bytes_acked", "acked"),
        new("bytes_received", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.ReceivedBytes), "received", "rx"),
        new("bytes_retransmitted", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.BytesRetransmitted)), "bytes_retrans"),
        new("segments_sent", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.SegmentsSent)), "segs_out"),
        new("segments_received", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.SegmentsReceived)), "segs_in"),
        new("data_segments_sent", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.DataSegmentsSent)), "data_segs_out"),
        new("data_segments_received", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.DataSegmentsReceived)), "data_segs_in"),
        new("rtt_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.RoundTripTime)), "rtt"),
        new("rtt_variance_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.RoundTripVariance)), "rttvar"),
        new("rtt_minimum_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.MinimumRoundTripTime)), "minrtt"),
        new("rtt_receive_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.ReceiveRoundTripTime)), "rcv_rtt"),
        new("rto_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.RetransmitTimeout)), "rto"),
        new("ato_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.AcknowledgeTimeout)), "ato"),
        new("retransmits", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.SegmentsRetransmitted)), "retrans"),
        new("retransmits_in_a_row", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.RetransmitsInARow))),
        new("retransmits_in_flight", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.RetransmitsInFlight))),
        new("lost", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.LostSegments))),
        new("unacknowledged", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.UnacknowledgedSegments)), "unacked"),
        new("sacked", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.SelectivelyAcknowledgedSegments))),
        new("reordering", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.Reordering))),
        new("reordering_seen", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.ReorderingSeen)), "reord_seen"),
        new("duplicates_reported", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.DuplicatesReported)), "dsack_dups"),
        new("out_of_order", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.OutOfOrderSegments)), "rcv_ooopack"),
        new("cwnd", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.CongestionWindow)), "congestion_window"),
        new("ssthresh", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.SlowStartThreshold)), "slow_start_threshold"),
        new("congestion", FieldKind.Text, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.CongestionAlgorithm)), "cong", "algorithm"),
        new("congestion_state", FieldKind.Text, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.CongestionState.Select(ConnectionWords.Of)))),
        new("mss", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.SendSegmentSize))),
        new("mss_receive", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.ReceiveSegmentSize)), "rcvmss"),
        new("mss_advertised", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.AdvertisedSegmentSize)), "advmss"),
        new("path_mtu", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.PathMtu)), "pmtu"),
        new("pacing_rate", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.PacingRateBytesPerSecond))),
        new("pacing_rate_maximum", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.MaximumPacingRateBytesPerSecond))),
        new("delivery_rate", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.DeliveryRateBytesPerSecond))),
        new("application_limited", FieldKind.Boolean, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.IsDeliveryRateLimitedByProgram)), "app_limited"),
        new("send_window", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.SendWindowBytes)), "snd_wnd"),
        new("receive_window", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.ReceiveWindowBytes)), "rcv_wnd"),
        new("receive_space", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.ReceiveSpaceBytes)), "rcv_space"),
        new("receive_threshold", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.ReceiveThresholdBytes)), "rcv_ssthresh"),
        new("send_window_scale", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.SendWindowScale))),
        new("receive_window_scale", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.ReceiveWindowScale))),
        new("since_sent_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.SinceSent)), "lastsnd"),
        new("since_received_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.SinceReceived)), "lastrcv"),
        new("since_acknowledged_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.SinceAcknowledged)), "lastack"),
        new("busy_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.BusyTime)), "busy"),
        new("limited_by_peer_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.LimitedByPeer)), "rwnd_limited"),
        new("limited_by_buffer_ms", FieldKind.Real, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => Milliseconds(tcp.LimitedByBuffer)), "sndbuf_limited"),
        new("not_sent", FieldKind.Bytes, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.NotSentBytes)), "notsent"),
        new("delivered", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.DeliveredSegments))),
        new("delivered_marked", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.MarkedSegments)), "delivered_ce"),
        new("options", FieldKind.List, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.Options.Select(OptionWords)))),
        new("backoff", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.Backoff))),
        new("probes", FieldKind.Count, (ulong)ConnectionNeeds.Statistics, static one => FieldValue.Of(one.Socket.Tcp, static tcp => FieldValue.Of(tcp.Probes))),
    ];

    private static IReadOnlyList<string> OptionWords(TcpOptions options) => [.. s_options.Where(one => (options & one.Option) != TcpOptions.None).Select(static one => one.Word)];
}
