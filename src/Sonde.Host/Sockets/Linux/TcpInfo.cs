using Sonde.Host.Sockets.Assembly;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Sockets.Linux;

/// <summary>Reads struct tcp_info, of which each kernel gives as much as it knows.</summary>
internal static class TcpInfo
{
    private const int FirstLength = 104; // up to tcpi_total_retrans: every kernel since 2.6

    // Where each later field ends, and so from which length on it is there (linux/tcp.h).
    private static readonly (int End, TcpFacts Facts)[] s_later =
    [
        (112, TcpFacts.PacingRate),
        (120, TcpFacts.MaximumPacingRate),
        (128, TcpFacts.BytesAcknowledged),
        (136, TcpFacts.BytesReceived),
        (140, TcpFacts.SegmentsSent),
        (144, TcpFacts.SegmentsReceived),
        (148, TcpFacts.NotSent),
        (152, TcpFacts.MinimumRoundTrip),
        (156, TcpFacts.DataSegmentsReceived),
        (160, TcpFacts.DataSegmentsSent),
        (168, TcpFacts.DeliveryRate),
        (176, TcpFacts.BusyTime),
        (184, TcpFacts.ReceiveWindowLimited),
        (192, TcpFacts.SendBufferLimited),
        (196, TcpFacts.Delivered),
        (200, TcpFacts.DeliveredMarked),
        (208, TcpFacts.BytesSent),
        (216, TcpFacts.BytesRetransmitted),
        (220, TcpFacts.DuplicateSelectiveAcknowledgements),
        (224, TcpFacts.ReorderingSeen),
        (228, TcpFacts.OutOfOrder),
        (232, TcpFacts.SendWindow),
        (236, TcpFacts.ReceiveWindow),
    ];

    private const TcpFacts First = TcpFacts.RoundTrip | TcpFacts.RoundTripVariance | TcpFacts.ReceiveRoundTrip | TcpFacts.RetransmitTimeout
        | TcpFacts.AcknowledgeTimeout | TcpFacts.SegmentsRetransmitted | TcpFacts.RetransmitsInARow | TcpFacts.Lost | TcpFacts.Unacknowledged
        | TcpFacts.SelectivelyAcknowledged | TcpFacts.RetransmitsInFlight | TcpFacts.Reordering | TcpFacts.CongestionWindow
        | TcpFacts.SlowStartThreshold | TcpFacts.SendSegmentSize | TcpFacts.ReceiveSegmentSize | TcpFacts.AdvertisedSegmentSize | TcpFacts.PathMtu
        | TcpFacts.ReceiveSpace | TcpFacts.ReceiveThreshold | TcpFacts.WindowScale | TcpFacts.LastSent | TcpFacts.LastReceived
        | TcpFacts.LastAcknowledged | TcpFacts.CongestionState | TcpFacts.Options | TcpFacts.Backoff | TcpFacts.Probes;

    /// <summary>Reads it.</summary>
    /// <returns><see langword="false"/> for bytes that are too few; never throws.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> source, out TcpSample tcp)
    {
        tcp = default;
        if (source.Length < FirstLength)
        {
            return false;
        }

        tcp_info info = NativeStruct.ReadPrefix<tcp_info>(source);
        FillFirst(info, ref tcp);
        FillLater(info, ref tcp);
        tcp.Facts = First;
        foreach ((int end, TcpFacts facts) in s_later)
        {
            if (source.Length < end)
            {
                break;
            }

            tcp.Facts |= facts;
        }

        // The kernel has no estimate before the first acknowledgement and shows 0, or the largest number for the minimum.
        if (info.tcpi_rcv_rtt == 0)
        {
            tcp.Facts &= ~TcpFacts.ReceiveRoundTrip;
        }

        if (info.tcpi_min_rtt == uint.MaxValue)
        {
            tcp.Facts &= ~TcpFacts.MinimumRoundTrip;
        }

        return true;
    }

