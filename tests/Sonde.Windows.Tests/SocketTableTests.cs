using System.Net;
using System.Net.Sockets;
using Sonde.Host;
using Sonde.Host.Sockets;
using Sonde.Interop.Windows;

namespace Sonde.Windows.Tests;

public sealed class SocketTableTests
{
    [Fact]
    public void A_listener_a_connection_and_a_datagram_socket_of_this_process_are_in_the_tables()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var end = (IPEndPoint)listener.LocalEndpoint;
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(end);
        using Socket server = listener.AcceptSocket();
        client.Send([1, 2, 3]);
        server.Receive(new byte[3]);
        using var datagram = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        datagram.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int clientPort = ((IPEndPoint)client.LocalEndPoint!).Port; // it is connected
        int datagramPort = ((IPEndPoint)datagram.LocalEndPoint!).Port; // it is bound

        using var table = SocketTable.Open();
        using SocketSnapshot snapshot = table.Read();

        Assert.Equal("iphlpapi", snapshot.Backend);
        Assert.Empty(snapshot.Gaps);
        SocketRecord waiting = Assert.Single(snapshot, one => one.Kind == SocketKind.Tcp && one.State == SocketState.Listen && one.Local.Port == end.Port);
        Assert.False(waiting.HasPeer);
        SocketRecord outgoing = Assert.Single(snapshot, one => one.Kind == SocketKind.Tcp && one.Local.Port == clientPort && one.Remote.Port == end.Port);
        SocketRecord incoming = Assert.Single(snapshot, one => one.Kind == SocketKind.Tcp && one.Local.Port == end.Port && one.Remote.Port == clientPort);
        Assert.Equal((SocketState.Established, SocketDirection.Outbound), (outgoing.State, outgoing.Direction));
        Assert.Equal((SocketState.Established, SocketDirection.Inbound), (incoming.State, incoming.Direction));
        Assert.Single(snapshot, one => one.Kind == SocketKind.Udp && one.Local.Port == datagramPort);
        Assert.Same(outgoing, snapshot.Find(outgoing.Flow, out SocketMatch match));
        Assert.Equal(SocketMatch.Exact, match);

        // Wine knows the process of a socket that connected and moved data, and of no other.
        Assert.Equal(Environment.ProcessId, Assert.Single(outgoing.Owners.Value).Pid);
        Assert.Equal(OwnerEvidence.SystemTable, outgoing.Evidence);
        Assert.Equal(ReadingStatus.Unsupported, outgoing.Cookie.Status);
        Assert.Equal(ReadingStatus.Unsupported, outgoing.Tcp.Status);
    }

    [Fact]
    public void Tables_are_read_whole_however_small_the_first_buffer_is()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var buffer = new Win32Buffer(1);

        ReadOnlySpan<byte> table = IpHlpApi.GetTcpTable(IpHlpApi.AF_INET, buffer);

        Assert.True(BitConverter.ToUInt32(table) > 0);
        Assert.True(buffer.Size > 1);
    }

    [Fact]
    public void The_ladder_has_one_rung_that_works()
    {
        BackendStatus rung = Assert.Single(SocketTable.Check());

        Assert.Equal(("sockets", "iphlpapi", BackendState.Available), (rung.Part, rung.Backend, rung.State));
    }
}
