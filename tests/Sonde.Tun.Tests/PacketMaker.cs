using System.Buffers.Binary;

namespace Sonde.Tun.Tests;

/// <summary>Packets for tests, right in every checksum.</summary>
internal static class PacketMaker
{
    internal static byte[] Tcp(
        bool isIPv4, byte[] payload, uint sequence = 1000, byte flags = 0x10, ushort sourcePort = 4000, byte[]? options = null, ushort identification = 7, byte host = 1)
    {
        byte[] header = new byte[20 + (options?.Length ?? 0)];
        BinaryPrimitives.WriteUInt16BigEndian(header, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), 5001);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), 77_777);
        header[12] = (byte)(header.Length / 4 << 4);
        header[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), 502);
        options?.CopyTo(header, 20);
        return Finish(isIPv4, 6, [.. header, .. payload], identification, host);
    }

    internal static byte[] Udp(bool isIPv4, byte[] payload, ushort sourcePort = 4000, ushort identification = 7, byte host = 1)
    {
        byte[] header = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(header, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), 5001);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)(8 + payload.Length));
        return Finish(isIPv4, 17, [.. header, .. payload], identification, host);
    }

    internal static byte[] Payload(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Writes the checksums anew after a change.</summary>
    internal static byte[] Reseal(byte[] packet)
    {
        bool isIPv4 = packet[0] >> 4 == 4;
        int transport = isIPv4 ? (packet[0] & 0xF) << 2 : 40;
        int protocol = isIPv4 ? packet[9] : packet[6];
        int field = transport + (protocol == 6 ? 16 : 6);
        if (isIPv4)
        {
            packet[10] = packet[11] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), SlowSegmenter.Checksum(packet.AsSpan(0, transport)));
        }

        packet[field] = packet[field + 1] = 0;
        ushort checksum = SlowSegmenter.TransportChecksum(packet, transport, protocol);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(field), checksum == 0 && protocol == 17 ? (ushort)0xFFFF : checksum);
        return packet;
    }

    private static byte[] Finish(bool isIPv4, byte protocol, byte[] transport, ushort identification, byte host)
    {
        byte[] network = new byte[isIPv4 ? 20 : 40];
        if (isIPv4)
        {
            network[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(network.AsSpan(2), (ushort)(20 + transport.Length));
            BinaryPrimitives.WriteUInt16BigEndian(network.AsSpan(4), identification);
            network[8] = 64;
            network[9] = protocol;
            new byte[] { 10, 0, 0, host, 10, 0, 0, 200 }.CopyTo(network, 12);
        }
        else
        {
            network[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(network.AsSpan(4), (ushort)transport.Length);
            network[6] = protocol;
            network[7] = 64;
            network[8] = network[24] = 0xFD;
            network[23] = host;
            network[39] = 200;
        }

        return Reseal([.. network, .. transport]);
    }
}
