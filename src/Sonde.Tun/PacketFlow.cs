using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sonde.Tun;

/// <summary>What of a packet decides whether it joins another one: where its headers end, what flow it is of, and how it continues that flow.</summary>
internal readonly struct PacketFlow
{
    private const byte TcpAcknowledge = 0x10;
    private const byte TcpPush = 0x08;

    private PacketFlow(bool isIPv4, bool isTcp, int payloadStart, int payloadLength, bool isJoinable, bool isPushed)
    {
        IsIPv4 = isIPv4;
        IsTcp = isTcp;
        PayloadStart = payloadStart;
        PayloadLength = payloadLength;
        IsJoinable = isJoinable;
        IsPushed = isPushed;
    }

    internal bool IsIPv4 { get; }

    internal bool IsTcp { get; }

    /// <summary>Where the transport header starts: packets with IPv4 options or IPv6 extensions have no flow here.</summary>
    internal int TransportStart => IsIPv4 ? 20 : 40;

    internal int PayloadStart { get; }

    internal int PayloadLength { get; }

    /// <summary>Whether it is plain data that may be joined at all; if not it still ends what went before it in its flow.</summary>
    internal bool IsJoinable { get; }

    internal bool IsPushed { get; }

    /// <summary>Reads a packet; <see langword="false"/> when it is of no TCP or UDP flow, or its lengths do not agree.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> packet, out PacketFlow flow)
    {
        flow = default;
        if (packet.Length < 28)
        {
            return false;
        }

        bool isIPv4 = packet[0] == 0x45;
        byte protocol;
        int transport;
        if (isIPv4)
        {
            // Fragments (and the reserved bit) stay alone, and so does what is longer or shorter than it says.
            if (BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != packet.Length || (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0xBFFF) != 0)
            {
                return false;
            }

            protocol = packet[9];
            transport = 20;
        }
        else
        {
            if (packet[0] >> 4 != 6 || packet.Length < 48 || BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) + 40 != packet.Length)
            {
                return false;
            }

            protocol = packet[6];
            transport = 40;
        }

        if (protocol == 17)
        {
            int payload = packet.Length - transport - 8;
            bool isWhole = BinaryPrimitives.ReadUInt16BigEndian(packet[(transport + 4)..]) == packet.Length - transport;

            // A checksum of zero says that there is none to verify.
            bool isVerifiable = BinaryPrimitives.ReadUInt16BigEndian(packet[(transport + 6)..]) != 0;
            flow = new PacketFlow(isIPv4, isTcp: false, transport + 8, payload, isWhole && isVerifiable && payload > 0, isPushed: false);
            return true;
        }

        if (protocol != 6 || packet.Length < transport + 20)
        {
            return false;
        }

        int header = packet[transport + 12] >> 4 << 2;
        if (header < 20 || transport + header > packet.Length)
        {
            return false;
        }

        byte flags = packet[transport + 13];
        int data = packet.Length - transport - header;
        flow = new PacketFlow(
            isIPv4,
            isTcp: true,
            transport + header,
            data,
            isJoinable: data > 0 && (flags & ~TcpPush) == TcpAcknowledge && (packet[transport + 12] & 0x0F) == 0,
            isPushed: (flags & TcpPush) != 0);
        return true;
    }

    /// <summary>Whether two packets are of one flow: family, protocol, addresses and ports.</summary>
    internal bool IsSameFlow(in PacketFlow other, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> otherPacket)
    {
        if (IsIPv4 != other.IsIPv4 || IsTcp != other.IsTcp)
        {
            return false;
        }

        // Addresses and ports are one run of bytes: without options the transport header follows the addresses.
        int from = IsIPv4 ? 12 : 8;
        int to = TransportStart + 4;
        return packet[from..to].SequenceEqual(otherPacket[from..to]);
    }

    /// <summary>Spreads flows over buckets.</summary>
    internal uint Hash(ReadOnlySpan<byte> packet)
    {
        ulong hash = MemoryMarshal.Read<ulong>(packet[(IsIPv4 ? 12 : 16)..]);
        if (!IsIPv4)
        {
            hash ^= MemoryMarshal.Read<ulong>(packet[32..]) * 31;
        }

        hash += MemoryMarshal.Read<uint>(packet[TransportStart..]);
        return (uint)((hash * 0x9E37_79B9_7F4A_7C15) >> 40);
    }

    /// <summary>Whether this packet can stand right behind <paramref name="members"/> joined ones of its flow, the first of which is given, so that splitting gives both back.</summary>
    internal bool Follows(in PacketFlow first, int members, int payloadBefore, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> firstPacket)
    {
        if (PayloadStart != first.PayloadStart || !HasSameNetworkHeader(members, packet, firstPacket))
        {
            return false;
        }

        int transport = TransportStart;
        if (!IsTcp)
        {
            return true;
        }

        uint expected = BinaryPrimitives.ReadUInt32BigEndian(firstPacket[(transport + 4)..]) + (uint)payloadBefore;
        return BinaryPrimitives.ReadUInt32BigEndian(packet[(transport + 4)..]) == expected
            && packet.Slice(transport + 8, 5).SequenceEqual(firstPacket.Slice(transport + 8, 5)) // acknowledgement, header length
            && packet.Slice(transport + 14, 2).SequenceEqual(firstPacket.Slice(transport + 14, 2)) // window
            && packet[(transport + 18)..PayloadStart].SequenceEqual(firstPacket[(transport + 18)..PayloadStart]); // urgent pointer, options
    }

    /// <summary>Whether the checksums of the network and the transport header are right.</summary>
    internal bool HasRightChecksums(ReadOnlySpan<byte> packet)
    {
        int transport = TransportStart;
        if (IsIPv4 && ChecksumCopy.Fold(ChecksumCopy.Sum(packet[..20])) != 0xFFFF)
        {
            return false;
        }

        // Addresses stand right before the transport header: one run again.
        ulong sum = ChecksumCopy.Sum(packet[(IsIPv4 ? 12 : 8)..]) + ChecksumCopy.InHostOrder(packet.Length - transport) + ChecksumCopy.InHostOrder(IsTcp ? 6 : 17);
        return ChecksumCopy.Fold(sum) == 0xFFFF;
    }

    private bool HasSameNetworkHeader(int members, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> firstPacket)
    {
        if (!IsIPv4)
        {
            // Traffic class and flow label, hop limit.
            return packet[..4].SequenceEqual(firstPacket[..4]) && packet[7] == firstPacket[7];
        }

        if (packet[1] != firstPacket[1] || packet[8] != firstPacket[8] || !packet.Slice(6, 2).SequenceEqual(firstPacket.Slice(6, 2)))
        {
            return false;
        }

        // Without "don't fragment" the identification means something and must be what splitting will count up to (RFC 6864).
        bool isAtomic = (packet[6] & 0x40) != 0;
        ushort expected = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(firstPacket[4..]) + members);
        return isAtomic || BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) == expected;
    }
}
