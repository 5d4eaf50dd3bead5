using Sonde.Host.Sockets;
using Sonde.Traffic.Ledger;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Attribution;

/// <summary>Puts what the system measures about TCP connections onto their flows, once a step.</summary>
internal static class TcpSampler
{
    /// <summary>Takes a sample of every open connection.</summary>
    /// <param name="ledger">The flows.</param>
    /// <param name="sockets">The table of sockets.</param>
    /// <param name="byEndpoints">Whether flows that carry no number of their socket are looked for by their endpoints.</param>
    internal static void Sample(TrafficLedger ledger, SocketSnapshot sockets, bool byEndpoints)
    {
        foreach (TrackedFlow flow in ledger.Flows.All)
        {
            if (!flow.IsTcp || flow.IsClosed || (flow.Cookie == 0 && !byEndpoints) || (flow.Signs & FlowSigns.Passing) != FlowSigns.None)
            {
                continue;
            }

            SocketMatch match = SocketMatch.Exact;
            SocketRecord? socket = flow.Cookie != 0 ? sockets.FindCookie(flow.Cookie) : sockets.Find(flow.Identity.Key, out match);
            if (socket is null || match != SocketMatch.Exact)
            {
                // It was there and is no more: nobody needs to have seen how it ended.
                if (flow.State.HasValue)
                {
                    ledger.Close(flow);
                }

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
