using System.Buffers.Binary;
using Sonde.Packets;

namespace Sonde.Tun.Tests;

/// <summary>What a super-packet stands for, made the slow and obvious way: rebuild each packet from fields and sum it byte by byte.</summary>
internal static class SlowSegmenter
{
    internal static List<byte[]> Split(ReadOnlySpan<byte> packet, TunSegmentation segmentation)
    {
        var segments = new List<byte[]>();
        bool isIPv4 = packet[0] >> 4 == 4;
        bool isTcp = segmentation.Kind != TunSegmentationKind.Udp;
        int transport = segmentation.ChecksumStart;
        int header = transport + (isTcp ? packet[transport + 12] >> 4 << 2 : 8);
        byte[] headers = packet[..header].ToArray();
        byte[] payload = packet[header..].ToArray();
        for (int at = 0; at < payload.Length; at += segmentation.SegmentSize)
        {
            int length = Math.Min(segmentation.SegmentSize, payload.Length - at);
            bool isLast = at + length == payload.Length;
            byte[] segment = [.. headers, .. payload.AsSpan(at, length)];
            if (isIPv4)
            {
                BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)segment.Length);
                BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(4), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(headers.AsSpan(4)) + segments.Count));
                segment[10] = segment[11] = 0;
                BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(10), Checksum(segment.AsSpan(0, transport)));
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(4), (ushort)(segment.Length - 40));
            }

            if (isTcp)
            {
                BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(transport + 4), BinaryPrimitives.ReadUInt32BigEndian(headers.AsSpan(transport + 4)) + (uint)at);
                if (!isLast)
                {
                    segment[transport + 13] &= unchecked((byte)~0x09); // FIN, PSH
                }

                if (at > 0)
                {
                    segment[transport + 13] &= unchecked((byte)~0x80); // CWR
                }
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(transport + 4), (ushort)(segment.Length - transport));
            }

            int field = transport + (isTcp ? 16 : 6);
            segment[field] = segment[field + 1] = 0;
            ushort checksum = TransportChecksum(segment, transport, isTcp ? 6 : 17);
            BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(field), checksum == 0 && !isTcp ? (ushort)0xFFFF : checksum);
            segments.Add(segment);
        }

        return segments;
    }

    internal static ushort TransportChecksum(ReadOnlySpan<byte> packet, int transport, int protocol)
    {
        byte[] pseudo =
        [
            .. packet[0] >> 4 == 4 ? packet[12..20] : packet[8..40],
            0, 0, (byte)((packet.Length - transport) >> 8), (byte)(packet.Length - transport),
            0, 0, 0, (byte)protocol,
            .. packet[transport..],
        ];
        return Checksum(pseudo);
    }

    internal static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (uint)(bytes[i] << (i % 2 == 0 ? 8 : 0));
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    /// <summary>Whether a packet's network and transport checksums are right.</summary>
    internal static bool IsRight(ReadOnlySpan<byte> packet)
    {
        bool isIPv4 = packet[0] >> 4 == 4;
        int transport = isIPv4 ? (packet[0] & 0xF) << 2 : 40;
        InternetAddress source = isIPv4 ? InternetAddress.ReadIPv4(packet[12..]) : InternetAddress.ReadIPv6(packet[8..]);
        InternetAddress destination = isIPv4 ? InternetAddress.ReadIPv4(packet[16..]) : InternetAddress.ReadIPv6(packet[24..]);
        var protocol = (IPProtocol)(isIPv4 ? packet[9] : packet[6]);
        return (!isIPv4 || InternetChecksum.Compute(packet[..transport]) == 0)
            && InternetChecksum.Compute(source, destination, protocol, packet[transport..]) == 0;
    }
}
