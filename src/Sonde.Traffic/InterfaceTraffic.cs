namespace Sonde.Traffic;

/// <summary>What the system counted on one interface while the monitor watched.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Index">Its number.</param>
/// <param name="IsLoopback">Whether what is sent on it comes straight back.</param>
/// <param name="Counters">What went over it, link-layer headers included.</param>
/// <param name="Rates">The rates of the last tick, about a second.</param>
/// <param name="AverageRates">The rates over the last ten ticks.</param>
public sealed record InterfaceTraffic(
    string Name,
    int Index,
    bool IsLoopback,
    TrafficCounters Counters,
    TrafficRates Rates,
    TrafficRates AverageRates);
