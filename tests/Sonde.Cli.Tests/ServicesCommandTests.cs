using System.Text.Json;
using Sonde.Cli.Commands;
using Sonde.Cli.Commands.Services;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Host;
using Sonde.Host.Services;

namespace Sonde.Cli.Tests;

public sealed class ServicesCommandTests
{
    private static readonly ServiceSnapshot s_snapshot = new(
        "sample",
        [
            Make("ssh.service", ServiceKind.Service, ServiceState.Running) with
            {
                StateName = "running", ProcessId = 812, ProcessName = "sshd", User = "root", StartName = "enabled", Description = "OpenBSD Secure Shell server",
                Since = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Command = "/usr/sbin/sshd -D",
            },
            Make("bad.service", ServiceKind.Service, ServiceState.Failed) with { StateName = "failed", ExitCode = 3, Result = "exit-code", Description = "\x1b[31mred\nand two lines" },
            Make("killed.service", ServiceKind.Service, ServiceState.Failed) with { StateName = "failed", ExitSignal = 9 },
            Make("once.service", ServiceKind.Service, ServiceState.Active) with { StateName = "exited" },
            Make("hidden.service", ServiceKind.Service, Reading.Denied<ServiceState>("not yours")),
            Make("off.service", ServiceKind.Service, ServiceState.Stopped),
            Make("pattern@.service", ServiceKind.Service, Reading.None<ServiceState>("it is a pattern")),
            Make("x.timer", ServiceKind.Timer, ServiceState.Active),
            Make("disk", ServiceKind.Driver, ServiceState.Running),
        ],
        [new Gap("unit files", ReadingStatus.Denied, "not shown", 2)]);

    [Fact]
    public void Without_a_wish_what_runs_failed_or_is_not_known_is_shown()
    {
        Assert.Equal(["ssh.service", "bad.service", "killed.service", "once.service", "hidden.service"], Names(Options()));
    }

    [Fact]
    public void A_filter_and_a_name_look_at_all_of_them()
    {
        Assert.Equal(["off.service"], Names(Options(filter: "state=stopped")));
        Assert.Equal(["x.timer"], Names(Options(filter: "kind:timer")));
        Assert.Equal(["off.service"], Names(Options(name: "off")));
        Assert.Equal(["disk"], Names(Options(name: "DISK")));
        Assert.Empty(Names(Options(name: "off", filter: "state=running")));
    }

    [Fact]
    public void All_are_all() => Assert.Equal(s_snapshot.Services.Count, Names(Options(isAll: true)).Length);

    [Fact]
    public void The_columns_are_those_that_were_asked_for()
    {
        ServicesOptions options = Options() with { Fields = [Field("name"), Field("pid"), Field("result")] };
        string table = ServicesOutput.Pretty(s_snapshot, options.Choose(s_snapshot), options, new Screen(80, 24, IsTerminal: false, TextStyle.Plain), TimeZoneInfo.Utc);

        Assert.Matches("^NAME +PID +RESULT", table);
        Assert.Matches("(?m)^ssh.service +812 *$", table);
        Assert.Matches("(?m)^bad.service +exit-code *$", table);
    }

