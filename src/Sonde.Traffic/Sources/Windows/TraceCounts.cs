namespace Sonde.Traffic.Sources.Windows;

/// <summary>What was counted of a <see cref="TraceFlow"/>: one way only.</summary>
internal struct TraceCounts
{
    internal long Bytes;
    internal long Events;
    internal FlowSigns Signs;

    /// <summary>As a sum of its direction. An event tells of what the kernel moved at once, so packets on the wire are not known: each counts as one.</summary>
    internal readonly TrafficCounters For(bool isReceived) => isReceived ? new TrafficCounters(Bytes, 0, Events, 0, Events, 0) : new TrafficCounters(0, Bytes, 0, Events, 0, Events);
}
