using System.CommandLine;
using System.Text.Json;
using Sonde.Cli.Commands;
using Sonde.Cli.Commands.Snapshot;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Host.Sockets;
using Sonde.Packets;
using Sonde.Traffic;
using Sonde.Traffic.Names;

namespace Sonde.Cli.Tests;

/// <summary>Every number of a snapshot under its own name: all of the sample's numbers differ.</summary>
public sealed class SnapshotDetailTests
{
    private static readonly DateTimeOffset s_first = DateTimeOffset.UnixEpoch.AddSeconds(1);
    private static readonly DateTimeOffset s_last = DateTimeOffset.UnixEpoch.AddSeconds(2);

    [Fact]
    public void A_connection_has_each_number_under_its_name()
    {
        using JsonDocument document = Detail(Sample());
        JsonElement one = document.RootElement.GetProperty("connections")[0];

        Assert.Equal("tcp 10.0.0.1 40000 192.0.2.7 443", $"{Text(one, "protocol")} {Text(one, "local_address")} {Number(one, "local_port")} {Text(one, "remote_address")} {Number(one, "remote_port")}");
        Assert.Equal("www.test dns documentation https outgoing established", $"{Text(one, "remote_name")} {Text(one, "name_source")} {Text(one, "remote_kind")} {Text(one, "service")} {Text(one, "direction")} {Text(one, "state")}");
        Assert.Equal((77.0, "curl", "kernel", 2.0, 11.0), (Number(one, "pid"), Text(one, "process"), Text(one, "confidence"), Number(one, "interface_index"), Number(one, "network_namespace")));
        Assert.Equal([101, 102, 103, 104, 105, 106], Counters(one));
        Assert.Equal([201, 202, 301, 302], Rates(one));
        Assert.Equal(
            [12.5, 2.25, 9, 0.5, 40],
            new[] { "rtt_ms", "jitter_ms", "retransmits", "retransmits_per_second", "congestion_window" }.Select(name => Number(one, name)));
        Assert.Equal((s_first, s_last), (one.GetProperty("first_seen").GetDateTimeOffset(), one.GetProperty("last_seen").GetDateTimeOffset()));
    }

    [Fact]
    public void A_connection_without_a_process_says_why()
    {
        using JsonDocument document = Detail(Sample());
        JsonElement one = document.RootElement.GetProperty("connections")[1];

        Assert.Equal((JsonValueKind.Null, "forwarded"), (one.GetProperty("pid").ValueKind, Text(one, "pid_reason")));
        Assert.Equal(JsonValueKind.Null, one.GetProperty("state").ValueKind);
        Assert.Equal("not collected: not asked", Text(one, "state_reason"));
        Assert.False(one.TryGetProperty("rtt_ms", out _));
    }

    [Fact]
    public void Processes_interfaces_coverage_and_what_was_lost_have_theirs()
    {
        using JsonDocument document = Detail(Sample());
        JsonElement root = document.RootElement;
        JsonElement process = root.GetProperty("processes")[0];
        JsonElement coverage = root.GetProperty("coverage");
        JsonElement full = root.GetProperty("fill_levels")[0];

        Assert.Equal((77.0, "curl", "1000", 3.0), (Number(process, "pid"), Text(process, "process"), Text(process, "user"), Number(process, "connections")));
        Assert.Equal("gone: it had ended", Text(process, "exe_reason"));
        Assert.Equal([401, 402, 403, 404, 405, 406], Counters(process));
        Assert.Equal([211, 212, 311, 312], Rates(process));
        Assert.Equal(("eth0", 2.0), (Text(root.GetProperty("interfaces")[0], "name"), Number(root.GetProperty("interfaces")[0], "index")));
        Assert.Equal([501, 502, 503, 504, 505, 506], Counters(root.GetProperty("interfaces")[0]));
        Assert.Equal((1000.0, 990.0, 900.0, 5.0, 0.9), (Number(coverage, "interface_bytes"), Number(coverage, "counted_bytes"), Number(coverage, "owned_bytes"), Number(coverage, "window"), Number(coverage, "ratio")));
        Assert.Equal(("flows", 10.0, 12.0, 4.0), (Text(full, "table"), Number(full, "used"), Number(full, "capacity"), Number(full, "evicted")));
        Assert.Equal([601, 602, 603, 604, 605, 606], Counters(root.GetProperty("forgotten")));
        Assert.Equal(("packets", "denied"), (Text(root.GetProperty("gaps")[0], "what"), Text(root.GetProperty("gaps")[0], "status")));
        Assert.Equal(3, Number(root.GetProperty("losses")[0], "count"));
    }

