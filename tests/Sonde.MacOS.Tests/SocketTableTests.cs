using System.Buffers.Binary;
using Sonde.Host;
using Sonde.Host.Sockets;
using Sonde.Host.Sockets.MacOS;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests;

public sealed class SocketTableTests
{
    internal const string TcpList = "net.inet.tcp.pcblist_n";
    internal const string UdpList = "net.inet.udp.pcblist_n";
    private const string RawList = "net.inet.raw.pcblist_n";

    [Fact]
    public void Sockets_of_all_lists_are_there_with_their_last_user_and_bytes()
    {
        using LookAlike system = Host();
        using var table = new MacOSSocketTable(new SocketTableOptions());
        using SocketSnapshot snapshot = table.Read();

        Assert.Equal("pcblist_n", snapshot.Backend);
        Assert.Empty(snapshot.Gaps);
        Assert.Equal([SocketKind.Tcp, SocketKind.Tcp, SocketKind.Udp], snapshot.Select(static socket => socket.Kind));
        Assert.Equal([SocketDirection.Listening, SocketDirection.Inbound, SocketDirection.Listening], snapshot.Select(static socket => socket.Direction));
        Assert.All(snapshot, static socket => Assert.Equal((501, OwnerEvidence.LastUse), (Assert.Single(socket.Owners.Value).Pid, socket.Evidence)));
        SocketRecord connection = snapshot[1];
        Assert.Equal((4000UL, 300UL), (connection.ReceivedBytes.Value, connection.SentBytes.Value));
        Assert.Equal(4000UL, connection.Tcp.Value.BytesReceived.Value);
        Assert.Equal(20u, connection.UserId.Value);
        Assert.Equal(ReadingStatus.Unsupported, connection.Cookie.Status);
        Assert.Equal((900UL, 100UL), (snapshot[2].ReceivedBytes.Value, snapshot[2].SentBytes.Value));
        Assert.Same(connection, snapshot.Find(connection.Flow, out SocketMatch match));
        Assert.Equal(SocketMatch.Exact, match);
    }

    [Fact]
    public void What_is_seen_again_was_seen_first_before()
    {
        using LookAlike system = Host();
        using var table = new MacOSSocketTable(new SocketTableOptions());
        DateTimeOffset first;
        using (SocketSnapshot snapshot = table.Read())
        {
            first = snapshot[1].FirstSeen;
        }

        using SocketSnapshot again = table.Read();

        Assert.Equal(first, again[1].FirstSeen);
    }

    [Fact]
    public void A_list_that_is_refused_is_a_gap_and_all_of_them_are_an_error()
    {
        using LookAlike system = Host();
        system[$"fail.{UdpList}"] = Darwin.EPERM;
        using var table = new MacOSSocketTable(new SocketTableOptions { Kinds = SocketKinds.Tcp | SocketKinds.Udp });
        using (SocketSnapshot snapshot = table.Read())
        {
            Assert.Equal(2, snapshot.Count);
            Gap gap = Assert.Single(snapshot.Gaps);
            Assert.Equal(ReadingStatus.Denied, gap.Status);
            Assert.Contains(UdpList, gap.Reason, StringComparison.Ordinal);
        }

        system[$"fail.{TcpList}"] = Darwin.EPERM;
        HostException refused = Assert.Throws<HostException>(() => table.Read().Dispose());
        Assert.Equal(HostFailure.AccessDenied, refused.Failure);
        Assert.Equal(BackendState.Denied, Assert.Single(new MacOSSocketLadder().Check()).State);
    }

    [Fact]
    public void A_bound_leaves_out_what_is_beyond_it_and_says_so()
    {
        using LookAlike system = Host();
        using var table = new MacOSSocketTable(new SocketTableOptions { MaxSockets = 1 });
        using SocketSnapshot snapshot = table.Read();

        Assert.Single(snapshot);
        Assert.Equal(2, Assert.Single(snapshot.Gaps).Count);
    }

    internal static LookAlike Host()
    {
        var system = new LookAlike();
        system.SetList(TcpList, List(Socket(1, 0, "0.0.0.0", 443, 0, 0), Socket(4, 0x0200000A, "10.0.0.1", 443, 300, 4000, 5000)));
        system.SetList(UdpList, List(Socket(null, 0, "0.0.0.0", 5353, 100, 900)));
        system.SetList(RawList, List());
        return system;
    }

    internal static byte[] List(params byte[][] sockets) => [.. Mark(), .. sockets.SelectMany(static socket => socket), .. Mark()];

    private static byte[] Mark() => NativeStruct.AsBytes(new xinpgen { xig_len = 24 }).ToArray();

    internal static byte[] Socket(int? state, uint remote, string local, ushort port, ulong sent, ulong received, ushort remotePort = 0)
    {
        var ends = new xinpcb_n { xi_len = 104, xi_kind = PcbList.XSO_INPCB, inp_vflag = PcbList.INP_IPV4, inp_gencnt = port + (ulong)remotePort };
        ends.inp_lport = BinaryPrimitives.ReverseEndianness(port);
        ends.inp_fport = BinaryPrimitives.ReverseEndianness(remotePort);
        ends.inp_dependladdr[3] = BitConverter.ToUInt32(System.Net.IPAddress.Parse(local).GetAddressBytes());
        ends.inp_dependfaddr[3] = remote;
        var owner = new xsocket_n { xso_len = 104, xso_kind = PcbList.XSO_SOCKET, xso_so = 1, so_uid = 20, so_last_pid = 501, xso_family = 2 };
        var traffic = new xsockstat_n { xst_len = 136, xst_kind = PcbList.XSO_STATS };
        traffic.xst_tc_stats[1] = received;
        traffic.xst_tc_stats[3] = sent;
        byte[] bytes = [.. NativeStruct.AsBytes(ends), .. NativeStruct.AsBytes(owner), .. NativeStruct.AsBytes(traffic)];
        return state is { } number
            ? [.. bytes, .. NativeStruct.AsBytes(new xtcpcb_n { xt_len = 204, xt_kind = PcbList.XSO_TCPCB, t_state = number, t_maxseg = 1448 }), 0, 0, 0, 0]
            : bytes;
    }
}
