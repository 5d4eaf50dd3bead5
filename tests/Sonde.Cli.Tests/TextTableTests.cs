using Sonde.Cli.Commands;
using Sonde.Cli.Output;

namespace Sonde.Cli.Tests;

public sealed class TextTableTests
{
    private static readonly TableColumn[] s_columns = [new("NAME"), new("SIZE", 2, IsNumber: true), new("NOTE", 1)];
    private static readonly string[][] s_rows = [["a", "1", "first\nand second"], ["long name", "12345", ""]];

    [Fact]
    public void Columns_line_up_and_cells_may_have_several_lines() => Assert.Equal(
        """
        NAME        SIZE  NOTE
        a              1  first
                          and second
        long name  12345

        """,
        TextTable.Draw(s_columns, s_rows, int.MaxValue, TextStyle.Plain).Replace(" \n", "\n", StringComparison.Ordinal));

    [Fact]
    public void What_does_not_fit_leaves_by_rank_and_is_named() => Assert.Equal(
        """
        NAME       NOTE
        a          first
                   and second
        long name
        not shown for lack of wi…

        """,
        TextTable.Draw(s_columns, s_rows, 25, TextStyle.Plain));

    [Fact]
    public void A_column_without_content_is_not_shown_and_not_named() => Assert.Equal(
        "NAME\nx\n",
        TextTable.Draw([new("NAME"), new("EMPTY", 1)], [["x", ""]], int.MaxValue, TextStyle.Plain));

    [Fact]
    public void A_terminal_of_four_columns_gets_blocks_and_loses_nothing()
    {
        string text = TextTable.Draw([new("NAME"), new("ADDRESS")], [["eth0", "192.0.2.2/24"]], 10, TextStyle.Plain);

        Assert.Equal("NAME eth0\nADDRESS\n 192.0.2.2\n /24\n", text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(120)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        string text = InterfacesPretty.Table(Samples.Snapshot.Interfaces, new Screen(width, 24, IsTerminal: true, TextStyle.Plain));

        Assert.All(text.Split('\n'), line => Assert.True(CellWidth.Of(line) <= Math.Max(width, 2), $"'{line}' is wider than {width}"));
        Assert.Contains("eth0", text.Replace("\n ", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
