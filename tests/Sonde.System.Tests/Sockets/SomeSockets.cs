using System.Net;
using System.Net.Sockets;
using Sonde.Testing;

namespace Sonde.System.Tests.Sockets;

/// <summary>Sockets of every kind and state that can be held still, in a namespace of their own, owned by this process.</summary>
internal sealed class SomeSockets : IDisposable
{
    private readonly List<Socket> _sockets = [];

    internal SomeSockets(NetworkNamespace host)
    {
        // A neighbour that never answers: a connection to it stays where it begins.
        host.Shell(
            """
            set -e
            ip link add quiet0 type veth peer name quiet1
            ip addr add 192.0.2.2/24 dev quiet0
            ip link set quiet0 up
            ip link set quiet1 up
            ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev quiet0 nud permanent
            """);
        host.Run(Make);
    }

    /// <summary>The port of the listener with a connection that carried 10,000 bytes one way and 500 back.</summary>
    internal const int Port = 8080;

    public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());

    private static void Receive(Socket socket, int count)
    {
        byte[] buffer = new byte[count];
        for (int left = count; left > 0;)
        {
            left -= socket.Receive(buffer, left, SocketFlags.None);
        }
    }

    private void Make()
    {
        var any = new IPEndPoint(IPAddress.Any, 0);
        Socket listener = Listen(AddressFamily.InterNetwork, new IPEndPoint(IPAddress.Loopback, Port));
        (Socket client, Socket server) = Connect(listener, new IPEndPoint(IPAddress.Loopback, Port));
        client.Send(new byte[10_000]);
        Receive(server, 10_000);
        server.Send(new byte[500]);
        Receive(client, 500);

        // Closed by the peer and still open here: CLOSE_WAIT and FIN_WAIT2.
        (Socket closing, _) = Connect(listener, new IPEndPoint(IPAddress.Loopback, Port));
        closing.Shutdown(SocketShutdown.Send);

        // Closed here first, then there: TIME_WAIT.
        (Socket first, Socket second) = Connect(listener, new IPEndPoint(IPAddress.Loopback, Port));
        first.Shutdown(SocketShutdown.Both);
        first.Dispose();
        second.Dispose();

        // One that nobody accepts.
        Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).Connect(new IPEndPoint(IPAddress.Loopback, Port));

        Socket both = Keep(new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp));
        both.DualMode = true;
        both.Bind(new IPEndPoint(IPAddress.IPv6Any, 8081));
        both.Listen(5);
        Connect(both, new IPEndPoint(IPAddress.Loopback, 8081));
        Connect(both, new IPEndPoint(IPAddress.IPv6Loopback, 8081), AddressFamily.InterNetworkV6);

        Socket syn = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        syn.Blocking = false;
        try
        {
            syn.Connect(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 443));
        }
        catch (SocketException wait) when (wait.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // It goes on trying, which is what the test wants to see.
        }

        Keep(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)).Bind(new IPEndPoint(IPAddress.Any, 5353));
        Socket peer = Keep(new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp));
        peer.Connect(new IPEndPoint(IPAddress.IPv6Loopback, 53));
        Keep(new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp)).Bind(any);
    }

    private Socket Listen(AddressFamily family, IPEndPoint at)
    {
        Socket listener = Keep(new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(at);
        listener.Listen(16);
        return listener;
    }

    private (Socket Client, Socket Server) Connect(Socket listener, IPEndPoint to, AddressFamily family = AddressFamily.InterNetwork)
    {
        Socket client = Keep(new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        client.Connect(to);
        return (client, Keep(listener.Accept()));
    }

    private Socket Keep(Socket socket)
    {
        _sockets.Add(socket);
        return socket;
    }
}