    [Fact]
    public void Below_the_table_stands_what_was_not_used_not_seen_lost_and_full()
    {
        string[] lines = Pretty(Sample());

        Assert.Contains("coverage: 90 % of the 1 kB that interfaces other than the loopback counted", lines);
        Assert.Contains("note: sockets: TCP only", lines);
        Assert.Contains("not used: bpf (everything): no right", lines);
        Assert.Contains("lost: 3 packets", lines);
        Assert.Contains("full: flows: 10 of 12, 4 had to make room", lines);
        Assert.Contains("not seen: packets: denied: no right", lines);
        Assert.Contains(lines, static line => line.Contains("(processes no longer listed)", StringComparison.Ordinal));
    }

    [Fact]
    public void Coverage_is_never_more_than_all()
    {
        TrafficSnapshot snapshot = Sample() with { Coverage = new TrafficCoverage(1000, 1100, 1100, TimeSpan.FromSeconds(5)) };

        Assert.Contains("coverage: 100 % of the 1 kB that interfaces other than the loopback counted", Pretty(snapshot));
    }

    [Theory]
    [InlineData(TrafficBackend.Sockets, true)]
    [InlineData(TrafficBackend.Tables, true)]
    [InlineData(TrafficBackend.Bpf, false)]
    [InlineData(TrafficBackend.Packets, false)]
    public void Connections_are_listed_where_processes_may_be_hidden(TrafficBackend backend, bool isListed) =>
        Assert.Equal(isListed, Pretty(Sample() with { Backend = backend }).Any(static line => line.Contains("12.5 ms", StringComparison.Ordinal) && line.Contains("established", StringComparison.Ordinal)));

    [Fact]
    public void Groups_have_the_names_of_users_interfaces_and_remote_ends()
    {
        Assert.Equal(["1000", "unknown", "(processes no longer listed)"], Names(SnapshotGroup.User));
        Assert.Equal(["eth0", "#9", "(earlier connections)"], Names(SnapshotGroup.Interface));
        Assert.Equal(["www.test", "198.51.100.1", "(earlier connections)"], Names(SnapshotGroup.Remote));
    }

