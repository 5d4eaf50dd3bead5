namespace Sonde.Traffic;

/// <summary>How fast it went, by the time that really passed.</summary>
/// <param name="ReceivedBytesPerSecond">Received.</param>
/// <param name="SentBytesPerSecond">Sent.</param>
/// <param name="ReceivedPacketsPerSecond">Packets received.</param>
/// <param name="SentPacketsPerSecond">Packets sent.</param>
public readonly record struct TrafficRates(
    double ReceivedBytesPerSecond,
    double SentBytesPerSecond,
    double ReceivedPacketsPerSecond,
    double SentPacketsPerSecond)
{
    /// <summary>Both directions together.</summary>
    public double BytesPerSecond => ReceivedBytesPerSecond + SentBytesPerSecond;

    /// <summary>The rate of an amount over a time; zero when no time has passed.</summary>
    internal static TrafficRates Of(in TrafficCounters amount, TimeSpan time)
    {
        double seconds = time.TotalSeconds;
        return seconds <= 0
            ? default
            : new TrafficRates(amount.ReceivedBytes / seconds, amount.SentBytes / seconds, amount.ReceivedPackets / seconds, amount.SentPackets / seconds);
    }
}
