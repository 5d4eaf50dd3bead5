using System.CommandLine;
using System.Text;
using System.Text.Json;
using Sonde.Cli.Commands.Ps;
using Sonde.Cli.Output;
using Sonde.Host.Processes;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests.Processes;

/// <summary>What `sonde ps` prints of a Mac: its tables are drawn from records of macOS, with a reason beside what a user does not see.</summary>
public sealed class PsOutputTests
{
    private static readonly Screen s_wide = new(160, int.MaxValue, IsTerminal: false, TextStyle.Plain);

    [Fact]
    public void A_table_has_a_line_for_each_process_whoever_owns_it()
    {
        using LookAlike system = Mac(asker: 501);
        using ProcessCollector collector = TestCollector.Open(Options("pretty", [.. PsFields.Pretty]).Needs);
        using ProcessSnapshot snapshot = collector.Collect();

        string[] lines = PsTable.Draw(snapshot, Options("pretty", [.. PsFields.Pretty]), s_wide, TimeZoneInfo.Utc).TrimEnd('\n').Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.Contains("root", lines[1], StringComparison.Ordinal);
        Assert.Contains("ada", lines[2], StringComparison.Ordinal);
        Assert.Contains("/Applications/Example.app/Contents/MacOS/Example --fast", lines[2], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 160));
    }

    [Fact]
    public void The_card_of_a_process_of_another_says_of_each_field_why_it_is_not_there()
    {
        using LookAlike system = Mac(asker: 501);
        using ProcessCollector collector = TestCollector.Open(ProcessFields.All);
        using ProcessSnapshot snapshot = collector.Collect();

        string card = PsTable.Card(snapshot[0], snapshot, s_wide with { Width = int.MaxValue }, TimeZoneInfo.Utc);

        AssertLine(card, "resident_bytes", "denied: only its own user, or root, may read this");
        AssertLine(card, "command", "denied: only its own user, or root, may read this");
        AssertLine(card, "policy", "unsupported: macOS has no such thing");
        AssertLine(card, "cgroup", "unsupported: macOS has no such thing");
        AssertLine(card, "environment", "denied: only its own user, or root, may read this");
        AssertLine(card, "user", "root");
        Assert.DoesNotContain("nobody asked for it", card, StringComparison.Ordinal);
    }

    [Fact]
    public void The_card_of_ones_own_process_shows_what_only_macOS_has()
    {
        using LookAlike system = Mac(asker: 501);
        using ProcessCollector collector = TestCollector.Open(ProcessFields.All);
        using ProcessSnapshot snapshot = collector.Collect();

        string card = PsTable.Card(snapshot[1], snapshot, s_wide with { Width = int.MaxValue }, TimeZoneInfo.Utc);

        AssertLine(card, "signing_id", "org.example.app");
        AssertLine(card, "team_id", "A1B2C3D4E5");
        AssertLine(card, "validation_category", "developer_id");
        AssertLine(card, "sandboxed", "yes");
        AssertLine(card, "hardened_runtime", "yes");
        AssertLine(card, "platform_binary", "no");
        AssertLine(card, "sip", "on");
        AssertLine(card, "coalition", "500");
        AssertLine(card, "responsible_pid", "300");
        AssertLine(card, "unit", "application.org.example.app");
        AssertLine(card, "login_uid", "501");
        AssertLine(card, "terminal", "ttys002");
        AssertLine(card, "entitlements", "com.apple.security.app-sandbox=true");
    }

    [Fact]
    public void A_line_of_ndjson_has_a_null_and_its_reason_for_what_is_denied()
    {
        using LookAlike system = Mac(asker: 501);
        string[] names = ["pid", "name", "resident_bytes", "state", "signing_id", "sip"];
        PsOptions options = Options("ndjson", names);
        using ProcessCollector collector = TestCollector.Open(options.Needs);
        using ProcessSnapshot snapshot = collector.Collect();
        using var stream = new MemoryStream();
        using var output = new CommandOutput(stream, s_wide);

        new PsJson(output, options.Fields).WriteLines(snapshot);
        output.Flush();
        string[] lines = Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n');

        using JsonDocument theirs = JsonDocument.Parse(lines[0]);
        using JsonDocument mine = JsonDocument.Parse(lines[1]);
        Assert.Equal(JsonValueKind.Null, theirs.RootElement.GetProperty("resident_bytes").ValueKind);
        Assert.Contains("denied: only its own user, or root", lines[0], StringComparison.Ordinal);
        Assert.Equal((5_000_000, "sleeping", "org.example.app", "on"), (
            mine.RootElement.GetProperty("resident_bytes").GetInt64(),
            mine.RootElement.GetProperty("state").GetString(),
            mine.RootElement.GetProperty("signing_id").GetString(),
            mine.RootElement.GetProperty("sip").GetString()));
    }

    [Theory]
    [InlineData("sandboxed:true and team_id=A1B2C3D4E5", 300)]
    [InlineData("platform_binary:true", 1)]
    [InlineData("user=ada and not platform_binary:true", 300)]
    public void Processes_are_chosen_by_what_macOS_says_of_them(string filter, int expected)
    {
        using LookAlike system = Mac(asker: 0);
        PsOptions options = Options("pretty", ["pid"], "--filter", filter);
        using ProcessCollector collector = TestCollector.Open(options.Needs);
        using ProcessSnapshot snapshot = collector.Collect();

        Assert.Equal([expected], PsCommand.Choose(snapshot, options).Select(process => process.Pid));
    }

    private static void AssertLine(string card, string field, string value) =>
        Assert.Contains(card.Split('\n'), line => line.StartsWith(field + " ", StringComparison.Ordinal) && line.EndsWith(value, StringComparison.Ordinal));

    // As they are typed: what else a run needs to know stays the command's own affair.
    private static PsOptions Options(string format, string[] fields, params string[] more)
    {
        var command = new Command("ps");
        var arguments = new PsArguments();
        arguments.AddTo(command);
        return arguments.Read(command.Parse(["--format", format, "--fields", string.Join(',', fields), .. more])) ?? throw new InvalidOperationException("the fields are only listed");
    }

    private static LookAlike Mac(int asker)
    {
        var system = new LookAlike { ["as.uid"] = asker };
        system.Put(new HostProcess(1, "launchd") { Parent = 0, UniqueId = 2, CodeSigning = Darwin.CS_SIGNED | Darwin.CS_VALID | Darwin.CS_PLATFORM_BINARY, Category = 1 });
        system.Put(new HostProcess(300, "Example")
        {
            User = 501,
            RealUser = 501,
            Resident = 5_000_000,
            Terminal = 0x10000002,
            AuditUser = 501,
            IsSandboxed = true,
            CodeSigning = Darwin.CS_SIGNED | Darwin.CS_VALID | Darwin.CS_RUNTIME,
            Category = (int)Darwin.CS_VALIDATION_CATEGORY_DEVELOPER_ID,
        });
        system.Put(300, "identity", "org.example.app\0"u8.ToArray());
        system.Put(300, "team", "A1B2C3D4E5\0"u8.ToArray());
        system.Put(300, "entitlements", "<plist><dict><key>com.apple.security.app-sandbox</key><true/></dict></plist>"u8.ToArray());
        system.Put(300, "arguments", ArgumentBytes.Of(
            "/Applications/Example.app/Contents/MacOS/Example", ["/Applications/Example.app/Contents/MacOS/Example", "--fast"], "XPC_SERVICE_NAME=application.org.example.app"));
        return system;
    }
}
