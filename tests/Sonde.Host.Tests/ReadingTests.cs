namespace Sonde.Host.Tests;

public sealed class ReadingTests
{
    public static TheoryData<Reading<int>, string> Reasons() => new()
    {
        { Reading.None<int>(), "none" },
        { Reading.Denied<int>("Operation not permitted"), "denied: Operation not permitted" },
        { Reading.Gone<int>(), "gone" },
        { Reading.Unsupported<int>("no such thing here"), "unsupported: no such thing here" },
        { Reading.Failed<int>("I/O error"), "failed: I/O error" },
        { default, "not collected" },
    };

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Without_a_value_it_says_why_and_never_gives_one(Reading<int> reading, string text)
    {
        Assert.False(reading.HasValue);
        Assert.False(reading.TryGetValue(out _));
        Assert.Equal(text, reading.ToString());
        Assert.Equal(7, reading.GetValueOrDefault(7));
        Assert.Throws<InvalidOperationException>(() => reading.Value);
    }

    [Fact]
    public void None_and_denied_are_not_equal() => Assert.NotEqual(Reading.None<int>(), Reading.Denied<int>("why"));

    [Fact]
    public void What_is_derived_from_a_reason_is_the_same_reason()
    {
        Reading<string> derived = Reading.Denied<int>("why").Select(value => value.ToString(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal("denied: why", derived.ToString());
        Assert.Equal("8", Reading.Ok(8).Select(value => value.ToString(System.Globalization.CultureInfo.InvariantCulture)).Value);
    }
}
