using Sonde.Host.Sockets;
using Sonde.Host.Sockets.Assembly;
using Sonde.Host.Sockets.Linux;
using Sonde.Packets;
using Sonde.Testing;

namespace Sonde.Host.Tests.Sockets;

public sealed class SocketSnapshotTests
{
    private const ulong Own = 100;
    private const ulong Other = 200;

    [Theory]
    [InlineData("10.0.0.1:443", "10.0.0.9:5000", SocketMatch.Exact, 1)]
    [InlineData("10.0.0.1:443", "10.0.0.9:5001", SocketMatch.Listener, 2)] // a connection that is not in the table yet
    [InlineData("10.0.0.2:443", "10.0.0.9:5000", SocketMatch.Listener, 3)] // the dual-stack listener on any address
    [InlineData("[2001:db8::1]:443", "[2001:db8::9]:5000", SocketMatch.Listener, 3)]
    [InlineData("10.0.0.1:444", "10.0.0.9:5000", SocketMatch.None, 0)]
    [InlineData("10.0.0.1:8443", "10.0.0.9:5000", SocketMatch.None, 0)] // an IPv6 socket that refuses IPv4
    [InlineData("[2001:db8::1]:8443", "[2001:db8::9]:5000", SocketMatch.Listener, 4)]
    [InlineData("[2001:db8::1]:80", "[2001:db8::9]:5000", SocketMatch.None, 0)] // an IPv4 listener
    [InlineData("10.0.0.1:80", "10.0.0.9:5000", SocketMatch.Listener, 5)]
    public void A_TCP_flow_finds_its_connection_or_who_listens_for_it(string local, string remote, SocketMatch expected, ulong cookie)
    {
        using SocketSnapshot snapshot = Snapshot(
            Tcp(1, SocketState.Established, "10.0.0.1:443", "10.0.0.9:5000", isIPv6: true),
            Tcp(2, SocketState.Listen, "10.0.0.1:443", "0.0.0.0:0"),
            Tcp(3, SocketState.Listen, "[::]:443", "[::]:0", isIPv6: true),
            Tcp(4, SocketState.Listen, "[::]:8443", "[::]:0", isIPv6: true, isIPv6Only: true),
            Tcp(5, SocketState.Listen, "0.0.0.0:80", "0.0.0.0:0"));

        SocketRecord? found = snapshot.Find(new FlowKey(IPProtocol.Tcp, End(local), End(remote)), out SocketMatch match);

        Assert.Equal((expected, cookie), (match, found?.Cookie.Value ?? 0));
    }

    [Fact]
    public void A_datagram_finds_the_connected_socket_then_the_bound_one_then_any()
    {
        using SocketSnapshot snapshot = Snapshot(
            Udp(1, "10.0.0.1:53", "10.0.0.9:5000"),
            Udp(2, "10.0.0.1:53", "0.0.0.0:0"),
            Udp(3, "0.0.0.0:53", "0.0.0.0:0"));

        Assert.Equal((1UL, SocketMatch.Exact), Find("10.0.0.1:53", "10.0.0.9:5000"));
        Assert.Equal((2UL, SocketMatch.BoundAddress), Find("10.0.0.1:53", "10.0.0.9:5001"));
        Assert.Equal((3UL, SocketMatch.Wildcard), Find("10.0.0.2:53", "10.0.0.9:5000"));

        (ulong, SocketMatch) Find(string local, string remote) => (snapshot.Find(new FlowKey(IPProtocol.Udp, End(local), End(remote)), out SocketMatch match)!.Cookie.Value, match);
    }

    [Fact]
    public void Two_namespaces_may_have_the_same_flow()
    {
        using SocketSnapshot snapshot = Snapshot(
            Tcp(1, SocketState.Established, "127.0.0.1:80", "127.0.0.1:5000"),
            Tcp(2, SocketState.Established, "127.0.0.1:80", "127.0.0.1:5000") with { Namespace = Other });
        var flow = new FlowKey(IPProtocol.Tcp, End("127.0.0.1:80"), End("127.0.0.1:5000"));

        Assert.Equal(1UL, snapshot.Find(flow, out _)!.Cookie.Value);
        Assert.Equal(1UL, snapshot.Find(flow, out _, Own)!.Cookie.Value);
        Assert.Equal(2UL, snapshot.Find(flow, out _, Other)!.Cookie.Value);
    }

