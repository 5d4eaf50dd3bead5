namespace Sonde.Traffic;

/// <summary>What went over it in one stretch of time.</summary>
/// <param name="ReceivedBytes">Bytes received.</param>
/// <param name="SentBytes">Bytes sent.</param>
/// <param name="Duration">How long the stretch was.</param>
public readonly record struct TrafficSample(long ReceivedBytes, long SentBytes, TimeSpan Duration);
