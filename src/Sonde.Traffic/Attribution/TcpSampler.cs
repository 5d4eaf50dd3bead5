using Sonde.Host.Sockets;
using Sonde.Traffic.Ledger;

namespace Sonde.Traffic.Attribution;

/// <summary>Puts what the system measures about TCP connections onto their flows, once a step.</summary>
internal static class TcpSampler
{
    /// <summary>Takes a sample of every open connection.</summary>
    internal static void Sample(FlowTable flows, SocketSnapshot sockets)
    {
        foreach (TrackedFlow flow in flows.All)
        {
            if (!flow.IsTcp || flow.IsClosed || flow.Cookie == 0)
            {
                continue;
            }

            SocketRecord? socket = sockets.FindCookie(flow.Cookie);
            if (socket is null)
            {
                // It was there and is no more: nobody needs to have seen how it ended.
                flow.IsClosed = flow.State.HasValue;
                flow.Record = flow.IsClosed ? null : flow.Record;
                continue;
            }

            flow.State = socket.State;
            flow.Record = null;
            if (socket.Tcp.TryGetValue(out TcpStatistics? tcp) && tcp.RoundTripTime.TryGetValue(out TimeSpan roundTrip))
            {
                flow.Samples ??= new TcpSamples();
                flow.Tcp = flow.Samples.Add(roundTrip, (long)tcp.SegmentsRetransmitted.GetValueOrDefault(0), tcp.CongestionWindow.GetValueOrDefault(0), sockets.Timestamp);
            }
        }
    }
}
