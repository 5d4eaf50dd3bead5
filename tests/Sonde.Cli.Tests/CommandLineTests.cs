using System.Text.Json;

namespace Sonde.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("'sonde' has no command 'interfcaes'", "Did you mean 'interfaces'?", "sonde --help", "interfcaes")]
    [InlineData("'sonde' has no option '--versoin'", "Did you mean '--version'?", "sonde --help", "--versoin")]
    [InlineData("'sonde interfaces' has no option '--wacth'", "Did you mean '--watch'?", "sonde interfaces --help", "interfaces", "--wacth")]
    [InlineData("'sonde resolvers' has no option '--watch'", null, "sonde resolvers --help", "resolvers", "--watch")]
    [InlineData("'sonde resolvers' takes no argument 'eth0'", null, "sonde resolvers --help", "resolvers", "eth0")]
    [InlineData("'xml' is no output format: choose pretty, json, ndjson or tsv", null, "sonde doctor --help", "doctor", "--format", "xml")]
    [InlineData("--watch never ends, and a JSON document must", "ndjson prints one object a line as they come.", "sonde interfaces --help", "interfaces", "-w", "-f", "json")]
    [InlineData("--interval and --count say how to watch, and --watch is missing", null, "sonde interfaces --help", "interfaces", "-n", "2")]
    [InlineData("--interval 0 is out of range", "It takes 0.1 to 86400 seconds.", "sonde interfaces --help", "interfaces", "-w", "-i", "0")]
    [InlineData("--interval NaN is out of range", "It takes 0.1 to 86400 seconds.", "sonde interfaces --help", "interfaces", "-w", "-i", "NaN")]
    [InlineData("--count takes a number from 1", null, "sonde interfaces --help", "interfaces", "-w", "-n", "0")]
    public void A_mistake_on_the_command_line_is_explained_in_three_parts(string what, string? why, string help, params string[] arguments)
    {
        (int exitCode, string output, string error) = TestOutput.Run(arguments);

        Assert.Equal(2, exitCode);
        Assert.Equal(string.Empty, output);
        string[] lines = error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"sonde: {what}", lines[0]);
        Assert.Equal(why, lines.Length > 2 ? lines[1].Trim() : null);
        Assert.Equal($"  To see what it takes: {help}", lines[^1]);
    }

    [Fact]
    public void No_command_at_all_prints_the_help_and_is_a_usage_error()
    {
        (int exitCode, string output, _) = TestOutput.Run();

        Assert.Equal(2, exitCode);
        Assert.Contains("interfaces", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("interfaces")]
    [InlineData("resolvers")]
    [InlineData("doctor")]
    [InlineData("completion")]
    [InlineData("read")]
    public void Help_teaches_by_examples_and_names_the_exit_codes(params string[] command)
    {
        (int exitCode, string output, string error) = TestOutput.Run([.. command, "--help"]);

        Assert.Equal(0, exitCode);
        Assert.Equal(string.Empty, error);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains("sonde " + string.Join(' ', command), output, StringComparison.Ordinal);
        Assert.Contains("77 rights are missing", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_beside_a_mistake_is_still_help() => Assert.Equal(0, TestOutput.Run("interfaces", "--format", "xml", "--help").ExitCode);

    [Fact]
    public void The_version_is_that_of_the_assembly() =>
        Assert.Equal("0.1.0", TestOutput.Run("--version").Output.Trim());

    [Fact]
    public void A_response_file_is_no_feature_here()
    {
        (int exitCode, _, string error) = TestOutput.Run("interfaces", "@/etc/hostname");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("sonde: there is no interface '@/etc/hostname'", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _sonde sonde")]
    [InlineData("zsh", "compdef _sonde sonde")]
    [InlineData("fish", "complete -c sonde")]
    [InlineData("powershell", "Register-ArgumentCompleter -Native -CommandName sonde")]
    public void Each_shell_gets_its_completion_script(string shell, string part) =>
        Assert.Contains(part, TestOutput.Run("completion", shell).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("sonde int", "interfaces")]
    [InlineData("sonde interfaces --for", "--format")]
    [InlineData("sonde interfaces --format ", "ndjson")]
    [InlineData("sonde completion f", "fish")]
    public void Completions_come_from_the_command_tree(string line, string expected)
    {
        (int exitCode, string output, _) = TestOutput.Run($"[suggest:{line.Length}]", line);

        Assert.Equal(0, exitCode);
        Assert.Contains(expected, output.Split('\n', StringSplitOptions.TrimEntries));
    }

    [Fact]
    public void Interfaces_of_this_host_are_listed_in_every_format()
    {
        foreach (string format in new[] { "pretty", "json", "ndjson", "tsv" })
        {
            (int exitCode, string output, string error) = TestOutput.Run("interfaces", "--format", format);
            Assert.Equal((0, string.Empty), (exitCode, error));
            Assert.NotEqual(string.Empty, output);
        }
    }

    [Fact]
    public void A_reader_that_went_away_ends_the_command_quietly()
    {
        using var closed = new FailingStream(new IOException("Broken pipe", 32));
        using var output = new Output.CommandOutput(closed, new Output.Screen(80, 24, false, Output.TextStyle.Plain));
        using var errors = new StringWriter();

        Assert.Equal(0, Commands.SondeCommand.Run(["--version"], new Commands.CommandContext(output, TimeProvider.System), errors));
        Assert.Equal(string.Empty, errors.ToString());
    }

    [Fact]
    public void A_full_disk_is_an_error_with_the_systems_words()
    {
        using var full = new FailingStream(new IOException("No space left on device", 28));
        using var output = new Output.CommandOutput(full, new Output.Screen(80, 24, false, Output.TextStyle.Plain));
        using var errors = new StringWriter();

        Assert.Equal(1, Commands.SondeCommand.Run(["--version"], new Commands.CommandContext(output, TimeProvider.System), errors));
        Assert.Equal($"sonde: cannot write the output{Environment.NewLine}  No space left on device{Environment.NewLine}", errors.ToString());
    }

    [Fact]
    public void Watching_ends_after_the_readings_asked_for_and_has_rates_from_the_second_on()
    {
        (int exitCode, string output, _) = TestOutput.Run("interfaces", "-w", "-n", "2", "-i", "0.1", "-f", "ndjson");

        Assert.Equal(0, exitCode);
        JsonElement[] records = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Contains(records, record => record.TryGetProperty("rates_reason", out JsonElement reason) && reason.GetString() == "not collected: a rate needs two readings");
        Assert.Contains(records, record => record.TryGetProperty("rates", out JsonElement rates) && rates.ValueKind == JsonValueKind.Object && rates.GetProperty("elapsed_seconds").GetDouble() > 0.05);
    }

    private sealed class FailingStream(IOException failure) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw failure;
    }
}
