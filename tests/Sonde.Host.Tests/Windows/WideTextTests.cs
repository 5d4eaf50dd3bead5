using Sonde.Host.Interfaces.Windows;

namespace Sonde.Host.Tests.Windows;

public sealed class WideTextTests
{
    [Theory]
    [InlineData("Ethernet 2", "Ethernet 2")]
    [InlineData("cut\0here", "cut")]
    [InlineData("\U0001F600 ok", "\U0001F600 ok")]
    [InlineData("", "")]
    public void Text_ends_at_its_first_zero(string source, string expected) => Assert.Equal(expected, WideText.ToText(source));

    [Fact]
    public void Half_a_surrogate_pair_is_written_as_its_number() =>
        Assert.Equal(@"a\uD800b\uDC00", WideText.ToText(['a', '\uD800', 'b', '\uDC00']));
}
