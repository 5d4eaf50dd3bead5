using System.Diagnostics;
using Sonde.Traffic.Ledger;

namespace Sonde.Traffic.Tests;

public sealed class TcpSamplesTests
{
    private readonly TcpSamples _samples = new();

    [Fact]
    public void Jitter_is_how_far_round_trips_lie_from_their_mean()
    {
        Add(10, 0, 0);

        Assert.Equal(5, Add(20, 0, 1).Jitter.TotalMilliseconds, 3);
    }

    [Fact]
    public void Retransmits_a_second_are_those_since_the_oldest_sample_that_is_held()
    {
        Assert.Equal(0, Add(1, 100, 0).RetransmitsPerSecond);
        Assert.Equal(2, Add(1, 104, 2).RetransmitsPerSecond, 6);
        for (int second = 3; second <= 30; second++)
        {
            Add(1, 104, second);
        }

        // Of ten samples the oldest is nine seconds before the newest.
        Assert.Equal(1, Add(1, 113, 31).RetransmitsPerSecond, 6);
    }

    private TcpMeasurements Add(double milliseconds, long retransmits, int second) =>
        _samples.Add(TimeSpan.FromMilliseconds(milliseconds), retransmits, 10, second * Stopwatch.Frequency);
}