    [Fact]
    public void Fields_can_be_listed_and_a_wrong_one_is_explained()
    {
        (int helped, string output, _) = TestOutput.Run("services", "--fields", "help");
        (int wrong, _, string error) = TestOutput.Run("services", "--fields", "name,statee");

        Assert.Equal((ExitCode.Ok, ExitCode.Usage), (helped, wrong));
        Assert.Contains("exit_signal", output, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'state'?", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_no_value_for_the_sort_field_comes_last()
    {
        ServicesOptions options = Options(isAll: true) with { Sort = ServiceFields.All.TryFind("pid", out RecordField<ServiceRecord>? pid) ? pid : null };

        Assert.Equal("ssh.service", Names(options)[0]);
        Assert.Equal("bad.service", Names(options)[1]);
    }

    [Fact]
    public void The_table_says_how_a_service_failed_and_how_many_are_left_out()
    {
        string text = Print(Options());

        Assert.Contains("failed (exit 3)", text, StringComparison.Ordinal);
        Assert.Contains("failed (signal 9)", text, StringComparison.Ordinal);
        Assert.Contains("active (exited)", text, StringComparison.Ordinal);
        Assert.Contains("unknown", text, StringComparison.Ordinal);
        Assert.Contains("4 more do not run or are no services; to see them: sonde services --all", text, StringComparison.Ordinal);
        Assert.Contains("not seen: unit files (2): denied: not shown", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', text);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(40)]
    [InlineData(20)]
    public void The_table_fits_the_terminal(int width)
    {
        string table = ServicesTable.Draw(s_snapshot.Services, new Screen(width, 24, IsTerminal: true, TextStyle.Plain), TimeZoneInfo.Utc);

        Assert.All(table.Split('\n'), line => Assert.InRange(line.Length, 0, width));
    }

    [Fact]
    public void A_card_has_every_field_and_the_reason_where_there_is_no_value()
    {
        string card = Print(Options(name: "hidden"));

        foreach (RecordField<ServiceRecord> field in ServiceFields.All.All)
        {
            Assert.Contains($"\n{field.Name} ", "\n" + card, StringComparison.Ordinal);
        }

        Assert.Contains("denied: not yours", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_null_in_JSON_has_its_reason_beside_it()
    {
        using var document = JsonDocument.Parse(Print(Options(isAll: true) with { Format = OutputFormat.Json }));

        int nulls = 0;
        foreach (JsonElement service in document.RootElement.GetProperty("services").EnumerateArray())
        {
            foreach (JsonProperty property in service.EnumerateObject().Where(static one => one.Value.ValueKind == JsonValueKind.Null))
            {
                Assert.False(string.IsNullOrEmpty(service.GetProperty(property.Name + "_reason").GetString()));
                nulls++;
            }
        }

        Assert.True(nulls > 0);
        Assert.Equal(s_snapshot.Services.Count, document.RootElement.GetProperty("count").GetInt32());
        Assert.Equal("denied", document.RootElement.GetProperty("gaps")[0].GetProperty("status").GetString());
    }

    [Fact]
    public void TSV_has_as_many_cells_in_every_line_as_in_its_header()
    {
        string[] lines = Print(Options(isAll: true) with { Format = OutputFormat.Tsv }).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(s_snapshot.Services.Count + 1, lines.Length);
        Assert.Single(lines.Select(static line => line.Split('\t').Length).Distinct());
    }

    [Fact]
    public void NDJSON_is_an_object_a_service_and_a_gap()
    {
        string[] lines = Print(Options() with { Format = OutputFormat.Ndjson }).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["service", "service", "service", "service", "service", "gap"], lines.Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData("--filter", "descripton:x", "did you mean 'description'?")]
    [InlineData("--sort", "descripton", "Did you mean 'description'?")]
    public void A_field_that_does_not_exist_is_a_usage_error_with_the_one_that_was_meant(string option, string value, string advice)
    {
        (int exitCode, _, string error) = TestOutput.Run("services", option, value);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains(advice, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_every_field()
    {
        (int exitCode, string help, _) = TestOutput.Run("services", "--help");

        Assert.Equal(ExitCode.Ok, exitCode);
        Assert.All(ServiceFields.All.All, field => Assert.Contains(field.Name, help, StringComparison.Ordinal));
    }

    private static string[] Names(ServicesOptions options) => [.. options.Choose(s_snapshot).Select(static service => service.Name)];

    private static string Print(ServicesOptions options)
    {
        using var test = new TestOutput();
        ServicesOutput.Print(new CommandContext(test.Output, TimeProvider.System), s_snapshot, options.Choose(s_snapshot), options);
        return test.Text();
    }

    private static ServicesOptions Options(string? name = null, string? filter = null, bool isAll = false) => new(
        OutputFormat.Pretty,
        name is null ? [] : [name],
        filter is null ? null : RecordFilter<ServiceRecord>.Parse(filter, ServiceFields.All),
        Sort: null,
        IsDescending: false,
        isAll,
        ShowSecrets: false);

    private static ServiceRecord Make(string name, ServiceKind kind, Reading<ServiceState> state) => new()
    {
        Name = name,
        Kind = kind,
        KindName = "sample",
        State = state,
        DisplayName = Reading.Unsupported<string>("no such name"),
    };

    private static RecordField<ServiceRecord> Field(string name) => ServiceFields.All.All.Single(field => field.Name == name);
}
