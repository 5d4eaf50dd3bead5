namespace Sonde.Traffic.Ledger;

/// <summary>The last ten samples of a TCP connection: what jitter and rates are made of.</summary>
internal sealed class TcpSamples
{
    private const int Depth = 10;

    private readonly (double RoundTripMilliseconds, long Retransmits, long Timestamp)[] _samples = new (double, long, long)[Depth];
    private int _count;

    /// <summary>Adds a sample.</summary>
    /// <param name="roundTrip">The smoothed round-trip time.</param>
    /// <param name="retransmits">Segments sent again since the connection began.</param>
    /// <param name="congestionWindow">How many segments may be under way.</param>
    /// <param name="timestamp">When it was taken, in ticks of the system's clock.</param>
    internal TcpMeasurements Add(TimeSpan roundTrip, long retransmits, long congestionWindow, long timestamp)
    {
        _samples[_count++ % Depth] = (roundTrip.TotalMilliseconds, retransmits, timestamp);
        int held = Math.Min(_count, Depth);
        double mean = 0;
        for (int i = 0; i < held; i++)
        {
            mean += _samples[i].RoundTripMilliseconds / held;
        }

        double variance = 0;
        for (int i = 0; i < held; i++)
        {
            double distance = _samples[i].RoundTripMilliseconds - mean;
            variance += distance * distance / held;
        }

        (_, long before, long since) = _samples[(_count - held) % Depth];
        double seconds = TimeProvider.System.GetElapsedTime(since, timestamp).TotalSeconds;
        return new TcpMeasurements(
            roundTrip,
            TimeSpan.FromMilliseconds(Math.Sqrt(variance)),
            retransmits,
            seconds > 0 ? (retransmits - before) / seconds : 0,
            congestionWindow);
    }
}
