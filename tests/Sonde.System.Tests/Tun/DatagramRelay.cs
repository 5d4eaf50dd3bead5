using System.Net;
using System.Net.Sockets;

namespace Sonde.System.Tests.Tun;

/// <summary>Passes datagrams on between two peers, keeps those of the first, and sends the second whatever a test likes.</summary>
internal sealed class DatagramRelay : IDisposable
{
    private readonly Socket _near;
    private readonly Socket _far;
    private readonly List<byte[]> _recorded = [];
    private readonly Thread[] _threads;

    internal DatagramRelay(IPEndPoint nearLocal, IPEndPoint first, IPEndPoint farLocal, IPEndPoint second)
    {
        _near = Connect(nearLocal, first);
        _far = Connect(farLocal, second);
        _threads = [Pass(_near, _far, isRecorded: true), Pass(_far, _near, isRecorded: false)];
    }

    /// <summary>What the first peer has sent so far.</summary>
    internal byte[][] Recorded
    {
        get
        {
            lock (_recorded)
            {
                return [.. _recorded];
            }
        }
    }

    internal void Inject(byte[] datagram) => _far.Send(datagram);

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
        Array.ForEach(_threads, static thread => thread.Join());
    }

    private static Socket Connect(IPEndPoint local, IPEndPoint peer)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(local);
        socket.Connect(peer);
        return socket;
    }

    private Thread Pass(Socket from, Socket to, bool isRecorded)
    {
        var thread = new Thread(() =>
        {
            byte[] buffer = new byte[65536];
            while (true)
            {
                try
                {
                    int length = from.Receive(buffer);
                    if (isRecorded)
                    {
                        lock (_recorded)
                        {
                            _recorded.Add(buffer[..length]);
                        }
                    }

                    to.Send(buffer, length, SocketFlags.None);
                }
                catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
                {
                    // Nobody listens there yet.
                }
                catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }
}
