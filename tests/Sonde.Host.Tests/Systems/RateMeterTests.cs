using Sonde.Host.Systems;

namespace Sonde.Host.Tests.Systems;

public sealed class RateMeterTests
{
    private sealed class HandTime : TimeProvider
    {
        internal long Now { get; set; } = 1;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Now;
    }

    [Fact]
    public void A_rate_is_what_a_counter_grew_by_the_time_that_was_measured()
    {
        var time = new HandTime();
        var meter = new RateMeter(time);

        meter.Begin();
        Assert.Equal(ReadingStatus.NotCollected, meter.PerSecond("x", 100).Status);
        time.Now += 4;
        meter.Begin();
        Assert.Equal(25, meter.PerSecond("x", 200).Value);
    }

    [Fact]
    public void A_counter_that_began_again_or_was_gone_meanwhile_has_no_rate()
    {
        var time = new HandTime();
        var meter = new RateMeter(time);

        meter.Begin();
        meter.PerSecond("x", 100);
        time.Now++;
        meter.Begin();
        Assert.Equal(ReadingStatus.NotCollected, meter.PerSecond("x", 50).Status);
        time.Now++;
        meter.Begin();
        Assert.Equal(ReadingStatus.Gone, meter.PerSecond("x", Reading.Gone<double>()).Status);
        time.Now++;
        meter.Begin();
        Assert.Equal(ReadingStatus.NotCollected, meter.PerSecond("x", 60).Status);
    }

    [Fact]
    public void Without_time_between_two_readings_there_is_no_rate()
    {
        var meter = new RateMeter(new HandTime());

        meter.Begin();
        meter.PerSecond("x", 1);
        meter.Begin();
        Assert.Equal(ReadingStatus.NotCollected, meter.PerSecond("x", 2).Status);
    }
}
