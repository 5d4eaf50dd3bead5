using System.Text.Json;
using Sonde.Testing;

namespace Sonde.System.Tests.Link;

/// <summary>`sonde capture` and `sonde send` as processes on a veth pair, beside tcpdump and tshark.</summary>
public sealed class CaptureProcessTests
{
    // Twelve frames of many protocols, whole, all Ethernet: what is sent in these tests.
    private static readonly string s_protocols = Repository.PathOf("tests", "fixtures", "pcap", "protocols.pcap");

    // Until the command says that it listens; a capture that never does fails the test by its empty output.
    private const string Await = "i=0; until grep -q 'capturing on' \"$d/err\" || [ $i -ge 100 ]; do i=$((i+1)); sleep 0.05; done";

    private const string Pair =
        "sysctl -qw net.ipv6.conf.default.disable_ipv6=1; ip link add c0 type veth peer name c1; ip link set c0 up; ip link set c1 up; d=$(mktemp -d); trap 'rm -rf \"$d\"' EXIT\n";

    [Fact]
    public void What_is_sent_is_captured_to_the_byte_as_tcpdump_captures_it()
    {
        string output = Run(
            $$"""
            tcpdump -i c1 -U -w "$d/theirs.pcap" 2>"$d/tcpdump" & t=$!
            "{{ChildProcess.Sonde}}" capture -i c1 -w "$d/ours.pcapng" 2>"$d/err" & s=$!
            {{Await}}; i=0; until grep -q listening "$d/tcpdump" || [ $i -ge 100 ]; do i=$((i+1)); sleep 0.05; done
            "{{ChildProcess.Sonde}}" send -i c0 -r '{{s_protocols}}' --topspeed --loop 5 -f json
            sleep 0.5; kill -TERM $s; wait $s; echo "capture $?"; sleep 2; kill -TERM $t; wait $t
            tshark -r "$d/ours.pcapng" -x 2>"$d/warnings" | md5sum; tshark -r "$d/theirs.pcap" -x 2>/dev/null | md5sum
            grep -v 'Running as user' "$d/warnings"; capinfos -c -M "$d/ours.pcapng" | tail -n 1; tail -n 1 "$d/err"
            """);

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var sent = JsonDocument.Parse(lines[0]);
        long accepted = sent.RootElement.GetProperty("accepted").GetInt64();
        Assert.True(accepted > 0);
        Assert.Equal(sent.RootElement.GetProperty("frames").GetInt64(), accepted);
        Assert.Equal("capture 0", lines[1]);
        Assert.Equal(lines[3], lines[2]);
        Assert.Contains($" {accepted}", lines[4], StringComparison.Ordinal);
        Assert.Contains($"{accepted} packets, ", lines[5], StringComparison.Ordinal);
        Assert.Contains(" 0 dropped", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_and_a_count_end_the_capture_after_the_packets_that_pass()
    {
        string output = Run(
            $$"""
            "{{ChildProcess.Sonde}}" capture -i c1 -c 3 -f ndjson arp or udp 2>"$d/err" >"$d/out" & s=$!
            {{Await}}; "{{ChildProcess.Sonde}}" send -i c0 -r '{{s_protocols}}' --topspeed --loop 20 >/dev/null; wait $s; echo "exit $?"; cat "$d/out"
            """);

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("exit 0", lines[0]);
        Assert.Equal(3, lines.Length - 1);
        Assert.All(lines[1..], line =>
        {
            using var json = JsonDocument.Parse(line);
            Assert.Equal("c1", json.RootElement.GetProperty("interface").GetString());
        });
    }

    [Fact]
    public void A_rotation_loses_no_packet_and_keeps_the_files_asked_for()
    {
        string output = Run(
            $$"""
            "{{ChildProcess.Sonde}}" capture -i c1 -w "$d/all.pcap" --rotate-packets 7 2>"$d/err" & s=$!
            "{{ChildProcess.Sonde}}" capture -i c1 -w "$d/few.pcapng" --rotate-packets 7 --files 2 2>"$d/err2" & k=$!
            {{Await}}; i=0; until grep -q 'capturing on' "$d/err2" || [ $i -ge 100 ]; do i=$((i+1)); sleep 0.05; done
            "{{ChildProcess.Sonde}}" send -i c0 -r '{{s_protocols}}' --topspeed --loop 5 -f tsv | tail -n 1 | cut -f 3
            sleep 0.5; kill -INT $s $k; kill -TERM $s $k; wait $s; echo "exit $?"; wait $k
            for f in "$d"/all.*.pcap; do capinfos -M -r -c "$f" | sed -n 's/.*Number of packets: *//p'; done | awk '{ n += $1; if ($1 > 7) print "too many" } END { print n }'
            ls "$d" | grep -c few
            """);

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("exit 0", lines[1]);
        Assert.Equal(lines[0], lines[2]);
        Assert.Equal("2", lines[3]);
    }

    [Fact]
    public void Frames_at_a_rate_take_the_time_that_the_rate_says()
    {
        string output = Run($$"""
            "{{ChildProcess.Sonde}}" send -i c0 -r '{{s_protocols}}' --rate 100 --loop 100 -c 50 -f json
            """);

        using var sent = JsonDocument.Parse(output);
        Assert.Equal(50, sent.RootElement.GetProperty("accepted").GetInt64());

        // Never faster: how much slower is the machine's affair.
        Assert.True(sent.RootElement.GetProperty("seconds").GetDouble() >= 0.48);
    }

    [Fact]
    public void Without_rights_the_error_has_three_parts_and_with_the_one_right_an_ordinary_user_captures()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        ProgramResult refused = host.Run(() => ChildProcess.Shell(
            $"setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \"{ChildProcess.Sonde}\" capture -i lo -c 1"));

        Assert.Equal(77, refused.ExitCode);
        string[] told = refused.Error.Split('\n');
        Assert.Equal("sonde: cannot capture on 'lo'", told[0]);
        Assert.Equal("  socket(AF_PACKET): Operation not permitted (errno 1)", told[1]);
        Assert.Contains("setcap CAP_NET_RAW+ep", told[2], StringComparison.Ordinal);

        string captured = host.Shell(
            $"ip link set lo up; d=$(mktemp -d); ({Await}; ping -c 3 -i 0.2 127.0.0.1 >/dev/null; rm -r \"$d\") & setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +net_raw --ambient-caps +net_raw \"{ChildProcess.Sonde}\" capture -i lo -c 1 --time none icmp 2>\"$d/err\"; wait");
        Assert.StartsWith("IP 127.0.0.1 > 127.0.0.1: ICMP echo request", captured, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("capture -i nosuch", "sonde: cannot capture on 'nosuch'", 1)]
    [InlineData("capture -i lo 'tcp prt 5'", "sonde: cannot compile the filter for ethernet:", 2)]
    [InlineData("capture -i lo --rotate-size 1M", "sonde: --print, --file-format and --rotate-… belong to --write, which is missing", 2)]
    [InlineData("send -i nosuch -r /dev/null", "sonde: cannot send on 'nosuch'", 1)]
    [InlineData("send -i lo -r /nosuch", "sonde: cannot read '/nosuch'", 1)]
    public void What_cannot_be_is_told_with_its_exit_code(string arguments, string error, int exitCode)
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        ProgramResult result = host.Run(() => ChildProcess.Shell($"ip link set lo up; \"{ChildProcess.Sonde}\" {arguments}"));

        Assert.Equal(exitCode, result.ExitCode);
        Assert.StartsWith(error, result.Error, StringComparison.Ordinal);
    }

    private static string Run(string script)
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        return host.Shell(Pair + script);
    }
}
