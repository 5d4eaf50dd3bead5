using Sonde.Cli.Output;

namespace Sonde.Cli.Tests;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\u001b[31mred", @"a\x1b[31mred")]
    [InlineData("tab\tline\nreturn\r", @"tab\tline\nreturn\r")]
    [InlineData("\u0000\u007f\u0085", @"\x00\x7f\x85")]
    [InlineData("right\u202eleft", @"right\u202eleft")]
    [InlineData("zero\u200bwidth", @"zero\u200bwidth")]
    [InlineData("line\u2028sep", @"line\u2028sep")]
    [InlineData("été 漢字 🙂", "été 漢字 🙂")]
    public void Nothing_that_moves_a_terminal_gets_through(string text, string safe) => Assert.Equal(safe, SafeText.OneLine(text));

    [Theory]
    [InlineData("a\tb", @"a\tb")]
    [InlineData(@"a\tb", @"a\\tb")]
    [InlineData("a\nb", @"a\nb")]
    [InlineData(@"C:\x", @"C:\\x")]
    public void A_TSV_cell_can_be_undone(string text, string cell) => Assert.Equal(cell, SafeText.TsvCell(text));

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("漢字", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("🙂", 2)]
    [InlineData("", 0)]
    public void Width_is_counted_in_cells(string text, int width) => Assert.Equal(width, CellWidth.Of(text));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 4, "abc…")]
    [InlineData("漢字漢字", 4, "漢…")]
    [InlineData("abc", 0, "")]
    public void Text_is_cut_at_cells_not_in_the_middle_of_one(string text, int width, string cut) => Assert.Equal(cut, CellWidth.Cut(text, width));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(999.6, "1 kB")]
    [InlineData(1_000, "1 kB")]
    [InlineData(1_234, "1.23 kB")]
    [InlineData(12_340, "12.3 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_999, "1 MB")]
    [InlineData(18446744073709551615.0, "18.4 EB")]
    public void Bytes_are_told_in_powers_of_a_thousand(double value, string text) => Assert.Equal(text, Units.Bytes(value));

    [Fact]
    public void Link_speed_and_rates_have_their_units()
    {
        Assert.Equal("10 Gbit/s", Units.BitsPerSecond(10e9));
        Assert.Equal("1.5 MB/s", Units.BytesPerSecond(1.5e6));
        Assert.Equal("3.4 k", Units.Count(3400));
        Assert.Equal("12", Units.Count(12));
    }
}
