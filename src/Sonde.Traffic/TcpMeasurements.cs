namespace Sonde.Traffic;

/// <summary>What the system measures about a TCP connection.</summary>
/// <param name="RoundTrip">The smoothed round-trip time.</param>
/// <param name="Jitter">The standard deviation of the round-trip times of the last ten seconds; zero until there are two.</param>
/// <param name="Retransmits">Segments sent again since the connection began.</param>
/// <param name="RetransmitsPerSecond">Segments sent again, over the last ten seconds.</param>
/// <param name="CongestionWindow">How many segments may be under way.</param>
public readonly record struct TcpMeasurements(
    TimeSpan RoundTrip,
    TimeSpan Jitter,
    long Retransmits,
    double RetransmitsPerSecond,
    long CongestionWindow);
