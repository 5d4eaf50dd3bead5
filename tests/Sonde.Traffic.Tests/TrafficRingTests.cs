using Sonde.Traffic.Ledger;

namespace Sonde.Traffic.Tests;

public sealed class TrafficRingTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_rate_is_made_of_the_time_that_really_passed()
    {
        var clock = new StepClock(_time, TimeSpan.FromSeconds(1));
        var ring = new TrafficRing(isLong: false);
        ring.Add(clock, new TrafficCounters(3000, 0, 3, 0));
        Step(clock, TimeSpan.FromSeconds(1.5));

        Assert.Equal((2000, 2.0), (ring.Rates(clock, 1).ReceivedBytesPerSecond, ring.Rates(clock, 1).ReceivedPacketsPerSecond));
        Step(clock, TimeSpan.FromSeconds(1));
        Assert.Equal(0, ring.Rates(clock, 1).BytesPerSecond);
        Assert.Equal(1200, ring.Rates(clock, StepClock.AverageSteps).ReceivedBytesPerSecond);
    }

    [Fact]
    public void A_step_that_is_too_short_goes_on()
    {
        var clock = new StepClock(_time, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        clock.Read();

        Assert.False(clock.TryAdvance());
        Assert.Equal(0, clock.Step);
    }

    [Fact]
    public void A_tick_that_comes_a_little_early_ends_its_step()
    {
        var clock = new StepClock(_time, TimeSpan.FromSeconds(1));
        Step(clock, TimeSpan.FromMilliseconds(950));

        Assert.Equal(TimeSpan.FromMilliseconds(950), clock.DurationOf(0));
    }

    [Fact]
    public void After_ten_silent_steps_nothing_is_left_of_a_rate()
    {
        var clock = new StepClock(_time, TimeSpan.FromSeconds(1));
        var ring = new TrafficRing(isLong: false);
        ring.Add(clock, new TrafficCounters(1000, 0));
        for (int i = 0; i < 10; i++)
        {
            Step(clock, TimeSpan.FromSeconds(1));
            Assert.Equal(1000.0 / (i + 1), ring.Rates(clock, StepClock.AverageSteps).ReceivedBytesPerSecond, 6);
        }

        Step(clock, TimeSpan.FromSeconds(1));
        Assert.Equal(0, ring.Rates(clock, StepClock.AverageSteps).BytesPerSecond);
        Assert.True(ring.IsSilent(clock));
    }

    [Fact]
    public void Sixty_seconds_and_sixty_minutes_are_remembered_and_no_more()
    {
        var clock = new StepClock(_time, TimeSpan.FromSeconds(1));
        var ring = new TrafficRing(isLong: true);
        for (int i = 0; i < 7200; i++)
        {
            ring.Add(clock, new TrafficCounters(i, 1));
            Step(clock, TimeSpan.FromSeconds(1));
        }

        TrafficHistory history = ring.ToHistory(clock);
        Assert.Equal(Enumerable.Range(7140, 60).Select(static i => (long)i), history.Seconds.Select(static sample => sample.ReceivedBytes));
        Assert.Equal(60, history.Minutes.Count);
        Assert.Equal(60, history.Minutes[0].SentBytes);
        Assert.Equal(TimeSpan.FromMinutes(1), history.Minutes[0].Duration);
    }

    [Fact]
    public void A_ring_that_is_merged_keeps_its_places_in_time()
    {
        var clock = new StepClock(_time, TimeSpan.FromSeconds(1));
        var flow = new TrafficRing(isLong: true);
        var process = new TrafficRing(isLong: true);
        flow.Add(clock, new TrafficCounters(5, 0));
        Step(clock, TimeSpan.FromSeconds(1));
        process.Add(clock, new TrafficCounters(1, 0));
        flow.Add(clock, new TrafficCounters(7, 0));

        process.Add(clock, flow);
        Step(clock, TimeSpan.FromSeconds(1));

        Assert.Equal([5L, 8L], process.ToHistory(clock).Seconds.Select(static sample => sample.ReceivedBytes));
        Assert.Equal([13L], process.ToHistory(clock).Minutes.Select(static sample => sample.ReceivedBytes));
    }

    private void Step(StepClock clock, TimeSpan duration)
    {
        _time.Advance(duration);
        clock.Read();
        Assert.True(clock.TryAdvance());
    }
}
