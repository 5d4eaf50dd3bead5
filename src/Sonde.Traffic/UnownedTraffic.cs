namespace Sonde.Traffic;

/// <summary>All traffic that has no process for one and the same reason.</summary>
/// <param name="Reason">Why it has none.</param>
/// <param name="Counters">How much it is.</param>
/// <param name="Connections">How many connections of the snapshot it comes from.</param>
public sealed record UnownedTraffic(UnownedReason Reason, TrafficCounters Counters, int Connections);
