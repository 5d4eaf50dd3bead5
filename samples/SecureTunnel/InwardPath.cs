using System.Net.Sockets;
using Sonde.Tun;

namespace SecureTunnel;

/// <summary>From the peer's datagrams to the device, on a thread of its own.</summary>
public sealed class InwardPath(Socket socket, PacketOpener opener, TunQueue queue)
{
    private volatile bool _isStopping;
    private Thread? _thread;

    /// <summary>Packets that were opened and given to the device.</summary>
    public long Opened { get; private set; }

    /// <summary>Datagrams that are forged, damaged, too late or came before.</summary>
    public long Refused { get; private set; }

    /// <summary>Packets that were opened, and that the device did not take.</summary>
    public long Undelivered { get; private set; }

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "tunnel in" };
        _thread.Start();
    }

    /// <summary>Closes the socket and waits for the thread.</summary>
    public void Stop()
    {
        _isStopping = true;
        socket.Dispose();
        _thread?.Join();
    }

    private void Run()
    {
        byte[] datagram = new byte[65536];
        while (true)
        {
            int length;
            try
            {
                length = socket.Receive(datagram);
            }
            catch (SocketException) when (!_isStopping)
            {
                continue; // an answer to what we sent: the other side is not there yet
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }

            if (!opener.TryOpen(datagram.AsSpan(0, length), out Span<byte> packet))
            {
                Refused++;
            }
            else if (queue.Send(packet) == TunStatus.Ok)
            {
                Opened++;
            }
            else
            {
                Undelivered++;
            }
        }
    }
}