    [Theory]
    [InlineData(nameof(OutputFormat.Tsv))]
    [InlineData(nameof(OutputFormat.Ndjson), "--follow")]
    [InlineData(nameof(OutputFormat.Json), "--detail")]
    [InlineData(nameof(OutputFormat.Pretty), "--follow", "--format", "pretty")]
    public void A_pipe_gets_what_a_program_reads(string format, params string[] arguments) => Assert.Equal(format, Read(arguments).Format.ToString());

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true, "--detail")]
    [InlineData(true, false, "--detail", "--no-dns")]
    [InlineData(false, true, "--group", "remote")]
    [InlineData(false, false, "--group", "remote", "--no-dns")]
    public void Round_trips_and_names_are_measured_and_heard_where_they_are_shown(bool measuresTcp, bool hearsNames, params string[] arguments)
    {
        TrafficOptions monitor = Read(arguments).Monitor;

        Assert.Equal((measuresTcp, hearsNames), (monitor.MeasureTcp, monitor.HearNames));
    }

    [Theory]
    [InlineData("--capture-buffer 4095 is out of range", "--capture-buffer", "4095")]
    [InlineData("--top 0 is out of range", "--top", "0")]
    [InlineData("--duration 604801 is out of range", "--duration", "604801")]
    [InlineData("--interval 0.05 is out of range", "--follow", "--interval", "0.05")]
    [InlineData("--follow is missing", "--count", "2")]
    [InlineData("a JSON document must", "--follow", "--format", "json")]
    [InlineData("Did you mean 'pid'?", "--sort", "pit")]
    [InlineData("--resolve and --no-dns exclude each other", "--detail", "--resolve", "--no-dns")]
    [InlineData("--resolve asks for names, and nothing shows them", "--resolve")]
    public void What_makes_no_sense_is_a_usage_error(string expected, params string[] arguments)
    {
        (int exitCode, string output, string error) = TestOutput.Run(["snapshot", .. arguments]);

        Assert.Equal((ExitCode.Usage, string.Empty), (exitCode, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static SnapshotOptions Read(params string[] arguments)
    {
        using var test = new TestOutput();
        var snapshot = new SnapshotArguments(new CommandContext(test.Output, TimeProvider.System));
        var command = new Command("snapshot");
        snapshot.AddTo(command);
        ParseResult parsed = command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        return snapshot.Read(parsed);
    }

    private static JsonDocument Detail(TrafficSnapshot snapshot)
    {
        using var test = new TestOutput();
        test.Output.WriteJson(snapshot, TrafficJson.WriteDetail);
        return JsonDocument.Parse(test.Text());
    }

    private static string[] Pretty(TrafficSnapshot snapshot)
    {
        using var test = new TestOutput();
        SnapshotOptions options = Read();
        TrafficPretty.Write(test.Output, snapshot, options.Choose(snapshot), options);
        return test.Text().Split('\n');
    }

    private static IEnumerable<string> Names(SnapshotGroup group) => TrafficRows.Of(Sample(), group).Select(static row => row.Name);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static IEnumerable<double> Counters(JsonElement element) =>
        new[] { "rx_bytes", "tx_bytes", "rx_packets", "tx_packets", "rx_units", "tx_units" }.Select(name => Number(element, name));

    private static IEnumerable<double> Rates(JsonElement element) =>
        new[] { "rx_bytes_per_second", "tx_bytes_per_second", "rx_bytes_per_second_10", "tx_bytes_per_second_10" }.Select(name => Number(element, name));

    private static TrafficSnapshot Sample() => new()
    {
        Time = DateTimeOffset.UnixEpoch,
        Elapsed = TimeSpan.FromSeconds(5),
        Backend = TrafficBackend.Sockets,
        Backends =
        [
            new BackendStatus("traffic", "bpf", BackendState.Denied, "everything", "bpf", "no right"),
            new BackendStatus("traffic", "sockets", BackendState.Available, "connections", "socket", "TCP only"),
        ],
        Processes =
        [
            new ProcessTraffic
            {
                Key = new ProcessKey(Guid.Empty, 77, 1),
                Name = "curl",
                UserId = 1000u,
                Identity = Reading.Gone<ProcessIdentity>("it had ended"),
                IsRunning = false,
                FirstSeen = s_first,
                LastSeen = s_last,
                Counters = new TrafficCounters(401, 402, 403, 404, 405, 406),
                Rates = new TrafficRates(211, 212, 213, 214),
                AverageRates = new TrafficRates(311, 312, 313, 314),
                Connections = 3,
            },
        ],
        Connections =
        [
            new ConnectionTraffic
            {
                Key = Key("192.0.2.7", 443),
                NetworkNamespace = 11,
                Process = new ProcessKey(Guid.Empty, 77, 1),
                ProcessName = "curl",
                Confidence = OwnerConfidence.Kernel,
                UnownedReason = UnownedReason.None,
                Direction = FlowDirection.Outgoing,
                State = SocketState.Established,
                IsClosed = false,
                InterfaceIndex = 2,
                FirstSeen = s_first,
                LastSeen = s_last,
                Counters = new TrafficCounters(101, 102, 103, 104, 105, 106),
                Rates = new TrafficRates(201, 202, 203, 204),
                AverageRates = new TrafficRates(301, 302, 303, 304),
                Tcp = new TcpMeasurements(TimeSpan.FromMilliseconds(12.5), TimeSpan.FromMilliseconds(2.25), 9, 0.5, 40),
                RemoteName = "www.test",
                NameSource = NameSource.Dns,
            },
            new ConnectionTraffic
            {
                Key = Key("198.51.100.1", 5000),
                Process = null,
                ProcessName = null,
                Confidence = OwnerConfidence.None,
                UnownedReason = UnownedReason.Forwarded,
                Direction = FlowDirection.Unknown,
                State = Reading.NotCollected<SocketState>("not asked"),
                IsClosed = true,
                InterfaceIndex = 9,
                FirstSeen = s_first,
                LastSeen = s_last,
                Counters = new TrafficCounters(1, 2),
                Rates = default,
                AverageRates = default,
                Tcp = Reading.NotCollected<TcpMeasurements>("not asked"),
            },
        ],
        Unowned = [new UnownedTraffic(UnownedReason.Forwarded, new TrafficCounters(1, 2), 1)],
        Forgotten = new TrafficCounters(601, 602, 603, 604, 605, 606),
        Interfaces = [new InterfaceTraffic("eth0", 2, false, new TrafficCounters(501, 502, 503, 504, 505, 506), new TrafficRates(1, 2, 3, 4), default)],
        Coverage = new TrafficCoverage(1000, 990, 900, TimeSpan.FromSeconds(5)),
        Losses = [new TrafficLoss("packets", 3)],
        FillLevels = [new FillLevel("flows", 10, 12, 4)],
        Gaps = [new Gap("packets", ReadingStatus.Denied, "no right")],
        Total = new TrafficCounters(1003, 1006, 1006, 1008, 1010, 1012),
    };

    private static FlowKey Key(string remote, ushort port) =>
        new(IPProtocol.Tcp, new FlowEndpoint(InternetAddress.Parse("10.0.0.1"), 40_000), new FlowEndpoint(InternetAddress.Parse(remote), port));
}
