using Sonde.Host;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Ledger;

/// <summary>Compares what was counted of sockets with what the interfaces of this network namespace counted since the start; the loopback is left out.</summary>
internal sealed class CoverageMeter(ulong ownNamespace)
{
    // A TCP segment with timestamps: what segmentation adds to each packet beyond the first.
    private const int SegmentHeaders = 52;

    private readonly Dictionary<int, TrafficCounters> _counted = [];

    /// <summary>Adds what was counted of a flow.</summary>
    internal void Add(in FlowCount count)
    {
        if (count.Flow.NetworkNamespace == ownNamespace && count.InterfaceIndex != 0)
        {
            _counted[count.InterfaceIndex] = _counted.GetValueOrDefault(count.InterfaceIndex) + count.Counters;
        }
    }

    /// <summary>The comparison.</summary>
    internal Reading<TrafficCoverage> Compare(TrafficLedger ledger, InterfaceWatch interfaces)
    {
        if (ownNamespace == 0)
        {
            return Reading.Unsupported<TrafficCoverage>("this way of counting does not see what crosses an interface");
        }

        long seen = 0;
        long counted = 0;
        foreach (InterfaceTraffic one in interfaces.ToList(ledger.Clock))
        {
            if (one.IsLoopback)
            {
                continue;
            }

            TrafficCounters ours = _counted.GetValueOrDefault(one.Index);
            seen += one.Counters.Bytes - interfaces.LinkHeaderBytes(one);

            // Whether the interface counts before or after segmentation is its driver's choice; its number of packets tells which.
            long units = ours.ReceivedUnits + ours.SentUnits;
            bool isSegmented = one.Counters.Packets * 2 >= ours.Packets + units;
            counted += ours.Bytes + (isSegmented ? (ours.Packets - units) * SegmentHeaders : 0);
        }

        long unowned = 0;
        foreach (TrackedFlow flow in ledger.Flows.All)
        {
            if (flow.Owner is null && flow.Identity.NetworkNamespace == ownNamespace && flow.InterfaceIndex != 0 && !interfaces.IsLoopback(flow.InterfaceIndex))
            {
                unowned += flow.Counters.Bytes;
            }
        }

        return new TrafficCoverage(seen, counted, counted - unowned, ledger.Clock.Elapsed);
    }
}
