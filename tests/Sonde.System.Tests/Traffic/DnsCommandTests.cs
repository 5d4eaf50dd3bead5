using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sonde.System.Tests.Bpf;
using Sonde.Testing;

namespace Sonde.System.Tests.Traffic;

/// <summary>`sonde dns` beside tcpdump on the same packets, with a name server and clients of the test's own.</summary>
public sealed partial class DnsCommandTests
{
    // Asks each name in a process of its own; "/tcp" over TCP. The namespace has a /sys of its own, without control groups.
    private const string InOwnMounts = "nsenter --mount=/proc/$PPID/ns/mnt ";

    private const string Client =
        """
        import os, socket, struct, sys
        for at, what in enumerate(sys.argv[1:]):
            if os.fork() != 0:
                os.wait()
                continue
            name, _, how = what.partition('/')
            q = struct.pack('>HHHHHH', 1000 + at, 0x100, 1, 0, 0, 0) + b''.join(bytes([len(l)]) + l.encode() for l in name.split('.')) + b'\0\0\1\0\1'
            s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if how == 'tcp' else socket.SOCK_DGRAM)
            s.settimeout(0.2 if name.startswith('lost') else 20)
            if how == 'loose':
                s.sendto(q, ('127.0.0.1', 53))
            else:
                s.connect(('127.0.0.1', 53))
                s.send(struct.pack('>H', len(q)) + q if how == 'tcp' else q)
            try:
                s.recv(4096)
                if how == 'tcp':
                    s.recv(4096)
            except OSError:
                pass
            os._exit(0)
        """;

    private const string Talk =
        """
        import socket, struct, sys, time
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(('203.0.113.7', 443))
        web = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        web.connect(('203.0.113.7', 443))
        dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        dns.connect(('127.0.0.1', 53))
        for at in range(100000):
            dns.send(struct.pack('>HHHHHH', at % 65536, 0x100, 1, 0, 0, 0) + b'\4shop\4test\0\0\1\0\1')
            dns.recv(4096)
            web.send(b'x' * 100)
            server.recv(4096)
            if at == 1:
                open(sys.argv[1], 'w').close()
            time.sleep(0.02)
        """;

    private const string Names = "www.test WwW.TeSt/loose nx.test fail.test refused.test big.test big.test/tcp lost.test";

    [Fact]
    public void Questions_of_processes_that_end_at_once_have_their_process_and_tcpdump_saw_the_same()
    {
        NeedsBpf.Check();
        using NetworkNamespace here = NeedsRoot.Namespace();
        using DnsResponder responder = here.Run(static () => new DnsResponder(IPAddress.Loopback, IPAddress.Parse("192.0.2.7")));
        using var folder = new TemporaryFolder();
        string client = folder.Write("ask.py", Client);
        string output = Path.Combine(folder.Path, "out.json");
        string errors = Path.Combine(folder.Path, "errors");
        string dump = Path.Combine(folder.Path, "dump");

        // Both are listening before the clients start; by UDP go 7 questions and 6 answers.
        here.Shell(
            $"timeout 60 tcpdump -l -n -tt -i lo --immediate-mode port 53 >{dump} 2>{dump}.errors & d=$!; "
            + $"{InOwnMounts}\"{ChildProcess.Sonde}\" dns --follow --timeout 4 -f ndjson >{output} 2>{errors} & s=$!; "
            + $"for i in $(seq 400); do grep -q 'watching DNS' {errors} && grep -q 'listening on' {dump}.errors && break; sleep 0.05; done; "
            + $"python3 {client} {Names}; "
            + $"for i in $(seq 400); do [ \"$(grep -c '\"type\":\"query\"' {output})\" -ge 8 ] && [ \"$(grep -c -v Flags {dump})\" -ge 13 ] && break; sleep 0.05; done; "
            + "kill -TERM $s $d; wait $s; wait $d; true");

        List<JsonElement> lines = [.. File.ReadLines(output).Select(static line => JsonElement.Parse(line))];
        List<JsonElement> queries = [.. lines.Where(static line => line.GetProperty("type").GetString() == "query").OrderBy(static line => line.GetProperty("id").GetInt32())];
        Assert.Equal(
            ["www.test answered udp", "WwW.TeSt answered udp", "nx.test nxdomain udp", "fail.test servfail udp", "refused.test refused udp", "big.test truncated udp", "big.test answered tcp", "lost.test timeout udp"],
            queries.Select(static one => $"{one.GetProperty("name").GetString()} {one.GetProperty("outcome").GetString()} {one.GetProperty("transport").GetString()}"));
        Assert.All(queries, static one => Assert.Equal(("python3", "kernel"), (one.GetProperty("process").GetString(), one.GetProperty("confidence").GetString())));
        Assert.Equal(8, queries.Select(static one => one.GetProperty("pid").GetInt32()).Distinct().Count());
        Assert.Equal("A 192.0.2.7", queries[0].GetProperty("answers")[0].GetString());

        JsonElement resolver = Assert.Single(lines, static line => line.GetProperty("type").GetString() == "resolver");
        Assert.Equal((8, 7, 3, 1), (resolver.GetProperty("queries").GetInt32(), resolver.GetProperty("answers").GetInt32(), resolver.GetProperty("failures").GetInt32(), resolver.GetProperty("timeouts").GetInt32()));

        CompareWithTcpdump(File.ReadAllLines(dump), queries);
    }

