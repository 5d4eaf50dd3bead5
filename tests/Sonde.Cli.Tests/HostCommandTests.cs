using System.Text.Json;
using Sonde.Cli.Commands;
using Sonde.Cli.Commands.HostFacts;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Systems;

namespace Sonde.Cli.Tests;

public sealed class HostCommandTests
{
    private static readonly HostRecord s_host = new()
    {
        Name = "Windows \x1b[31m11",
        MemoryBytes = 16L << 30,
        SecureBoot = true,
        SELinux = Reading.Unsupported<string>("Windows has no such thing"),
        Model = Reading.Denied<string>("not yours"),
        Defender = new DefenderState(true, false, true, "4.18", "1.401", Reading.None<DateTimeOffset>("never")),
        SecurityProducts = new SecurityProduct[] { new("antivirus", "Other AV", "on", true, false, @"C:\av.exe") },
        Updates = Reading.None<IReadOnlyList<HostUpdate>>("no update is listed"),
    };

    private static readonly HostLoad s_load = new() { ProcessorPercent = 12.5, NetworkSentBytesPerSecond = 2_000_000, LoadAverages = Reading.Unsupported<IReadOnlyList<double>>("Windows keeps none") };

    [Fact]
    public void People_see_what_there_is_and_how_much_more_could_be_told()
    {
        string text = Pretty(isAll: false);

        Assert.Contains("memory_bytes", text, StringComparison.Ordinal);
        Assert.Contains("denied: not yours", text, StringComparison.Ordinal);
        Assert.Contains("Other AV", text, StringComparison.Ordinal);
        Assert.Contains("none: no update is listed", text, StringComparison.Ordinal);
        Assert.Contains("2 MB/s", text, StringComparison.Ordinal);
        Assert.DoesNotContain("selinux", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\x1b[31m", text, StringComparison.Ordinal);
        Assert.EndsWith("4 more are not told here; to see why: sonde host --all\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void All_shows_what_this_system_does_not_have()
    {
        string text = Pretty(isAll: true);

        Assert.Contains("unsupported: Windows has no such thing", text, StringComparison.Ordinal);
        Assert.DoesNotContain("--all", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_get_every_field_and_the_reason_of_every_null()
    {
        using var document = JsonDocument.Parse(Print(OutputFormat.Json));
        JsonElement root = document.RootElement;

        Assert.Equal("unsupported: Windows has no such thing", root.GetProperty("security").GetProperty("selinux_reason").GetString());
        Assert.True(root.GetProperty("security").GetProperty("defender_enabled").GetBoolean());
        Assert.Equal("none: never", root.GetProperty("security").GetProperty("defender_definitions_updated_reason").GetString());
        Assert.Equal("Other AV", root.GetProperty("security_products")[0].GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("updates").ValueKind);
        Assert.Equal("none: no update is listed", root.GetProperty("updates_reason").GetString());
        Assert.Equal(12.5, root.GetProperty("load").GetProperty("processor_percent").GetDouble());
    }

    [Fact]
    public void TSV_is_a_line_a_fact()
    {
        string[] lines = Print(OutputFormat.Tsv).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.All(lines, line => Assert.Equal(3, line.Split('\t').Length));
        Assert.Contains("hardware\tmodel\t(denied)", lines);
        Assert.Contains("security\tsecure_boot\ttrue", lines);
    }

    private static string Print(OutputFormat format)
    {
        using var test = new TestOutput();
        HostOutput.Print(new CommandContext(test.Output, TimeProvider.System), s_host, s_load, format, isAll: false);
        return test.Text();
    }

    private static string Pretty(bool isAll) => HostOutput.Pretty(s_host, s_load, new Screen(80, 24, IsTerminal: false, TextStyle.Plain), TimeZoneInfo.Utc, isAll);
}
