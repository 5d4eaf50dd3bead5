namespace Sonde.Host.Interfaces;

/// <summary>All interfaces as they were read in one go.</summary>
/// <param name="Backend">The backend that read them.</param>
/// <param name="Timestamp">When the counters were read, in ticks of <see cref="TimeProvider.GetTimestamp"/>: rates come from the difference of two.</param>
/// <param name="Interfaces">The interfaces, by index.</param>
/// <param name="Gaps">What could not be seen; empty when nothing is missing.</param>
public sealed record InterfaceSnapshot(string Backend, long Timestamp, IReadOnlyList<NetworkInterface> Interfaces, IReadOnlyList<Gap> Gaps);
