namespace Sonde.Traffic;

/// <summary>How much of what the interfaces counted is explained, over the same time.</summary>
/// <param name="InterfaceBytes">What the interfaces of this network namespace counted, both directions, without their link-layer headers.</param>
/// <param name="CountedBytes">What was counted of sockets on these interfaces.</param>
/// <param name="OwnedBytes">What of that has a process.</param>
/// <param name="Window">The time that both were counted over.</param>
public sealed record TrafficCoverage(long InterfaceBytes, long CountedBytes, long OwnedBytes, TimeSpan Window)
{
    /// <summary>The explained part of what the interfaces counted; 1 is all of it. Null while they counted nothing.</summary>
    public double? Ratio => InterfaceBytes > 0 ? (double)OwnedBytes / InterfaceBytes : null;
}
