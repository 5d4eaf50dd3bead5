using System.Text.Json;
using Sonde.Cli.Commands;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Privileges;
using Sonde.Host.Resolvers;

namespace Sonde.Cli.Tests;

public sealed class OutputShapeTests
{
    [Fact]
    public void Every_null_in_JSON_has_its_reason_beside_it()
    {
        foreach (string json in new[] { Interfaces(OutputFormat.Json), Resolvers(OutputFormat.Json), Doctor(OutputFormat.Json) })
        {
            using var document = JsonDocument.Parse(json);
            int nulls = CountNulls(document.RootElement);
            Assert.True(nulls > 0, "a sample without a null proves nothing");
        }
    }

    [Fact]
    public void Denied_gone_unsupported_and_none_look_different_in_JSON()
    {
        using var document = JsonDocument.Parse(Interfaces(OutputFormat.Json));
        JsonElement bare = document.RootElement.GetProperty("interfaces")[1];

        Assert.Equal("denied: Operation not permitted", bare.GetProperty("addresses_reason").GetString());
        Assert.Equal("gone", bare.GetProperty("counters_reason").GetString());
        Assert.Equal("unsupported: no driver", bare.GetProperty("link_speed_bps_reason").GetString());
        Assert.Equal("none", bare.GetProperty("mac_reason").GetString());
        Assert.Equal("failed: I/O error", bare.GetProperty("mtu_reason").GetString());
    }

    [Fact]
    public void Gaps_are_part_of_every_format()
    {
        Assert.Contains("\"gaps\":[{\"what\":\"addresses\",\"status\":\"gone\",\"reason\":\"they went\",\"count\":2}]", Interfaces(OutputFormat.Json), StringComparison.Ordinal);
        Assert.Contains("{\"type\":\"gap\",\"what\":\"addresses\"", Interfaces(OutputFormat.Ndjson), StringComparison.Ordinal);
        Assert.Contains("not seen: addresses (2): gone: they went", Interfaces(OutputFormat.Pretty), StringComparison.Ordinal);
    }

