using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using SecureTunnel;
using Sonde.Tun;

// Joins two hosts by a TUN device each and authenticated encryption between them. A sample: it shows how packets are sealed in place,
// in the room that a batch keeps around each. It has no key exchange and no protection of who talks to whom; for real use take WireGuard.
//
//   export SONDE_TUNNEL_KEY=$(openssl rand -hex 32)          the same on both hosts
//   SecureTunnel first  10.9.0.1/24 0.0.0.0:7000 OTHER:7000  on the one
//   SecureTunnel second 10.9.0.2/24 0.0.0.0:7000 OTHER:7000  on the other
if (args is not [("first" or "second") and var role, var address, var local, var remote]
    || !TunAddress.TryParse(address, null, out TunAddress own)
    || !IPEndPoint.TryParse(local, out IPEndPoint? bind)
    || !IPEndPoint.TryParse(remote, out IPEndPoint? peer))
{
    Console.Error.WriteLine("usage: SecureTunnel first|second ADDRESS/LENGTH LOCAL-ADDRESS:PORT REMOTE-ADDRESS:PORT");
    return 2;
}

byte[] key = Convert.FromHexString(Environment.GetEnvironmentVariable("SONDE_TUNNEL_KEY") ?? string.Empty);
if (key.Length != 32)
{
    Console.Error.WriteLine("SecureTunnel: SONDE_TUNNEL_KEY must hold 64 hexadecimal digits, the same on both hosts");
    return 2;
}

bool isFirst = role == "first";
using var sealing = new PacketSealer(key, isFirst);
using var opening = new PacketOpener(key, !isFirst);
CryptographicOperations.ZeroMemory(key);

using TunDevice device = TunDevice.Open(new TunOptions { Configuration = new TunConfiguration { Addresses = [own], Mtu = 1400 } });
using var socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
socket.Bind(bind);
socket.Connect(peer);
Console.WriteLine($"{device.Name} with {own}, sealed to {peer}");

var incoming = new Thread(() =>
{
    byte[] datagram = new byte[65536];
    while (true)
    {
        int length;
        try
        {
            length = socket.Receive(datagram);
        }
        catch (SocketException)
        {
            continue; // the other side is not there yet
        }

        if (opening.TryOpen(datagram.AsSpan(0, length), out Span<byte> packet))
        {
            device.Queues[0].Send(packet);
        }
    }
})
{
    IsBackground = true,
    Name = "tunnel in",
};
incoming.Start();

// The counter goes before each packet and the tag behind it: the batch keeps that room, and nothing is copied.
var batch = new TunBatch(new TunBatchOptions { Headroom = PacketSealer.CounterSize, Tailroom = PacketSealer.TagSize });
while (device.Queues[0].Receive(batch) == TunStatus.Ok)
{
    for (int i = 0; i < batch.Count; i++)
    {
        Span<byte> datagram = batch.Extend(i, PacketSealer.CounterSize, PacketSealer.TagSize);
        sealing.Seal(datagram);
        try
        {
            socket.Send(datagram);
        }
        catch (SocketException)
        {
            // Lost, as packets are.
        }
    }
}

return 0;
