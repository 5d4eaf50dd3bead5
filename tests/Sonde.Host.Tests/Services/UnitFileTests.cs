using System.Text;
using Sonde.Host.Services.Linux;

namespace Sonde.Host.Tests.Services;

public sealed class UnitFileTests
{
    [Fact]
    public void Description_command_user_and_install_section_are_read()
    {
        UnitFile unit = Parse("""
            # a comment
            [Unit]
            Description=The thing
            User=not here
            [Service]
            ExecStart=-/usr/bin/thing --flag
            ExecStart=/usr/bin/second
            User = thing
            [Install]
            WantedBy=multi-user.target
            """);

        Assert.Equal(new UnitFile("The thing", "/usr/bin/thing --flag", "thing", CanBeEnabled: true), unit);
    }

    [Fact]
    public void A_line_goes_on_behind_a_backslash_and_comments_between_are_passed_over()
    {
        UnitFile unit = Parse("[Service]\nExecStart=/bin/a \\\n# not this\n  -b \\\n  -c\nUser=x");

        Assert.Equal("/bin/a -b -c", unit.Command);
        Assert.Equal("x", unit.User);
    }

    [Fact]
    public void An_empty_command_forgets_those_before_it()
    {
        Assert.Equal("/bin/b", Parse("[Service]\nExecStart=/bin/a\nExecStart=\nExecStart=/bin/b").Command);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_shown_and_nothing_throws()
    {
        byte[] text = [.. "[Unit]\nDescription=a"u8, 0xFF, .. "b\n[\n]\n=\n==\n[Service\nExecStart"u8];

        Assert.Equal(@"a\xffb", UnitFile.Parse(text).Description);
    }

    [Fact]
    public void Ten_thousand_sections_and_endless_joined_lines_end()
    {
        Assert.Null(Parse(string.Concat(Enumerable.Repeat("[Unit]\n", 30_000)) + "Description=x").Description);
        Assert.Null(Parse(string.Concat(Enumerable.Repeat("a \\\n", 15_000))).Description);
    }

    private static UnitFile Parse(string text) => UnitFile.Parse(Encoding.UTF8.GetBytes(text));
}