    [Fact]
    public void Names_that_dns_tells_stand_at_the_connections_of_a_snapshot()
    {
        using NetworkNamespace here = NeedsRoot.Namespace();
        here.Shell("ip addr add 203.0.113.7/32 dev lo");
        using DnsResponder responder = here.Run(static () => new DnsResponder(IPAddress.Loopback, IPAddress.Parse("203.0.113.7")));
        using var folder = new TemporaryFolder();
        string talk = folder.Write("talk.py", Talk);
        string ready = Path.Combine(folder.Path, "ready");

        // It asks again and again: one of its questions comes after the command has begun to listen.
        string json = here.Shell(
            $"python3 {talk} {ready} & t=$!; for i in $(seq 400); do [ -e {ready} ] && break; sleep 0.05; done; "
            + $"{InOwnMounts}\"{ChildProcess.Sonde}\" snapshot --detail -d 3; x=$?; kill $t; exit $x");

        using var document = JsonDocument.Parse(json);
        JsonElement[] connections = [.. document.RootElement.GetProperty("connections").EnumerateArray()];
        JsonElement named = Assert.Single(connections, static one => one.GetProperty("remote_address").GetString() == "203.0.113.7" && one.GetProperty("remote_port").GetInt32() == 443);
        Assert.Equal(
            ("shop.test", "dns", "documentation", "http3"),
            (named.GetProperty("remote_name").GetString(), named.GetProperty("name_source").GetString(), named.GetProperty("remote_kind").GetString(), named.GetProperty("service").GetString()));
        Assert.All(
            connections.Where(static one => one.GetProperty("remote_kind").GetString() == "loopback"),
            static one => Assert.Equal("none", one.GetProperty("name_source").GetString()));
    }

    [Fact]
    public void Without_rights_the_command_says_what_would_allow_it_and_a_snapshot_does_without_names()
    {
        using NetworkNamespace here = NeedsRoot.Namespace();
        const string AsNobody = "setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all ";

        ProgramResult refused = here.Run(static () => ChildProcess.Run("/bin/sh", ["-c", $"{AsNobody}\"{ChildProcess.Sonde}\" dns -d 1"]));
        using var snapshot = JsonDocument.Parse(here.Shell($"{AsNobody}\"{ChildProcess.Sonde}\" snapshot --detail -d 0"));
        using var silent = JsonDocument.Parse(here.Shell($"{AsNobody}\"{ChildProcess.Sonde}\" snapshot --detail -d 0 --no-dns"));

        Assert.Equal((77, string.Empty), (refused.ExitCode, refused.Output));
        Assert.Contains("sudo setcap CAP_NET_RAW+ep", refused.Error, StringComparison.Ordinal);
        Assert.Contains("sudo sonde dns\n", refused.Error, StringComparison.Ordinal);
        Assert.Contains("DNS", GapsOf(snapshot), StringComparison.Ordinal);
        Assert.DoesNotContain("DNS", GapsOf(silent), StringComparison.Ordinal);
    }

    private static string GapsOf(JsonDocument snapshot) => snapshot.RootElement.GetProperty("gaps").GetRawText();

    // A line of tcpdump: "1700000000.123456 IP 127.0.0.1.40000 > 127.0.0.1.53: 1000+ A? www.test. (26)". Latency is the difference of two.
    private static void CompareWithTcpdump(string[] lines, List<JsonElement> queries)
    {
        var times = new Dictionary<(int Id, bool IsAnswer), double>();
        foreach (string line in lines)
        {
            if (Line().Match(line) is { Success: true } match)
            {
                bool isAnswer = match.Groups["from"].Value == "53";
                times.TryAdd((int.Parse(match.Groups["id"].ValueSpan, CultureInfo.InvariantCulture), isAnswer), double.Parse(match.Groups["time"].ValueSpan, CultureInfo.InvariantCulture));
            }
        }

        foreach (JsonElement query in queries.Where(static one => one.GetProperty("transport").GetString() == "udp"))
        {
            int id = query.GetProperty("id").GetInt32();
            Assert.True(times.TryGetValue((id, false), out double asked), $"tcpdump saw no question {id}");
            if (query.GetProperty("latency_ms") is { ValueKind: JsonValueKind.Number } latency)
            {
                // Both are the kernel's times; tcpdump prints microseconds.
                Assert.Equal((times[(id, true)] - asked) * 1000, latency.GetDouble(), 0.01);
            }
            else
            {
                Assert.False(times.ContainsKey((id, true)));
            }
        }
    }

    [GeneratedRegex(@"^(?<time>[0-9.]+) IP [0-9.]+\.(?<from>[0-9]+) > [0-9.]+: (?<id>[0-9]+)[^0-9 ]* ", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Line();
}
