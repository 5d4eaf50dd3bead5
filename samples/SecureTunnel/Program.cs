using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SecureTunnel;
using Sonde.Tun;

// Joins two hosts by a TUN device each and authenticated encryption between them: see README.md, also for what it does not protect from.
if (args is not [("first" or "second") and var role, var addresses, var local, var remote]
    || TunnelArguments.ParseAddresses(addresses) is not { } own
    || !IPEndPoint.TryParse(local, out IPEndPoint? bind)
    || !IPEndPoint.TryParse(remote, out IPEndPoint? peer)
    || bind.AddressFamily != peer.AddressFamily)
{
    Console.Error.WriteLine("usage: SecureTunnel first|second ADDRESS/LENGTH[,ADDRESS/LENGTH] LOCAL-ADDRESS:PORT REMOTE-ADDRESS:PORT");
    return 2;
}

if (TunnelArguments.ParseKey(Environment.GetEnvironmentVariable("SONDE_TUNNEL_KEY")) is not { } key)
{
    Console.Error.WriteLine("SecureTunnel: SONDE_TUNNEL_KEY must hold 64 hexadecimal digits, the same on both hosts");
    return 2;
}

bool isFirst = role == "first";
using var sealing = new PacketSealer(key, isFirst);
using var opening = new PacketOpener(key, !isFirst);
CryptographicOperations.ZeroMemory(key);
try
{
    using var socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
    {
        ReceiveBufferSize = 4 << 20, // a burst must wait somewhere while we open it; the system cuts this to what it allows
    };
    socket.Bind(bind);
    socket.Connect(peer); // from now on only this peer's datagrams are delivered
    using TunDevice device = TunDevice.Open(new TunOptions { Configuration = new TunConfiguration { Addresses = own, Mtu = 1400 } });
    Console.WriteLine($"{device.Name} with {string.Join(" and ", own)}, sealed to {peer}");
    TunStatus end = Run(device, socket);
    if (end == TunStatus.Closed)
    {
        return 0;
    }

    Console.Error.WriteLine($"SecureTunnel: {device.Name} is {(end == TunStatus.Gone ? "gone" : "unusable")}");
    return 1;
}
catch (Exception refused) when (refused is TunException or SocketException)
{
    Console.Error.WriteLine($"SecureTunnel: {refused.Message}");
    return 1;
}

TunStatus Run(TunDevice device, Socket socket)
{
    // Closing the device ends the loop below; everything else ends with it.
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, CloseDevice);
    using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, CloseDevice);
    void CloseDevice(PosixSignalContext signal)
    {
        signal.Cancel = true;
        device.Dispose();
    }

    var inwards = new InwardPath(socket, opening, device.Queues[0]);
    inwards.Start();

    // The counter goes before each packet and the tag behind it: the batch keeps that room, and nothing is copied.
    var batch = new TunBatch(new TunBatchOptions { Headroom = PacketSealer.CounterSize, Tailroom = PacketSealer.TagSize });
    long sealedPackets = 0;
    long unsent = 0;
    TunStatus status;
    while ((status = device.Queues[0].Receive(batch)) == TunStatus.Ok)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            Span<byte> datagram = batch.Extend(i, PacketSealer.CounterSize, PacketSealer.TagSize);
            sealing.Seal(datagram);
            try
            {
                socket.Send(datagram);
                sealedPackets++;
            }
            catch (SocketException)
            {
                unsent++; // lost, as packets are: nobody listens there yet, or the path is gone
            }
        }
    }

    inwards.Stop();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"closed: {sealedPackets} packets sealed and sent, {unsent} not sent; {inwards.Opened} opened, {inwards.Refused} datagrams refused, {inwards.Undelivered} packets not delivered"));
    return status;
}
