using System.Globalization;
using System.Text.Json;
using Sonde.Testing;

namespace Sonde.System.Tests.Traffic;

/// <summary>`--resolve` with a name server of the test's own, which the namespace is configured with.</summary>
public sealed class ReverseNamesTests
{
    // Answers PTR questions: an address that ends with .66 with a name of control characters, one with .77 not at all, each other one with its number. Before
    // each answer comes one with another id.
    private const string Server =
        """
        import socket, struct, sys
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(('10.9.0.53', 53))
        log = open(sys.argv[1], 'w')
        print('ready', file=log, flush=True)
        while True:
            q, who = s.recvfrom(2048)
            labels, at = [], 12
            while q[at]:
                labels.append(q[at + 1:at + 1 + q[at]].decode())
                at += 1 + q[at]
            print('.'.join(labels), file=log, flush=True)
            if labels[0] == '77':
                continue
            name = b'\x06ev\x1b[2J\0' if labels[0] == '66' else bytes([len('host-' + labels[0])]) + b'host-' + labels[0].encode() + b'\4test\0'
            rr = b'\xc0\x0c\0\x0c\0\1\0\0\1\x2c' + struct.pack('>H', len(name)) + name
            bad = b'\xc0\x0c\0\x0c\0\1\0\0\1\x2c\0\6\4evil\0'
            s.sendto(struct.pack('>HHHHHH', (struct.unpack('>H', q[:2])[0] + 1) & 0xffff, 0x8180, 1, 1, 0, 0) + q[12:] + bad, who)
            s.sendto(q[:2] + struct.pack('>HHHHH', 0x8180, 1, 1, 0, 0) + q[12:] + rr, who)
        """;

    // Keeps a connection to each address, and talks over it.
    private const string Talk =
        """
        import socket, sys, time
        pairs = []
        for last in (5, 66, 77, 9):
            server = socket.create_server(('10.9.1.%d' % last, 8080))
            client = socket.create_connection(('10.9.1.%d' % last, 8080))
            pairs.append((client, server.accept()[0], server))
        open(sys.argv[1], 'w').close()
        for at in range(100000):
            for client, other, _ in pairs:
                client.send(b'x' * 100)
                other.recv(4096)
            time.sleep(0.05)
        """;

    [Fact]
    public void Names_of_remote_ends_are_asked_for_once_each_and_only_those_that_a_resolver_can_know()
    {
        using NetworkNamespace here = NeedsRoot.Namespace();
        using var folder = new TemporaryFolder();
        string log = Prepare(here, folder, out string begin);

        string json = here.Shell(
            $"{begin} \"{ChildProcess.Sonde}\" snapshot --detail --resolve --capture-mode packets -d 4; x=$?; kill $t $s; exit $x");

        using var document = JsonDocument.Parse(json);
        JsonElement[] connections = [.. document.RootElement.GetProperty("connections").EnumerateArray()];
        Assert.Equal(("host-5.test", "reverse"), NameOf(connections, "10.9.1.5"));
        Assert.Equal(("listed.test", "hosts"), NameOf(connections, "10.9.1.9"));
        Assert.Equal((null, "none"), NameOf(connections, "10.9.1.77"));
        (string? hostile, string? source) = NameOf(connections, "10.9.1.66");
        Assert.Equal("reverse", source);
        Assert.DoesNotContain(hostile ?? "\e", static letter => char.IsControl(letter));
        Assert.DoesNotContain("evil", json, StringComparison.Ordinal);

        // Nobody asked about the name server for the questions' own sake, nor about loopback and what the list has.
        string[] asked = [.. File.ReadAllLines(log).Skip(1)];
        Assert.Equal(["5.1.9.10.in-addr.arpa", "66.1.9.10.in-addr.arpa", "77.1.9.10.in-addr.arpa"], asked.Distinct().Order(StringComparer.Ordinal));
        Assert.Single(asked, static name => name.StartsWith("5.", StringComparison.Ordinal));
        JsonElement counted = document.RootElement.GetProperty("reverse_dns");
        Assert.Equal((2, 0, 2), (counted.GetProperty("answered").GetInt32(), counted.GetProperty("dropped").GetInt32(), counted.GetProperty("rejected").GetInt32()));
        Assert.True(counted.GetProperty("asked").GetInt32() >= 3);
    }

