using Sonde.Cli.Commands.Connections;
using Sonde.Packets;

namespace Sonde.Cli.Tests.Connections;

public sealed class ConnectionArgumentsTests
{
    [Theory]
    [InlineData("there is no field 'rttt'", "--fields", "local,rttt")]
    [InlineData("there is no field 'nothing'", "--sort", "-nothing")]
    [InlineData("--listening and --all exclude each other", "--listening", "--all")]
    [InlineData("--watch is missing", "--interval", "2")]
    [InlineData("--watch is missing", "--count", "2")]
    [InlineData("a JSON document must", "--watch", "-f", "json")]
    [InlineData("--interval 0 is out of range", "--watch", "--interval", "0")]
    [InlineData("--count takes a number from 1", "--watch", "--count", "0")]
    [InlineData("the filter cannot be understood", "--filter", "process")]
    [InlineData("--resolve and --no-dns exclude each other", "--resolve", "--no-dns")]
    [InlineData("--fields names no field", "--fields", ",")]
    public void What_makes_no_sense_is_a_usage_error(string expected, params string[] arguments)
    {
        (int exitCode, string output, string error) = TestOutput.Run(["connections", .. arguments]);

        Assert.Equal((ExitCode.Usage, string.Empty), (exitCode, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_can_be_listed_with_the_names_that_ss_has_for_them()
    {
        (int exitCode, string output, _) = TestOutput.Run("connections", "--fields", "help");

        Assert.Equal(ExitCode.Ok, exitCode);
        Assert.Contains("rtt_minimum_ms", output, StringComparison.Ordinal);
        Assert.Contains("minrtt", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_field_that_a_default_names_exists_and_names_are_unique()
    {
        Assert.All(
            ConnectionFields.Pretty.Concat(ConnectionFields.Watched).Concat(ConnectionFields.Listening),
            static name => Assert.True(ConnectionFields.All.TryFind(name, out _), name));
        string[] names = [.. ConnectionFields.All.All.SelectMany(static field => field.Aliases.Append(field.Name))];
        Assert.All(names, static name => Assert.Matches("^[a-z][a-z0-9_]*$", name));
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("10.0.0.1", 443, true, "10.0.0.1:443")]
    [InlineData("::", 53, true, "[::]:53")]
    [InlineData("0.0.0.0", 0, true, "0.0.0.0:*")]
    [InlineData("0.0.0.0", 0, false, "*")]
    public void An_end_is_written_as_people_know_it(string address, ushort port, bool isThere, string expected) =>
        Assert.Equal(expected, ConnectionFields.Endpoint(new FlowEndpoint(InternetAddress.Parse(address), port), isThere));
}