    [Fact]
    public void Direction_is_told_by_who_listens()
    {
        using SocketSnapshot snapshot = Snapshot(
            Tcp(1, SocketState.Listen, "[::]:80", "[::]:0", isIPv6: true),
            Tcp(2, SocketState.Established, "10.0.0.1:80", "10.0.0.9:5000", isIPv6: true),
            Tcp(3, SocketState.Established, "10.0.0.1:5000", "10.0.0.9:80"),
            Tcp(4, SocketState.SynSent, "10.0.0.1:80", "10.0.0.9:81"),
            Tcp(5, SocketState.Bound, "10.0.0.1:99", "0.0.0.0:0"),
            Udp(6, "0.0.0.0:53", "0.0.0.0:0"),
            Udp(7, "10.0.0.1:53", "10.0.0.9:9"),
            Udp(8, "10.0.0.1:54", "10.0.0.9:53"),
            Tcp(9, SocketState.Established, "10.0.0.1:80", "10.0.0.9:5001") with { Namespace = Other });

        Assert.Equal(
            [
                SocketDirection.Listening, SocketDirection.Inbound, SocketDirection.Outbound, SocketDirection.Outbound, SocketDirection.Unknown,
                SocketDirection.Listening, SocketDirection.Inbound, SocketDirection.Outbound, SocketDirection.Outbound,
            ],
            snapshot.Select(static socket => socket.Direction));
    }

    [Fact]
    public void A_socket_that_is_told_twice_is_there_once()
    {
        var pool = new SocketSnapshotPool(new LinuxSocketReasons("test"));
        using SocketSnapshot snapshot = pool.Take();
        snapshot.Begin("test", default, 0);
        foreach (ulong cookie in (ReadOnlySpan<ulong>)[1, 2, 1, 3, 3])
        {
            snapshot.Add().Fill(Udp(cookie, "0.0.0.0:53", "0.0.0.0:0"), default, false, new LinuxSocketReasons("test"));
        }

        Assert.Equal(2, snapshot.Index(Own));
        Assert.Equal([1UL, 2, 3], snapshot.Select(static socket => socket.Cookie.Value).Order().ToArray());
        Assert.Equal(2UL, snapshot.FindCookie(2)?.Cookie.Value);
        Assert.Null(snapshot.FindCookie(4));
        Assert.Null(snapshot.FindCookie(0));
    }

    [Fact]
    public void What_the_kernel_alone_keeps_says_so_and_what_is_missing_has_its_reason()
    {
        using SocketSnapshot snapshot = Snapshot(Tcp(1, SocketState.TimeWait, "10.0.0.1:80", "10.0.0.9:5000"));
        SocketRecord socket = snapshot[0];

        Assert.Equal(ReadingStatus.None, socket.Inode.Status);
        Assert.Equal(ReadingStatus.None, socket.UserId.Status);
        Assert.Equal(ReadingStatus.None, socket.Tcp.Status);
        Assert.Equal(ReadingStatus.Unsupported, socket.Started.Status);
        Assert.Equal(ReadingStatus.Denied, socket.Mark.Status);
    }

    [Fact]
    public void Looking_for_flows_allocates_nothing()
    {
        using SocketSnapshot snapshot = Snapshot([.. Enumerable.Range(1, 1000).Select(static number => Tcp((ulong)number, SocketState.Established, $"10.0.0.1:{number}", "10.0.0.9:443"))]);
        var flow = new FlowKey(IPProtocol.Tcp, End("10.0.0.1:500"), End("10.0.0.9:443"));
        var other = new FlowKey(IPProtocol.Udp, End("10.0.0.1:500"), End("10.0.0.9:443"));

        Assert.Equal(0, AllocationWatch.Least(() =>
        {
            for (int round = 0; round < 100; round++)
            {
                snapshot.Find(flow, out _);
                snapshot.Find(other, out _);
            }
        }));
    }

    private static SocketSnapshot Snapshot(params SocketSample[] sockets)
    {
        var reasons = new LinuxSocketReasons("test");
        SocketSnapshot snapshot = new SocketSnapshotPool(reasons).Take();
        snapshot.Begin("test", default, 0);
        foreach (SocketSample socket in sockets)
        {
            snapshot.Add().Fill(socket, default, false, reasons);
        }

        Assert.Equal(0, snapshot.Index(Own));
        return snapshot;
    }

    private static SocketSample Tcp(ulong cookie, SocketState state, string local, string remote, bool isIPv6 = false, bool isIPv6Only = false) => new()
    {
        Facts = SocketFacts.Cookie | SocketFacts.Namespace | (isIPv6 ? SocketFacts.IPv6Only : SocketFacts.None),
        Kind = SocketKind.Tcp,
        Protocol = IPProtocol.Tcp,
        IsIPv6 = isIPv6,
        IsIPv6Only = isIPv6Only,
        State = state,
        Local = End(local),
        Remote = End(remote),
        Cookie = cookie,
        Namespace = Own,
    };

    private static SocketSample Udp(ulong cookie, string local, string remote)
    {
        SocketSample socket = Tcp(cookie, remote.EndsWith(":0", StringComparison.Ordinal) ? SocketState.Unconnected : SocketState.Established, local, remote);
        socket.Kind = SocketKind.Udp;
        socket.Protocol = IPProtocol.Udp;
        return socket;
    }

    private static FlowEndpoint End(string text)
    {
        int colon = text.LastIndexOf(':');
        return new FlowEndpoint(InternetAddress.Parse(text[..colon].Trim('[', ']')), ushort.Parse(text[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }
}