    [Fact]
    public void A_listing_of_connections_has_names_when_they_are_asked_for_and_none_when_they_are_not()
    {
        using NetworkNamespace here = NeedsRoot.Namespace();
        using var folder = new TemporaryFolder();
        string log = Prepare(here, folder, out string begin);
        string sonde = $"\"{ChildProcess.Sonde}\" connections";

        string output = here.Shell(
            $"{begin} {sonde} --resolve -f json >{folder.Path}/named && {sonde} --watch -n 4 -i 0.5 --resolve -f ndjson >{folder.Path}/watched && cp {log} {log}.before"
            + $" && {sonde} -f json >{folder.Path}/plain && {sonde} --no-dns --fields remote,remote_name -f json >{folder.Path}/none && {sonde} --resolve --filter remote_address=10.9.1.5; x=$?; kill $t $s; exit $x");

        using var named = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Path, "named")));
        JsonElement[] connections = [.. named.RootElement.GetProperty("connections").EnumerateArray()];
        Assert.Equal(("host-5.test", "reverse"), NameOf(connections, "10.9.1.5"));
        Assert.Equal(("listed.test", "hosts"), NameOf(connections, "10.9.1.9"));
        Assert.Equal((null, null), NameOf(connections, "10.9.1.77"));
        Assert.Equal(2, named.RootElement.GetProperty("reverse_dns").GetProperty("answered").GetInt32());

        JsonElement[] watched = [.. File.ReadLines(Path.Combine(folder.Path, "watched")).Select(static line => JsonElement.Parse(line)).Where(static one => one.GetProperty("type").GetString() == "connection")];
        Assert.Equal(("host-5.test", "reverse"), NameOf([.. watched.Reverse()], "10.9.1.5"));

        using var plain = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Path, "plain")));
        Assert.False(plain.RootElement.GetProperty("connections")[0].TryGetProperty("remote_name", out _));
        using var none = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Path, "none")));
        Assert.All(none.RootElement.GetProperty("connections").EnumerateArray(), static one => Assert.Equal(JsonValueKind.Null, one.GetProperty("remote_name").ValueKind));
        Assert.Contains("host-5.test", output, StringComparison.Ordinal);
        Assert.Contains("REMOTE NAME", output, StringComparison.OrdinalIgnoreCase);
    }

    // The namespace has mounts of its own: these resolvers and this list are seen by nobody else.
    private static string Prepare(NetworkNamespace here, TemporaryFolder folder, out string begin)
    {
        here.Shell("ip addr add 10.9.0.53/32 dev lo; for i in 5 9 66 77; do ip addr add 10.9.1.$i/32 dev lo; done");
        string server = folder.Write("server.py", Server);
        string talk = folder.Write("talk.py", Talk);
        string resolv = folder.Write("resolv.conf", "nameserver 10.9.0.53\n");
        string hosts = folder.Write("hosts", "127.0.0.1 localhost\n10.9.1.9 listed.test\n");
        string ready = Path.Combine(folder.Path, "ready");
        string log = Path.Combine(folder.Path, "asked");
        here.Shell($"mount --bind {resolv} /etc/resolv.conf && mount --bind {hosts} /etc/hosts");
        begin = string.Create(
            CultureInfo.InvariantCulture,
            $"python3 {server} {log} & s=$!; python3 {talk} {ready} & t=$!; for i in $(seq 400); do [ -e {ready} ] && grep -q ready {log} && break; sleep 0.05; done;");
        return log;
    }

    private static (string? Name, string? Source) NameOf(JsonElement[] connections, string address)
    {
        JsonElement one = connections.First(one => one.GetProperty("remote_address").GetString() == address && one.GetProperty("remote_port").GetInt32() == 8080);
        return (one.GetProperty("remote_name").GetString(), one.GetProperty("name_source").GetString());
    }
}
