using System.Text.Json;
using Sonde.Packets.Tests.Applications;
using Sonde.Testing;

namespace Sonde.System.Tests.Traffic;

/// <summary>Names in the hellos of TLS and QUIC at the connections of `sonde snapshot`, with clients and servers of the test's own.</summary>
public sealed class HelloNamesTests
{
    private const string InOwnMounts = "nsenter --mount=/proc/$PPID/ns/mnt ";

    // Connects again and again: a hello of the TLS library to a server that is silent, and a datagram that a QUIC client would begin with.
    private const string Talk =
        """
        import socket, ssl, sys, time
        def hello(name):
            out = ssl.MemoryBIO()
            tls = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), out, server_hostname=name)
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                pass
            return out.read()
        def listen(family, address):
            server = socket.socket(family, socket.SOCK_STREAM)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((address, 8443))
            server.listen(100)
            return server
        quic = bytes.fromhex(sys.argv[2])
        four, six = listen(socket.AF_INET, '10.9.0.1'), listen(socket.AF_INET6, 'fd09::1')
        web = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        web.bind(('10.9.0.1', 443))
        kept = []
        for at in range(100000):
            for family, address, server in ((socket.AF_INET, '10.9.0.1', four), (socket.AF_INET6, 'fd09::1', six)):
                client = socket.create_connection((address, 8443))
                other, _ = server.accept()
                client.sendall(hello('shop.test' if family == socket.AF_INET else 'six.test'))
                other.recv(4096)
                client.sendall(b'\x17\x03\x03\x00\x10secret-of-a-user')
                kept += [client, other]
            browser = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            browser.connect(('10.9.0.1', 443))
            browser.send(quic)
            web.recv(4096)
            kept.append(browser)
            kept = kept[-50:]
            if at == 1:
                open(sys.argv[1], 'w').close()
            time.sleep(0.05)
        """;

    [Theory]
    [InlineData("")]
    [InlineData(" --capture-mode packets")]
    public void Names_that_clients_ask_for_stand_at_their_connections_and_nothing_else_of_them_is_shown(string mode)
    {
        using NetworkNamespace here = NeedsRoot.Namespace();
        here.Shell("ip addr add 10.9.0.1/32 dev lo; ip -6 addr add fd09::1/128 dev lo nodad");
        using var folder = new TemporaryFolder();
        string talk = folder.Write("talk.py", Talk);
        string ready = Path.Combine(folder.Path, "ready");
        string quic = Convert.ToHexString(QuicSealer.Version1.Seal(QuicSealer.CryptoFrame, 1162, 2));

        string json = here.Shell(
            $"python3 {talk} {ready} {quic} & t=$!; for i in $(seq 400); do [ -e {ready} ] && break; sleep 0.05; done; "
            + $"{InOwnMounts}\"{ChildProcess.Sonde}\" snapshot --detail -d 3{mode}; x=$?; kill $t; exit $x");

        using var document = JsonDocument.Parse(json);
        JsonElement[] connections = [.. document.RootElement.GetProperty("connections").EnumerateArray()];
        Assert.Contains(connections, static one => Is(one, 8443, "shop.test", "tls") && one.GetProperty("remote_address").GetString() == "10.9.0.1" && one.GetProperty("server_name").GetString() == "shop.test");
        Assert.Contains(connections, static one => Is(one, 8443, "six.test", "tls") && one.GetProperty("remote_address").GetString() == "fd09::1");
        Assert.Contains(connections, static one => Is(one, 443, "example.com", "quic"));

        // Of an accepted connection it is this host's name, and not the client's.
        JsonElement accepted = connections.First(static one => one.GetProperty("local_port").GetInt32() == 8443 && one.GetProperty("server_name").GetString() == "shop.test");
        Assert.Equal((null, "none"), (accepted.GetProperty("remote_name").GetString(), accepted.GetProperty("name_source").GetString()));
        Assert.DoesNotContain("secret", json, StringComparison.Ordinal);
        Assert.Contains("names in hellos", json, StringComparison.Ordinal);

        string without = here.Shell(
            $"python3 {talk} {ready} {quic} & t=$!; {InOwnMounts}\"{ChildProcess.Sonde}\" snapshot --detail -d 1 --no-dns{mode}; x=$?; kill $t; exit $x");
        Assert.DoesNotContain("shop.test", without, StringComparison.Ordinal);
    }

    private static bool Is(JsonElement one, int port, string name, string source) =>
        one.GetProperty("remote_port").GetInt32() == port && one.GetProperty("remote_name").GetString() == name && one.GetProperty("name_source").GetString() == source;
}
