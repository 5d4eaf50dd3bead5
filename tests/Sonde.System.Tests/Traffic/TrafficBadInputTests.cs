using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sonde.Host;
using Sonde.Interop.Linux.Bpf;
using Sonde.System.Tests.Bpf;
using Sonde.Testing;
using Sonde.Traffic;
using Sonde.Traffic.Sources.Linux;

namespace Sonde.System.Tests.Traffic;

/// <summary>What comes of counting where something is missing, goes away, is full or is far too much.</summary>
public sealed class TrafficBadInputTests
{
    public TrafficBadInputTests() => NeedsBpf.Check();

    [Fact]
    public void A_program_that_the_verifier_refuses_is_told_in_the_verifiers_words()
    {
        var rung = new BpfTrafficRung(static (_, _) =>
        {
            BpfProgram.Load(new BpfProgramSource("sonde_wild", BpfProgramType.CgroupSkb, new BpfAssembler().Load(BpfRegister.R0, BpfRegister.R5, 0, BpfSize.Double).Exit().Build())).Dispose();
            throw new InvalidOperationException("the kernel took a program that reads nowhere");
        });

        Assert.Null(rung.TryOpen(new TrafficOptions(), null, out BackendStatus status));

        // No right would help, although the error of the kernel is that of a right that is missing.
        Assert.Equal(BackendState.Unavailable, status.State);
        Assert.Empty(status.MissingRights);
        Assert.Contains("sonde_wild", status.Operation, StringComparison.Ordinal);
        Assert.Contains("R5 !read_ok", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_control_groups_of_version_two_packets_are_counted_and_the_reason_is_told()
    {
        const string Hidden = "unshare --mount sh -c 'umount $(grep \" cgroup2 \" /proc/mounts | cut -d\" \" -f2); ";
        using var document = JsonDocument.Parse(ChildProcess.MustShell($"{Hidden}\"{ChildProcess.Sonde}\" snapshot -d 0 --detail'"));
        ProgramResult refused = ChildProcess.Shell($"{Hidden}\"{ChildProcess.Sonde}\" snapshot -d 0 --capture-mode bpf'");

        Assert.Equal("packets", document.RootElement.GetProperty("backend").GetString());
        Assert.Contains("version 2", document.RootElement.GetProperty("backends")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal((69, string.Empty), (refused.ExitCode, refused.Output));
        Assert.Contains("version 2", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_tracefs_nothing_is_missing()
    {
        using var document = JsonDocument.Parse(ChildProcess.MustShell(
            $"unshare --mount sh -c 'mount -t tmpfs none /sys/kernel/tracing; mount -t tmpfs none /sys/kernel/debug; \"{ChildProcess.Sonde}\" snapshot -d 0 --detail --capture-mode bpf'"));

        Assert.Equal(JsonValueKind.Undefined, document.RootElement.GetProperty("backends")[0].TryGetProperty("reason", out JsonElement reason) ? reason.ValueKind : JsonValueKind.Undefined);
    }

    [Fact]
    public void Without_the_kernels_types_sockets_are_counted_and_what_is_lacking_is_told()
    {
        using var document = JsonDocument.Parse(ChildProcess.MustShell($"unshare --mount sh -c 'mount -t tmpfs none /sys/kernel/btf; \"{ChildProcess.Sonde}\" snapshot -d 0 --detail --capture-mode bpf'"));

        JsonElement bpf = document.RootElement.GetProperty("backends")[0];
        Assert.Equal("available", bpf.GetProperty("state").GetString());
        Assert.Contains("/sys/kernel/btf/vmlinux", bpf.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bpf")]
    [InlineData("packets")]
    [InlineData("sockets")]
    [InlineData("tables")]
    public void No_time_at_all_is_a_snapshot_too(string mode)
    {
        string tsv = ChildProcess.MustShell($"\"{ChildProcess.Sonde}\" snapshot -d 0 --format tsv --capture-mode {mode}");

        Assert.StartsWith("pid\tprocess\t", tsv, StringComparison.Ordinal);
    }

    [Fact]
    public void An_hour_that_is_ended_by_a_signal_shows_what_was_counted_until_then()
    {
        using NetworkNamespace here = NeedsRoot.Namespace();

        string tsv = here.Shell(
            $"""
            nsenter --mount=/proc/$PPID/ns/mnt "{ChildProcess.Sonde}" snapshot -d 3600 --format tsv --capture-mode bpf & p=$!
            for i in $(seq 400); do grep -qs sonde-traffic /proc/$p/task/*/comm && break; sleep 0.05; done
            d=$(mktemp -d); cp "$(command -v bash)" $d/hour-sender; $d/hour-sender -c 'echo hello > /dev/udp/127.0.0.1/9'; rm -r $d
            kill $p; wait $p
            """);

        Assert.Contains(tsv.Split('\n'), static line => line.Split('\t') is [_, "hour-sender", _, var sent, ..] && int.Parse(sent, CultureInfo.InvariantCulture) >= 34);
    }

    [Theory]
    [InlineData(">&-")]
    [InlineData("> /dev/full")]
    public void An_output_that_takes_nothing_is_an_error(string where)
    {
        ProgramResult result = ChildProcess.Shell($"\"{ChildProcess.Sonde}\" snapshot -d 0 --format tsv {where}");

        Assert.Equal((1, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains("cannot write the output", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_goes_away_ends_following_without_a_word()
    {
        using NetworkNamespace here = NeedsRoot.Namespace();

        // Something is sent all the time, so that there is something to print.
        string output = here.Shell(
            $"""
            bash -c 'while :; do echo hello > /dev/udp/127.0.0.1/9; sleep 0.05; done' & p=$!
            "{ChildProcess.Sonde}" snapshot --follow -i 0.1 --format tsv --capture-mode packets 2>&1 | head -1
            kill $p
            """);

        Assert.Equal("time\tpid\tprocess\trx_bytes\ttx_bytes\trx_packets\ttx_packets\n", output);
    }

    [Theory]
    [InlineData(TrafficBackend.Bpf)]
    [InlineData(TrafficBackend.Packets)]
    public void An_interface_that_is_removed_and_made_anew_is_the_one_that_was_asked_for_by_its_name(TrafficBackend backend)
    {
        using NetworkNamespace here = NeedsRoot.Namespace();
        using NetworkNamespace there = NeedsRoot.Namespace();
        string thread = Path.GetFileName(there.Run(static () => new FileInfo("/proc/thread-self").LinkTarget))!; // procfs always has it
        string make = $"ip link add g0 type veth peer name g1 netns {thread} && ip addr add 10.83.0.1/24 dev g0 && ip link set g0 up";
        const string Answer = "ip addr add 10.83.0.2/24 dev g1 && ip link set g1 up";
        here.Shell(make);
        there.Shell(Answer);
        string folder = Directory.CreateTempSubdirectory("sonde-anew-").FullName;
        try
        {
            string json = here.Shell(
                $$"""
                cp "$(command -v bash)" {{folder}}/anew-sender
                nsenter --mount=/proc/$PPID/ns/mnt "{{ChildProcess.Sonde}}" snapshot -d 600 --detail --interface g0 --capture-mode {{(backend == TrafficBackend.Bpf ? "bpf" : "packets")}} > {{folder}}/out & p=$!
                for i in $(seq 400); do grep -qs sonde-traffic /proc/$p/task/*/comm && break; sleep 0.05; done
                {{folder}}/anew-sender -c 'printf %1000s x > /dev/udp/10.83.0.2/9; printf %500s x > /dev/udp/127.0.0.1/9; sleep 1'
                ip link del g0
                {{make}} && nsenter -t {{thread}} -n sh -c '{{Answer}}'
                {{folder}}/anew-sender -c 'printf %2000s x > /dev/udp/10.83.0.2/9; printf %500s x > /dev/udp/127.0.0.1/9; sleep 1'
                kill $p; wait $p; cat {{folder}}/out
                """);
            using var document = JsonDocument.Parse(json);

            long sent = document.RootElement.GetProperty("connections").EnumerateArray().Where(static one => one.GetProperty("remote_port").GetInt32() == 9).Sum(static one => one.GetProperty("tx_bytes").GetInt64());
            Assert.DoesNotContain(document.RootElement.GetProperty("connections").EnumerateArray(), static one => one.GetProperty("remote_address").GetString() == "127.0.0.1");

            // The second of them leaves in two fragments of an Ethernet, the first of which alone has the ports.
            Assert.InRange(sent, 1000 + 28 + 1472, 1000 + 2000 + 28 + 48);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_churn_of_connections_stays_within_the_tables_and_loses_no_byte()
    {
        const int Connections = 20_000;
        const int Most = 500;
        using NetworkNamespace here = NeedsRoot.Namespace();
        using TrafficMonitor monitor = TrafficMonitor.Start(new TrafficOptions { Backend = TrafficBackend.Bpf, MaxFlows = Most, MaxProcesses = 100, MaxKernelFlows = Most, MaxKernelOwners = Most });
        using TcpListener listener = here.Run(static () => new TcpListener(IPAddress.Loopback, 0));
        listener.Start(1000);
        here.Run(() =>
        {
            for (int i = 0; i < Connections; i++)
            {
                // Broken off: no port waits for the last packets to die.
                using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
                client.Connect(listener.LocalEndpoint);
                using Socket server = listener.AcceptSocket();
                client.Send("hello"u8);
            }
        });

        TrafficSnapshot snapshot = monitor.Snapshot();

        TrafficCounters sum = snapshot.Forgotten;
        foreach (ProcessTraffic process in snapshot.Processes)
        {
            sum += process.Counters;
        }

        foreach (UnownedTraffic unowned in snapshot.Unowned)
        {
            sum += unowned.Counters;
        }

        Assert.Equal(snapshot.Total, sum);
        Assert.InRange(snapshot.Total.SentPackets, Connections * 4L, long.MaxValue);
        Assert.InRange(snapshot.Connections.Count, 1, Most);
        Assert.All(snapshot.FillLevels, static level => Assert.InRange(level.Used, 0, level.Capacity));
        Assert.InRange(snapshot.FillLevels.Single(static level => level.Table == "kernel socket users").Evicted, Connections - Most, long.MaxValue);
    }

    [Fact]
    public void In_a_time_namespace_processes_are_still_the_ones_that_proc_shows()
    {
        string folder = Directory.CreateTempSubdirectory("sonde-time-").FullName;
        try
        {
            using NetworkNamespace here = NeedsRoot.Namespace();
            string json = here.Shell(
                $$"""
                cp "$(command -v bash)" {{folder}}/time-sender
                {{folder}}/time-sender -c 'while :; do echo hello > /dev/udp/127.0.0.1/9; sleep 0.05; done' & s=$!
                nsenter --mount=/proc/$PPID/ns/mnt unshare --time --boottime 1000000 --fork "{{ChildProcess.Sonde}}" snapshot -d 1 --detail --capture-mode bpf
                r=$?; kill $s; exit $r
                """);
            using var document = JsonDocument.Parse(json);

            JsonElement sender = Assert.Single(document.RootElement.GetProperty("processes").EnumerateArray(), static one => one.GetProperty("process").GetString() == "time-sender");
            Assert.True(sender.GetProperty("running").GetBoolean());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
