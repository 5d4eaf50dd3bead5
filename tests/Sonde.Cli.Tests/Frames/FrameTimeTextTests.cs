using Sonde.Cli.Frames;

namespace Sonde.Cli.Tests.Frames;

public sealed class FrameTimeTextTests
{
    private const long Noon = 1_770_000_000L * 1_000_000_000; // 2026-02-02 02:40:00 UTC
    private static readonly TimeZoneInfo s_zone = TimeZoneInfo.CreateCustomTimeZone("test", new TimeSpan(5, 45, 0), "test", "test");

    [Theory]
    [InlineData(FrameTime.Utc, "02:40:00.123456")]
    [InlineData(FrameTime.Local, "08:25:00.123456")]
    [InlineData(FrameTime.UtcDate, "2026-02-02 02:40:00.123456")]
    [InlineData(FrameTime.Date, "2026-02-02 08:25:00.123456")]
    [InlineData(FrameTime.Epoch, "1770000000.123456")]
    [InlineData(FrameTime.Delta, "00:00:00.000000")]
    [InlineData(FrameTime.None, "")]
    internal void Each_kind_of_time_is_written_as_tcpdump_writes_it(FrameTime kind, string expected) =>
        Assert.Equal(expected, Text(new FrameTimeText(kind, s_zone), Noon + 123_456_789));

    [Fact]
    public void Nanoseconds_are_written_when_asked_for() =>
        Assert.Equal("02:40:00.123456789", Text(new FrameTimeText(FrameTime.Utc, s_zone, nanoseconds: true), Noon + 123_456_789));

    [Fact]
    public void Delta_counts_from_the_frame_before_and_elapsed_from_the_first()
    {
        var delta = new FrameTimeText(FrameTime.Delta, s_zone);
        var elapsed = new FrameTimeText(FrameTime.Elapsed, s_zone);
        long[] times = [Noon, Noon + 1_500_000_000, Noon + 1_250_000_000, Noon + (30L * 3600 * 1_000_000_000)];

        Assert.Equal(["00:00:00.000000", "00:00:01.500000", "-00:00:00.250000", "29:59:58.750000"], times.Select(time => Text(delta, time)));
        Assert.Equal(["00:00:00.000000", "00:00:01.500000", "00:00:01.250000", "30:00:00.000000"], times.Select(time => Text(elapsed, time)));
    }

    [Fact]
    public void A_time_that_nobody_knows_is_a_dash_and_moves_no_clock()
    {
        var delta = new FrameTimeText(FrameTime.Delta, s_zone);

        Assert.Equal(["00:00:00.000000", "-", "00:00:01.000000"], ((long?[])[Noon, null, Noon + 1_000_000_000]).Select(time => Text(delta, time)));
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000000000Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(951_782_400_000_000_001, "2000-02-29T00:00:00.000000001Z")]
    [InlineData(long.MaxValue, "2262-04-11T23:47:16.854775807Z")]
    [InlineData(long.MinValue, "1677-09-21T00:12:43.145224192Z")]
    public void Iso_times_are_exact_to_the_nanosecond(long time, string expected)
    {
        Span<char> text = stackalloc char[FrameTimeText.MaxLength];

        Assert.Equal(expected, text[..FrameTimeText.FormatIso(time, text)].ToString());
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    public void No_time_overflows_or_needs_more_room_than_promised(long time)
    {
        foreach (FrameTime kind in Enum.GetValues<FrameTime>())
        {
            var clock = new FrameTimeText(kind, s_zone, nanoseconds: true);
            Text(clock, time);
            Assert.DoesNotContain('\0', Text(clock, -(time + 1)));
        }
    }

    [Fact]
    public void The_zone_is_asked_again_when_the_clocks_change()
    {
        var summer = TimeZoneInfo.CreateCustomTimeZone("s", TimeSpan.Zero, "s", "s", "d",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                new DateTime(2026, 1, 1), new DateTime(2026, 12, 31), TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 29),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 25)),
        ]);
        var clock = new FrameTimeText(FrameTime.Local, summer);
        long before = new DateTimeOffset(2026, 3, 29, 1, 59, 59, TimeSpan.Zero).ToUnixTimeSeconds() * 1_000_000_000;

        Assert.Equal(["01:59:59.000000", "03:00:00.000000"], ((long[])[before, before + 1_000_000_000]).Select(time => Text(clock, time)));
    }

    private static string Text(FrameTimeText clock, long? time)
    {
        char[] text = new char[FrameTimeText.MaxLength];
        return new string(text, 0, clock.Format(time, text));
    }
}
