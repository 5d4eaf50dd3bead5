using Sonde.Cli.Commands.Ps;
using Sonde.Cli.Records;
using Sonde.Host.Processes;

namespace Sonde.Cli.Tests;

public sealed class PsArgumentsTests
{
    [Theory]
    [InlineData("there is no field 'rsss'", "ps", "--fields", "pid,rsss")]
    [InlineData("there is no field 'nothing'", "ps", "--sort", "nothing")]
    [InlineData("there is no engine 'magic'", "ps", "--engine", "magic")]
    [InlineData("--fields and --all-fields contradict each other", "ps", "--fields", "pid", "--all-fields")]
    [InlineData("--watch is missing", "ps", "--interval", "2")]
    [InlineData("a JSON document must", "ps", "--watch", "-f", "json")]
    [InlineData("--tree is drawn for people only", "ps", "--tree", "-f", "tsv")]
    [InlineData("--interval 0 is out of range", "ps", "--watch", "--interval", "0")]
    [InlineData("--hash-timeout 90000 is out of range", "ps", "--hash", "--hash-timeout", "90000")]
    [InlineData("the filter cannot be understood", "ps", "--filter", "name")]
    public void What_makes_no_sense_is_a_usage_error(string expected, params string[] arguments)
    {
        (int exitCode, string output, string error) = TestOutput.Run(arguments);

        Assert.Equal((ExitCode.Usage, string.Empty), (exitCode, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_s_error_points_at_its_character()
    {
        (_, _, string error) = TestOutput.Run("ps", "--filter", "name:sh nd uid=0");

        Assert.Contains("  name:sh nd uid=0\n          ^ expected 'and', 'or' or the end\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_can_be_listed_with_their_names_and_their_price()
    {
        (int exitCode, string output, _) = TestOutput.Run("ps", "--fields", "help");

        Assert.Equal(ExitCode.Ok, exitCode);
        Assert.Contains("resident_bytes", output, StringComparison.Ordinal);
        Assert.Contains("once per process", output, StringComparison.Ordinal);
        Assert.Contains("on request, costly", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_field_that_a_default_names_exists()
    {
        Assert.NotEmpty(PsFields.Records);
        Assert.All(PsFields.Pretty.Concat(PsFields.Watched), static name => Assert.True(PsFields.All.TryFind(name, out _), name));
    }

    [Fact]
    public void Every_part_of_the_mask_has_a_field_that_shows_it()
    {
        ulong shown = PsFields.All.All.Aggregate(0UL, static (all, field) => all | field.Needs);

        Assert.Equal(ProcessFields.All, (ProcessFields)shown);
    }

    [Fact]
    public void Hashes_are_no_part_of_all_fields_unless_they_are_asked_for()
    {
        Assert.DoesNotContain(PsFields.AllButHash, static field => field.Name == "sha256");
        Assert.Equal(PsFields.All.All.Count - 1, PsFields.AllButHash.Count);
        Assert.Contains("sha256", PsFields.Hashed);
    }

    [Fact]
    public void Names_of_fields_are_lower_case_with_underscores_and_unique()
    {
        string[] names = [.. PsFields.All.All.SelectMany(static field => field.Aliases.Append(field.Name))];

        Assert.All(names, static name => Assert.Matches("^[a-z][a-z0-9_]*$", name));
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("rss", "resident_bytes", true)]
    [InlineData("-rss", "resident_bytes", false)]
    [InlineData("pid", "pid", false)]
    [InlineData("-pid", "pid", true)]
    [InlineData("cpu", "cpu_percent", true)]
    [InlineData("name", "name", false)]
    public void What_is_measured_has_its_largest_first(string text, string field, bool isDescending)
    {
        PsOrder order = PsOrder.Parse(text)!;

        Assert.Equal((field, isDescending), (order.Field!.Name, order.IsDescending));
    }

    [Fact]
    public void Values_are_formatted_by_their_kind()
    {
        Assert.Equal("1:02:03", RecordCells.Of(FieldValue.Of(new TimeSpan(1, 2, 3).Ticks), FieldKind.Duration, TimeZoneInfo.Utc));
        Assert.Equal("2:03.40", RecordCells.Of(FieldValue.Of(TimeSpan.FromSeconds(123.4).Ticks), FieldKind.Duration, TimeZoneInfo.Utc));
        Assert.Equal("1.5 MB", RecordCells.Of(FieldValue.Of(1_500_000), FieldKind.Bytes, TimeZoneInfo.Utc));
        Assert.Equal("2026-01-02 03:04:05", RecordCells.Of(FieldValue.Of(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).Ticks), FieldKind.Time, TimeZoneInfo.Utc));
        Assert.Equal("2026-01-02T03:04:05.000Z", FieldValue.Of(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).Ticks).Format(FieldKind.Time));
    }
}
