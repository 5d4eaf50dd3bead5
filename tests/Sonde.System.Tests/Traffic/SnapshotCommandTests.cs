using System.Globalization;
using System.Text.Json;
using Sonde.System.Tests.Bpf;
using Sonde.Testing;

namespace Sonde.System.Tests.Traffic;

/// <summary>`sonde snapshot` as a process, with all rights and with none.</summary>
public sealed class SnapshotCommandTests
{
    // A server and a client that talk until the snapshot, which comes last, is done.
    private const string Talk = "iperf3 -s -1 >/dev/null & s=$!; (for i in $(seq 100); do timeout 60 iperf3 -c 127.0.0.1 -t 50 -b 20M >/dev/null && break; sleep 0.1; done) & c=$!; "
        + "for i in $(seq 200); do [ \"$(ss -Htn state established 'dport = :5201' | wc -l)\" -ge 2 ] && break; sleep 0.05; done\n";

    // The namespace of a test has a /sys of its own, without control groups: the command looks at the test program's.
    private const string InOwnMounts = "nsenter --mount=/proc/$PPID/ns/mnt ";

    private const string Stop = "\nr=$?; kill $s $c; exit $r";

    [Fact]
    public void What_netoproc_prints_comes_without_a_command_too()
    {
        NeedsBpf.Check();
        using NetworkNamespace here = NeedsRoot.Namespace();

        string tsv = here.Shell($"{Talk}{InOwnMounts}\"{ChildProcess.Sonde}\" --duration 1 --format tsv --no-dns --capture-mode auto --sort traffic --capture-buffer 2097152{Stop}");

        string[] lines = tsv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("pid\tprocess\trx_bytes\ttx_bytes\trx_packets\ttx_packets", lines[0]);
        string[][] rows = [.. lines.Skip(1).Select(static line => line.Split('\t'))];
        Assert.All(rows, static row => Assert.Equal(6, row.Length));
        Assert.Equal(2, rows.Count(static row => row[1] == "iperf3" && long.Parse(row[2], CultureInfo.InvariantCulture) + long.Parse(row[3], CultureInfo.InvariantCulture) > 100_000));
        long[] bytes = [.. rows.Select(static row => long.Parse(row[2], CultureInfo.InvariantCulture) + long.Parse(row[3], CultureInfo.InvariantCulture))];
        Assert.Equal(bytes.OrderDescending(), bytes);
    }

    [Fact]
    public void Without_any_right_the_connections_of_others_are_counted_and_what_would_add_names_is_told()
    {
        using NetworkNamespace here = NeedsRoot.Namespace();

        using var document = JsonDocument.Parse(here.Shell($"{Talk}{InOwnMounts}setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \"{ChildProcess.Sonde}\" snapshot -d 2 --detail{Stop}"));

        JsonElement root = document.RootElement;
        Assert.Equal("sockets", root.GetProperty("backend").GetString());
        JsonElement refused = root.GetProperty("backends").EnumerateArray().First();
        Assert.Equal(("bpf", "denied"), (refused.GetProperty("backend").GetString(), refused.GetProperty("state").GetString()));
        Assert.NotEmpty(refused.GetProperty("advice").EnumerateArray());
        List<JsonElement> connections = [.. root.GetProperty("connections").EnumerateArray().Where(static one => one.GetProperty("remote_port").GetInt32() == 5201)];
        JsonElement busiest = connections.MaxBy(static one => one.GetProperty("tx_bytes").GetInt64());
        Assert.InRange(busiest.GetProperty("tx_bytes").GetInt64(), 100_000, long.MaxValue);
        Assert.Equal("established", busiest.GetProperty("state").GetString());
        Assert.InRange(busiest.GetProperty("rtt_ms").GetDouble(), 0.000_1, 10_000);
        Assert.Equal(JsonValueKind.Null, busiest.GetProperty("pid").ValueKind);
        Assert.Equal("denied", busiest.GetProperty("pid_reason").GetString());
    }

    [Theory]
    [InlineData("--interface nosuch0", 1, "nosuch0")]
    [InlineData("--duration=-1", 2, "--duration")]
    [InlineData("--capture-mode magic", 2, "magic")]
    [InlineData("--filter 'bytes>'", 2, "filter")]
    [InlineData("--sort speed", 2, "speed")]
    public void A_mistake_is_explained(string options, int exitCode, string word)
    {
        NeedsBpf.Check();
        ProgramResult result = ChildProcess.Shell($"\"{ChildProcess.Sonde}\" snapshot {options}");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(word, result.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, result.Output);
    }

    [Fact]
    public void Following_prints_until_its_count_is_reached()
    {
        NeedsBpf.Check();

        ProgramResult result = ChildProcess.Shell($"\"{ChildProcess.Sonde}\" snapshot --follow --interval 0.2 --count 3 --format tsv --filter no-such-process");

        Assert.Equal((0, "time\tpid\tprocess\trx_bytes\ttx_bytes\trx_packets\ttx_packets\n"), (result.ExitCode, result.Output));
    }
}
