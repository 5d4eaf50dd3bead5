namespace Sonde.Traffic.Tests;

public sealed class DrainPaceTests
{
    [Theory]
    [InlineData(250, 0.0, 250)]
    [InlineData(250, 0.5, 250)]
    [InlineData(250, 1.0, 125)] // full, and nobody knows how much more there was: half of it, until it is not full any more
    [InlineData(40, 0.5, 40)]
    [InlineData(40, 0.25, 80)]
    [InlineData(40, 0.01, 250)]
    [InlineData(12, 1.0, 10)]
    public void The_next_reading_finds_the_table_half_full(int last, double fullness, int next) =>
        Assert.Equal(TimeSpan.FromMilliseconds(next), TrafficMonitor.NextWait(TimeSpan.FromMilliseconds(last), fullness, TimeSpan.FromMilliseconds(250)));

    [Fact]
    public void Who_wants_to_be_told_more_often_than_the_least_is() =>
        Assert.Equal(TimeSpan.FromMilliseconds(5), TrafficMonitor.NextWait(TimeSpan.FromMilliseconds(5), 1, TimeSpan.FromMilliseconds(5)));
}