    private static void FillFirst(in tcp_info info, ref TcpSample tcp)
    {
        tcp.CongestionState = (TcpCongestionState)Math.Min(info.tcpi_ca_state, (byte)TcpCongestionState.Loss);
        tcp.RetransmitsInARow = info.tcpi_retransmits;
        tcp.Probes = info.tcpi_probes;
        tcp.Backoff = info.tcpi_backoff;
        tcp.Options = (TcpOptions)(info.tcpi_options & 0x3F);
        tcp.SendWindowScale = (byte)(info.tcpi_wscale & 0xF);
        tcp.ReceiveWindowScale = (byte)(info.tcpi_wscale >> 4);
        tcp.RetransmitTimeout = info.tcpi_rto;
        tcp.AcknowledgeTimeout = info.tcpi_ato;
        tcp.SendSegmentSize = info.tcpi_snd_mss;
        tcp.ReceiveSegmentSize = info.tcpi_rcv_mss;
        tcp.Unacknowledged = info.tcpi_unacked;
        tcp.SelectivelyAcknowledged = info.tcpi_sacked;
        tcp.Lost = info.tcpi_lost;
        tcp.RetransmitsInFlight = info.tcpi_retrans;
        tcp.LastSent = info.tcpi_last_data_sent * 1000UL;
        tcp.LastReceived = info.tcpi_last_data_recv * 1000UL;
        tcp.LastAcknowledged = info.tcpi_last_ack_recv * 1000UL;
        tcp.PathMtu = info.tcpi_pmtu;
        tcp.ReceiveThreshold = info.tcpi_rcv_ssthresh;
        tcp.RoundTrip = info.tcpi_rtt;
        tcp.RoundTripVariance = info.tcpi_rttvar;
        tcp.SlowStartThreshold = info.tcpi_snd_ssthresh;
        tcp.CongestionWindow = info.tcpi_snd_cwnd;
        tcp.AdvertisedSegmentSize = info.tcpi_advmss;
        tcp.Reordering = info.tcpi_reordering;
        tcp.ReceiveRoundTrip = info.tcpi_rcv_rtt;
        tcp.ReceiveSpace = info.tcpi_rcv_space;
        tcp.SegmentsRetransmitted = info.tcpi_total_retrans;
    }

    private static void FillLater(in tcp_info info, ref TcpSample tcp)
    {
        tcp.PacingRate = info.tcpi_pacing_rate;
        tcp.MaximumPacingRate = info.tcpi_max_pacing_rate;
        tcp.BytesAcknowledged = info.tcpi_bytes_acked;
        tcp.BytesReceived = info.tcpi_bytes_received;
        tcp.SegmentsSent = info.tcpi_segs_out;
        tcp.SegmentsReceived = info.tcpi_segs_in;
        tcp.NotSent = info.tcpi_notsent_bytes;
        tcp.MinimumRoundTrip = info.tcpi_min_rtt;
        tcp.DataSegmentsReceived = info.tcpi_data_segs_in;
        tcp.DataSegmentsSent = info.tcpi_data_segs_out;
        tcp.DeliveryRate = info.tcpi_delivery_rate;
        tcp.IsDeliveryRateLimited = (info.tcpi_flags & 1) != 0;
        tcp.BusyTime = info.tcpi_busy_time;
        tcp.ReceiveWindowLimited = info.tcpi_rwnd_limited;
        tcp.SendBufferLimited = info.tcpi_sndbuf_limited;
        tcp.Delivered = info.tcpi_delivered;
        tcp.DeliveredMarked = info.tcpi_delivered_ce;
        tcp.BytesSent = info.tcpi_bytes_sent;
        tcp.BytesRetransmitted = info.tcpi_bytes_retrans;
        tcp.DuplicateSelectiveAcknowledgements = info.tcpi_dsack_dups;
        tcp.ReorderingSeen = info.tcpi_reord_seen;
        tcp.OutOfOrder = info.tcpi_rcv_ooopack;
        tcp.SendWindow = info.tcpi_snd_wnd;
        tcp.ReceiveWindow = info.tcpi_rcv_wnd;
    }
}
