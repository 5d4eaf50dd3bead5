namespace Sonde.Cli.Tests;

public sealed class EventsArgumentsTests
{
    [Theory]
    [InlineData("a JSON document must have one", "events", "-f", "json")]
    [InlineData("Add --format ndjson or --format tsv", "events", "--fields", "pid")]
    [InlineData("Did you mean 'pid'?", "events", "--fields", "pidd", "-f", "tsv")]
    [InlineData("--fields names no field", "events", "--fields", ",", "-f", "tsv")]
    [InlineData("did you mean 'exit_code'?", "events", "--filter", "exitcode=1")]
    [InlineData("sonde events --fields help", "events", "--filter", "pid")]
    [InlineData("--count takes a number from 1", "events", "-c", "0")]
    [InlineData("--duration 0 is out of range", "events", "-d", "0")]
    [InlineData("--interval 0.001 is out of range", "events", "--interval", "0.001")]
    [InlineData("'psychic' is no source", "events", "--source", "psychic")]
    public void What_makes_no_sense_is_a_usage_error(string expected, params string[] arguments)
    {
        (int exitCode, string output, string error) = TestOutput.Run(arguments);

        Assert.Equal((ExitCode.Usage, string.Empty), (exitCode, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_can_be_listed_with_their_names()
    {
        (int exitCode, string output, _) = TestOutput.Run("events", "--fields", "help");

        Assert.Equal(ExitCode.Ok, exitCode);
        foreach (string field in new[] { "event", "key", "parent_command", "exit_code", "lost_count", "enrichment" })
        {
            Assert.Contains($"\n{field} ", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Help_teaches_by_lines_that_can_be_typed()
    {
        (int exitCode, string output, _) = TestOutput.Run("events", "--help");

        Assert.Equal(ExitCode.Ok, exitCode);
        Assert.Contains("sudo sonde events --filter", output, StringComparison.Ordinal);
        Assert.Contains("enrichment", output, StringComparison.Ordinal);
    }
}
