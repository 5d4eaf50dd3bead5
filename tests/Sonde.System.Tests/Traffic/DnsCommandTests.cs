using System.Net;
using System.Text.Json;
using Sonde.Testing;

namespace Sonde.System.Tests.Traffic;

/// <summary>`sonde dns` without rights, and names in snapshots, with a name server and a client of the test's own.</summary>
public sealed class DnsCommandTests
{
    // The namespace has a /sys of its own, without control groups.
    private const string InOwnMounts = "nsenter --mount=/proc/$PPID/ns/mnt ";

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

    private sealed class TemporaryFolder : IDisposable
    {
        internal string Path { get; } = Directory.CreateTempSubdirectory("sonde-dns").FullName;

        internal string Write(string name, string text)
        {
            string file = global::System.IO.Path.Combine(Path, name);
            File.WriteAllText(file, text);
            return file;
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
