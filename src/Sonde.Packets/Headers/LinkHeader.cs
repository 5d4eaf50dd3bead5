using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>Whatever stands before the network layer: the one way in for a frame of any <see cref="LinkType"/>.</summary>
/// <remarks>Looks through VLAN tags, LLC/SNAP and PPP over Ethernet.</remarks>
public readonly ref struct LinkHeader
{
    /// <summary>How many VLAN tags are looked through.</summary>
    public const int MaxVlanTags = 4;

    /// <summary>What <see cref="Vlan"/> is for a frame without a tag.</summary>
    public const int NoVlan = -1;

    /// <summary>What <see cref="PppoeSession"/> is for a frame without PPP over Ethernet.</summary>
    public const int NoSession = -1;

    private LinkHeader(EtherType etherType, ReadOnlySpan<byte> payload, int payloadOffset, int vlan = NoVlan, int innerVlan = NoVlan, int session = NoSession)
    {
        EtherType = etherType;
        Payload = payload;
        PayloadOffset = payloadOffset;
        Vlan = vlan;
        InnerVlan = innerVlan;
        PppoeSession = session;
    }

    /// <summary>What the frame carries; <see cref="Packets.EtherType.None"/> when no EtherType says.</summary>
    public EtherType EtherType { get; }

    /// <summary>The network layer, as captured; for Ethernet with the padding of short frames.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Where in the frame <see cref="Payload"/> begins.</summary>
    public int PayloadOffset { get; }

    /// <summary>The outermost VLAN, or <see cref="NoVlan"/>.</summary>
    public int Vlan { get; }

    /// <summary>The innermost of several VLANs, or <see cref="NoVlan"/>.</summary>
    public int InnerVlan { get; }

    /// <summary>The session of PPP over Ethernet that the packet travels in, or <see cref="NoSession"/>.</summary>
    public int PppoeSession { get; }

    /// <summary>Whether headers of frames of this type can be read.</summary>
    public static bool IsSupported(LinkType type) => type
        is LinkType.Ethernet or LinkType.Raw or LinkType.IPv4 or LinkType.IPv6 or LinkType.Null or LinkType.Loop
        or LinkType.LinuxSll or LinkType.LinuxSll2 or (LinkType)12 or (LinkType)14;

    /// <summary>Reads the header at the start of <paramref name="frame"/>.</summary>
    /// <returns><see langword="false"/> for frames that are too short or of a type not read here; never throws.</returns>
    public static bool TryParse(LinkType type, ReadOnlySpan<byte> frame, out LinkHeader header, out PacketDefect defect)
    {
        switch (type)
        {
            case LinkType.Ethernet:
                if (frame.Length < EthernetHeader.Size)
                {
                    return Fail(PacketDefect.Truncated, out header, out defect);
                }

                return FromType(BinaryPrimitives.ReadUInt16BigEndian(frame[12..]), frame, EthernetHeader.Size, out header, out defect);

            case LinkType.LinuxSll or LinkType.LinuxSll2:
                int size = type == LinkType.LinuxSll2 ? LinuxSllHeader.Size2 : LinuxSllHeader.Size;
                if (frame.Length < size)
                {
                    return Fail(PacketDefect.Truncated, out header, out defect);
                }

                // 4 announces an LLC header, as a length does; the other small numbers name protocols that are not read here.
                ushort protocol = BinaryPrimitives.ReadUInt16BigEndian(frame[(type == LinkType.LinuxSll2 ? 0 : 14)..]);
                return protocol is >= 0x0600 or 4
                    ? FromType(protocol == 4 ? (ushort)0x05FF : protocol, frame, size, out header, out defect)
                    : Succeed(new LinkHeader(EtherType.None, frame[size..], size), out header, out defect);

            case LinkType.Null or LinkType.Loop:
                return frame.Length < 4
                    ? Fail(PacketDefect.Truncated, out header, out defect)
                    : Succeed(new LinkHeader(TypeOfFamily(frame), frame[4..], 4), out header, out defect);

            case LinkType.IPv4:
                return Succeed(new LinkHeader(EtherType.IPv4, frame, 0), out header, out defect);

            case LinkType.IPv6:
                return Succeed(new LinkHeader(EtherType.IPv6, frame, 0), out header, out defect);

            // 12 and 14 are what DLT_RAW is on BSD and OpenBSD; files carry them although the registry says 101.
            case LinkType.Raw or (LinkType)12 or (LinkType)14:
                return frame.IsEmpty
                    ? Fail(PacketDefect.Truncated, out header, out defect)
                    : Succeed(new LinkHeader(TypeOfVersion(frame[0]), frame, 0), out header, out defect);

            default:
                return Fail(PacketDefect.Unsupported, out header, out defect);
        }
    }

    private static bool FromType(ushort type, ReadOnlySpan<byte> frame, int offset, out LinkHeader header, out PacketDefect defect)
    {
        int vlan = NoVlan;
        int inner = NoVlan;
        int end = frame.Length;
        for (int tags = 0; VlanTag.IsAnnouncedBy((EtherType)type); tags++)
        {
            if (tags == MaxVlanTags || frame.Length - offset < VlanTag.Size)
            {
                header = new LinkHeader((EtherType)type, frame[offset..], offset, vlan, inner);
                defect = tags == MaxVlanTags ? PacketDefect.TooDeep : PacketDefect.Truncated;
                return false;
            }

            int id = BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]) & 0xFFF;
            (vlan, inner) = tags == 0 ? (id, NoVlan) : (vlan, id);
            type = BinaryPrimitives.ReadUInt16BigEndian(frame[(offset + 2)..]);
            offset += VlanTag.Size;
        }

        var etherType = (EtherType)type;
        if (type < 0x0600)
        {
            end = Math.Min(end, offset + type);
            etherType = EtherType.None;
            if (LlcHeader.TryParse(frame[offset..end], out LlcHeader llc, out _) && llc.EtherType != EtherType.None)
            {
                etherType = llc.EtherType;
                offset = end - llc.Payload.Length;
            }
        }
        else if (etherType == EtherType.PppoeSession && frame.Length - offset >= 8)
        {
            // RFC 2516, section 4: six bytes, then the PPP protocol. Others than IP stay PPPoE.
            EtherType within = BinaryPrimitives.ReadUInt16BigEndian(frame[(offset + 6)..]) switch
            {
                0x0021 => EtherType.IPv4,
                0x0057 => EtherType.IPv6,
                _ => EtherType.None,
            };
            if (within != EtherType.None)
            {
                int session = BinaryPrimitives.ReadUInt16BigEndian(frame[(offset + 2)..]);
                return Succeed(new LinkHeader(within, frame[(offset + 8)..], offset + 8, vlan, inner, session), out header, out defect);
            }
        }

        return Succeed(new LinkHeader(etherType, frame[offset..end], offset, vlan, inner), out header, out defect);
    }

    // The family is in the order of the capturing host (LOOP: of the network), so whichever order makes it small. IPv6 has a number per system.
    private static EtherType TypeOfFamily(ReadOnlySpan<byte> frame)
    {
        uint family = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        family = family > 0xFFFF ? BinaryPrimitives.ReverseEndianness(family) : family;
        return family switch
        {
            2 => EtherType.IPv4,
            10 or 23 or 24 or 28 or 30 => EtherType.IPv6,
            _ => EtherType.None,
        };
    }

    private static EtherType TypeOfVersion(byte first) => (first >> 4) switch
    {
        4 => EtherType.IPv4,
        6 => EtherType.IPv6,
        _ => EtherType.None,
    };

    private static bool Succeed(LinkHeader made, out LinkHeader header, out PacketDefect defect)
    {
        header = made;
        defect = PacketDefect.None;
        return true;
    }

    private static bool Fail(PacketDefect why, out LinkHeader header, out PacketDefect defect)
    {
        header = default;
        defect = why;
        return false;
    }
}
