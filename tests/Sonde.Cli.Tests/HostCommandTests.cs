using System.Reflection;
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

    [Fact]
    public void A_record_of_a_stream_says_what_it_is()
    {
        string line = Print(OutputFormat.Ndjson);

        using var document = JsonDocument.Parse(line);
        Assert.Equal("host", document.RootElement.GetProperty("type").GetString());
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
    }

    [Fact]
    public void Every_fact_stands_under_its_own_name_in_every_format()
    {
        // Texts are their own names here, and numbers all differ.
        var host = new HostRecord();
        foreach (PropertyInfo property in typeof(HostRecord).GetProperties().Where(static one => one.PropertyType == typeof(Reading<string>)))
        {
            property.SetValue(host, Reading.Ok(property.Name));
        }

        var load = new HostLoad { LoadAverages = Reading.Ok<IReadOnlyList<double>>([1001, 1005, 1015]) };
        int number = 0;
        foreach (PropertyInfo property in typeof(HostLoad).GetProperties().Where(static one => one.PropertyType == typeof(Reading<double>)))
        {
            property.SetValue(load, Reading.Ok((double)++number));
        }

        using var document = JsonDocument.Parse(Print(OutputFormat.Json, host, load));
        var texts = new[] { "system", "hardware", "security" }
            .SelectMany(group => document.RootElement.GetProperty(group).EnumerateObject())
            .Where(static one => one.Value.ValueKind == JsonValueKind.String && !one.Name.EndsWith("_reason", StringComparison.Ordinal))
            .ToDictionary(static one => one.Name.Replace("_", string.Empty, StringComparison.Ordinal), static one => one.Value.GetString(), StringComparer.Ordinal);
        Assert.Equal(typeof(HostRecord).GetProperties().Count(static one => one.PropertyType == typeof(Reading<string>)), texts.Count);
        Assert.All(texts, static one => Assert.Equal(one.Key, one.Value, ignoreCase: true));

        JsonElement loads = document.RootElement.GetProperty("load");
        Assert.Equal([1001, 1005, 1015], new[] { "load_1", "load_5", "load_15" }.Select(name => loads.GetProperty(name).GetDouble()));
        Assert.All(typeof(HostLoad).GetProperties().Where(static one => one.PropertyType == typeof(Reading<double>)), one =>
        {
            JsonProperty told = loads.EnumerateObject().Single(other => other.Name.Replace("_", string.Empty, StringComparison.Ordinal).Equals(one.Name, StringComparison.OrdinalIgnoreCase));
            Assert.Equal(((Reading<double>)one.GetValue(load)!).Value, told.Value.GetDouble()); // a Reading is a struct
        });
        string[] lines = Print(OutputFormat.Tsv, host, load).Split('\n');
        Assert.Contains("load\tload_15\t1015", lines);
        Assert.Contains("hardware\tfirmware_version\tFirmwareVersion", lines);
    }

    [Fact]
    public void A_product_tells_apart_whether_it_is_up_to_date_and_whose_it_is()
    {
        using var document = JsonDocument.Parse(Print(OutputFormat.Json));
        JsonElement product = document.RootElement.GetProperty("security_products")[0];

        Assert.Equal((true, false), (product.GetProperty("up_to_date").GetBoolean(), product.GetProperty("from_microsoft").GetBoolean()));
    }

    private static string Print(OutputFormat format) => Print(format, s_host, s_load);

    private static string Print(OutputFormat format, HostRecord host, HostLoad load)
    {
        using var test = new TestOutput();
        HostOutput.Print(new CommandContext(test.Output, TimeProvider.System), host, load, format, isAll: false);
        return test.Text();
    }

    private static string Pretty(bool isAll) => HostOutput.Pretty(s_host, s_load, new Screen(80, 24, IsTerminal: false, TextStyle.Plain), TimeZoneInfo.Utc, isAll);
}