    [Fact]
    public void NDJSON_is_one_object_a_line()
    {
        string[] lines = Interfaces(OutputFormat.Ndjson).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3, lines.Length);
        Assert.All(lines, line =>
        {
            using var document = JsonDocument.Parse(line);
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        });
    }

    [Fact]
    public void TSV_has_as_many_cells_in_every_line_as_in_its_header()
    {
        foreach (string tsv in new[] { Interfaces(OutputFormat.Tsv), Resolvers(OutputFormat.Tsv), Doctor(OutputFormat.Tsv) })
        {
            string[] lines = tsv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(lines.Length > 1);
            Assert.Single(lines.Select(line => line.Split('\t').Length).Distinct());
        }
    }

    [Fact]
    public void TSV_tells_none_from_denied()
    {
        string[] header = Interfaces(OutputFormat.Tsv).Split('\n')[0].Split('\t');
        string[] bare = Interfaces(OutputFormat.Tsv).Split('\n')[2].Split('\t');

        Assert.Equal(@"odd\x1b[31m\t0", bare[Array.IndexOf(header, "name")]);
        Assert.Equal("-", bare[Array.IndexOf(header, "mac")]);
        Assert.Equal("(denied)", bare[Array.IndexOf(header, "addresses")]);
        Assert.Equal("(gone)", bare[Array.IndexOf(header, "rx_bytes")]);
    }

    [Fact]
    public void One_interface_alone_shows_everything_known_and_every_reason()
    {
        string card = InterfacesPretty.Card(Samples.Bare(), Samples.Snapshot, new Screen(80, 24, IsTerminal: false, TextStyle.Plain));

        Assert.Contains(@"odd\x1b[31m\t0", card, StringComparison.Ordinal);
        string[] words = [.. card.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains("address denied: Operation not permitted", words);
        Assert.Contains("counters gone", words);
        Assert.DoesNotContain('\u001b', card);
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    [InlineData(20, 5)]
    public void A_frame_of_the_watch_fits_its_screen(int width, int height)
    {
        var screen = new Screen(width, height, IsTerminal: true, TextStyle.Plain);
        string frame = InterfacesWatch.Frame(Samples.Snapshot.Interfaces, Samples.Snapshot, null, ["eth0", "nope"], DateTimeOffset.UnixEpoch, screen, lost: 2);

        Assert.All(frame.Split('\n'), line => Assert.True(CellWidth.Of(line) <= width, line));
        if (width >= 120)
        {
            Assert.Contains("nope is gone", frame, StringComparison.Ordinal);
            Assert.Contains("notifications lost 2 times", frame, StringComparison.Ordinal);
        }
    }

    private static int CountNulls(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                int nulls = 0;
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    if (property.Value.ValueKind == JsonValueKind.Null)
                    {
                        Assert.True(
                            element.TryGetProperty(property.Name + "_reason", out JsonElement reason) && !string.IsNullOrEmpty(reason.GetString()),
                            $"{property.Name} is null without a reason");
                        nulls++;
                    }

                    nulls += CountNulls(property.Value);
                }

                return nulls;
            case JsonValueKind.Array:
                return element.EnumerateArray().Sum(CountNulls);
            default:
                return 0;
        }
    }

    private static string Interfaces(OutputFormat format)
    {
        using var test = new TestOutput();
        InterfacesCommand.Print(test.Output, Samples.Snapshot, Samples.Snapshot.Interfaces, format, isDetailed: false);
        return test.Text();
    }

    private static string Resolvers(OutputFormat format)
    {
        using var test = new TestOutput();
        ResolversCommand.Print(
            test.Output,
            new ResolverSnapshot(
                [new ResolverServer { Address = System.Net.IPAddress.Loopback, Source = "/etc/resolv.conf", IsLocalStub = true }],
                [new SearchDomain { Name = "example.com", Source = "/etc/resolv.conf" }],
                [new ResolverSource("/etc/resolv.conf", ReadingStatus.Ok, null, ["ndots:2"], 1)]),
            format);
        return test.Text();
    }

    private static string Doctor(OutputFormat format)
    {
        using var test = new TestOutput();
        var report = new DoctorReport(
            "1.0",
            "Test",
            new PrivilegeReport
            {
                User = "me",
                UserId = "1000",
                IsAdministrator = false,
                IsElevated = Reading.Unsupported<bool>("no"),
                IntegrityLevel = Reading.Unsupported<string>("no"),
                NoNewPrivileges = false,
                Rights = Reading.Ok<IReadOnlyList<HeldRight>>([new HeldRight("CAP_NET_RAW", true)]),
                Devices = Reading.Unsupported<IReadOnlyList<DeviceAccess>>("no"),
            },
            [(new BackendStatus("interfaces", "rtnetlink", BackendState.Denied, "all", "socket(AF_NETLINK)", "Operation not permitted (errno 1)", 1), ["To allow it: x"])],
            77);
        DoctorCommand.Print(test.Output, report, format);
        return test.Text();
    }

    [Theory]
    [InlineData(0, BackendState.Denied, BackendState.Available)]
    [InlineData(0, BackendState.Available, BackendState.Unavailable)]
    [InlineData(77, BackendState.Unavailable, BackendState.Denied)]
    [InlineData(69, BackendState.Unavailable, BackendState.Unavailable)]
    public void The_doctors_exit_code_is_decided_by_the_ladder_of_the_main_job(int exitCode, BackendState first, BackendState second) => Assert.Equal(
        exitCode,
        DoctorReport.Judge(
        [
            new BackendStatus("traffic", "one", first, "x", "x"),
            new BackendStatus("traffic", "two", second, "x", "x"),
            new BackendStatus("interfaces", "three", BackendState.Available, "x", "x"),
        ]));
}
