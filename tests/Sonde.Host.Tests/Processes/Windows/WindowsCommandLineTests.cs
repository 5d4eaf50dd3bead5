using Sonde.Host.Processes;
using Sonde.Host.Processes.Windows;
using Sonde.Testing;

namespace Sonde.Host.Tests.Processes.Windows;

public sealed class WindowsCommandLineTests
{
    [Theory]
    [InlineData("a.exe b c", new[] { "a.exe", "b", "c" })]
    [InlineData("\"C:\\Program Files\\a.exe\" -k \"x y\"", new[] { @"C:\Program Files\a.exe", "-k", "x y" })]
    [InlineData(@"C:\a\b.exe C:\dir\", new[] { @"C:\a\b.exe", @"C:\dir\" })]
    [InlineData("a \\\"b c", new[] { "a", "\"b", "c" })] // an escaped quote
    [InlineData("a \\\\\"b c\\\\\" d", new[] { "a", @"\b c\", "d" })] // two backslashes before a quote are one
    [InlineData("a \"b\"\"c\"", new[] { "a", "b\"c" })] // two quotes in quotes are one
    [InlineData("a \"\" b", new[] { "a", "", "b" })]
    [InlineData("  a\t\tb  ", new[] { "a", "b" })]
    [InlineData("\"a\\\" b", new[] { @"a\", "b" })] // the program's name knows no escapes
    [InlineData("a \"b c", new[] { "a", "b c" })] // a quote that nobody closed
    public void A_line_splits_as_the_C_runtime_splits_it(string line, string[] expected)
    {
        bool isTruncated = false;

        Assert.Equal(expected, WindowsCommandLine.Split(line, ref isTruncated));
        Assert.False(isTruncated);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t ")]
    [InlineData("\0\0\0")]
    public void A_line_that_is_empty_or_not_written_yet_has_no_arguments(string line)
    {
        ProcessArguments arguments = WindowsCommandLine.Parse(line, isTruncated: false, showSecrets: false);

        Assert.Empty(arguments.Values);
        Assert.Equal(0, arguments.MaskedCount);
    }

    [Fact]
    public void A_line_without_secrets_stays_as_the_system_keeps_it()
    {
        const string Line = "\"C:\\a b\\c.exe\"   /x  \"y\"";

        ProcessArguments arguments = WindowsCommandLine.Parse(Line, isTruncated: false, showSecrets: false);

        Assert.Equal(Line, arguments.Text);
        Assert.Equal(0, arguments.MaskedCount);
    }

    [Fact]
    public void A_secret_is_masked_in_the_arguments_and_in_the_line()
    {
        ProcessArguments arguments = WindowsCommandLine.Parse("\"C:\\a b\\c.exe\" --password \"correct horse\" /x", isTruncated: false, showSecrets: false);

        Assert.Equal(1, arguments.MaskedCount);
        Assert.DoesNotContain("horse", arguments.Text);
        Assert.StartsWith("\"C:\\a b\\c.exe\" --password ", arguments.Text);
        Assert.Equal(4, arguments.Values.Count);
        bool isTruncated = false;
        Assert.Equal(arguments.Values, WindowsCommandLine.Split(arguments.Text, ref isTruncated));
    }

    [Fact]
    public void Secrets_are_shown_when_they_are_asked_for() =>
        Assert.Contains("horse", WindowsCommandLine.Parse("c.exe --password horse", isTruncated: false, showSecrets: true).Text);

    [Fact]
    public void Half_a_character_is_shown_as_its_number()
    {
        ProcessArguments arguments = WindowsCommandLine.Parse("a \ud83d b \U0001F600", isTruncated: false, showSecrets: false);

        Assert.Equal(["a", @"\ud83d", "b", "\U0001F600"], arguments.Values);
    }

    [Fact]
    public void More_arguments_than_anybody_reads_are_cut_and_said_to_be()
    {
        ProcessArguments arguments = WindowsCommandLine.Parse(string.Concat(Enumerable.Repeat("a ", 16_000)), isTruncated: false, showSecrets: true);

        Assert.Equal(8192, arguments.Values.Count);
        Assert.True(arguments.IsTruncated);
    }

    [Fact]
    public void Any_line_is_survived_and_what_is_masked_splits_into_the_same_again()
    {
        const string Letters = "ab \t\"\\\\\\\"\"  -=p";
        var fuzz = new FuzzRun(3000);
        while (fuzz.Next())
        {
            string line = string.Concat(Enumerable.Range(0, fuzz.Random.Next(60)).Select(_ => Letters[fuzz.Random.Next(Letters.Length)])) + " --password x";

            ProcessArguments arguments = WindowsCommandLine.Parse(line, isTruncated: false, showSecrets: false);

            if (arguments.MaskedCount > 0 && !arguments.Values[0].Contains('"') && !arguments.Values[0].EndsWith('\\'))
            {
                bool isTruncated = false;
                Assert.True(arguments.Values.SequenceEqual(WindowsCommandLine.Split(arguments.Text, ref isTruncated)), $"seed {fuzz.Seed} round {fuzz.Round}: {line}");
            }
        }
    }
}
