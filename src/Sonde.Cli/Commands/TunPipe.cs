using System.Net;
using System.Net.Sockets;
using Sonde.Tun;

namespace Sonde.Cli.Commands;

/// <summary>Carries packets between a TUN device and a UDP socket, a thread for each direction.</summary>
/// <param name="device">The device.</param>
/// <param name="socket">A bound datagram socket.</param>
/// <param name="peer">The other side; null to take whoever sends first.</param>
internal sealed class TunPipe(TunDevice device, Socket socket, IPEndPoint? peer)
{
    private SocketAddress? _peer = peer is null ? null : Mapped(peer, socket).Serialize();
    private long _refused;

    /// <summary>Runs until it is stopped or the device is gone.</summary>
    /// <returns>How many datagrams the network refused.</returns>
    internal long Run(CancellationToken stop)
    {
        using CancellationTokenRegistration closing = stop.Register(() =>
        {
            device.Dispose();
            socket.Dispose();
        });
        var incoming = new Thread(Receive) { IsBackground = true, Name = "tun pipe in" };
        incoming.Start();
        if (peer is not null)
        {
            // The listening side learns of us by the first datagram; an empty one is no packet.
            Send([]);
        }

        var batch = new TunBatch();
        while (device.Queues[0].Receive(batch) == TunStatus.Ok)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                Send(batch[i]);
            }
        }

        socket.Dispose();
        incoming.Join();
        return Volatile.Read(ref _refused);
    }

    // A socket of both families speaks to IPv4 by mapped addresses.
    private static IPEndPoint Mapped(IPEndPoint end, Socket socket) =>
        socket.AddressFamily == AddressFamily.InterNetworkV6 && end.AddressFamily == AddressFamily.InterNetwork ? new IPEndPoint(end.Address.MapToIPv6(), end.Port) : end;

    private void Send(ReadOnlySpan<byte> packet)
    {
        SocketAddress? to = Volatile.Read(ref _peer);
        if (to is null)
        {
            return; // nobody has spoken yet
        }

        try
        {
            socket.SendTo(packet, SocketFlags.None, to);
        }
        catch (SocketException)
        {
            // The other side is away, or the path is too small: what IP does then is losing a packet, and so do we, counted.
            Interlocked.Increment(ref _refused);
        }
        catch (ObjectDisposedException)
        {
            // Closing.
        }
    }

    private void Receive()
    {
        byte[] datagram = new byte[TunBatch.MaxPacketSize];
        var from = new SocketAddress(socket.AddressFamily);
        while (true)
        {
            int length;
            try
            {
                length = socket.ReceiveFrom(datagram, SocketFlags.None, from);
            }
            catch (SocketException error) when (error.SocketErrorCode is not (SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket))
            {
                Interlocked.Increment(ref _refused); // an ICMP error of an earlier datagram
                continue;
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }

            if (peer is null && _peer is null)
            {
                var first = new SocketAddress(from.Family, from.Size);
                from.Buffer[..from.Size].CopyTo(first.Buffer);
                Volatile.Write(ref _peer, first);
            }

            // Others than the peer are not let in; that is no protection, for a sender's address can be forged.
            if (length > 0 && from.Equals(_peer))
            {
                device.Queues[0].Send(datagram.AsSpan(0, length));
            }
        }
    }
}
