using System.Buffers.Binary;
using Sonde.Packets.Headers;

namespace Sonde.Packets;

/// <summary>What a monitor must know of a packet, read in one pass without allocating: who to whom, how much, and where the payload is.</summary>
/// <remarks>Of a tunnel (GRE, VXLAN, IP in IP) it is the outside. Nobody but <see cref="TryRead"/> fills it.</remarks>
public record struct PacketSummary
{
    /// <summary>The frame's length on the wire, in bytes, however little of it was captured.</summary>
    public int WireLength { readonly get; private set; }

    /// <summary>How far the packet could be read.</summary>
    public PacketDepth Depth { readonly get; private set; }

    /// <summary>Why it could not be read further; none when there was nothing further to read.</summary>
    public PacketDefect Defect { readonly get; private set; }

    /// <summary>What the frame carries; <see cref="Packets.EtherType.None"/> when no EtherType says.</summary>
    public EtherType EtherType { readonly get; private set; }

    /// <summary>The outermost VLAN, or <see cref="LinkHeader.NoVlan"/>.</summary>
    public int Vlan { readonly get; private set; }

    /// <summary>What follows IP and its extension headers.</summary>
    public IPProtocol Protocol { readonly get; private set; }

    /// <summary>The sender.</summary>
    public InternetAddress SourceAddress { readonly get; private set; }

    /// <summary>The receiver.</summary>
    public InternetAddress DestinationAddress { readonly get; private set; }

    /// <summary>The sender's port; 0 for protocols without ports and in later fragments.</summary>
    public ushort SourcePort { readonly get; private set; }

    /// <summary>The receiver's port; 0 for protocols without ports and in later fragments.</summary>
    public ushort DestinationPort { readonly get; private set; }

    /// <summary>The control bits of a TCP segment.</summary>
    public TcpFlags TcpFlags { readonly get; private set; }

    /// <summary>The type of an ICMP message.</summary>
    public byte IcmpType { readonly get; private set; }

    /// <summary>The code of an ICMP message.</summary>
    public byte IcmpCode { readonly get; private set; }

    /// <summary>Of an ICMP echo, which program sent it.</summary>
    public ushort IcmpIdentifier { readonly get; private set; }

    /// <summary>Whether it is one of several fragments of a packet.</summary>
    public bool IsFragment { readonly get; private set; }

    /// <summary>Whether it is a fragment that has no transport header, because that is in the first.</summary>
    public bool IsLaterFragment { readonly get; private set; }

    /// <summary>What the fragments of one packet have in common, with addresses and protocol.</summary>
    public uint FragmentIdentification { readonly get; private set; }

    /// <summary>The length of the IP packet as declared, in bytes; where none is declared (segmentation offload), as on the wire.</summary>
    public int NetworkLength { readonly get; private set; }

    /// <summary>The length of the transport payload as declared, in bytes; of protocols without a known header, of the IP payload.</summary>
    public int PayloadLength { readonly get; private set; }

    /// <summary>Where in the frame the payload begins.</summary>
    public int PayloadOffset { readonly get; private set; }

    /// <summary>How much of the payload was captured, in bytes.</summary>
    public int CapturedPayloadLength { readonly get; private set; }

    /// <summary>The sender as one end of a flow.</summary>
    public readonly FlowEndpoint Source => new(SourceAddress, SourcePort);

    /// <summary>The receiver as one end of a flow.</summary>
    public readonly FlowEndpoint Destination => new(DestinationAddress, DestinationPort);

    /// <summary>Reads the headers of a frame.</summary>
    /// <param name="type">What the frame begins with.</param>
    /// <param name="frame">The frame as captured.</param>
    /// <param name="wireLength">Its length on the wire.</param>
    /// <param name="summary">What was read; of frames without addresses, how long they are and what they carry.</param>
    /// <returns>Whether the addresses are known (<see cref="PacketDepth.Network"/> or deeper); never throws.</returns>
    public static bool TryRead(LinkType type, ReadOnlySpan<byte> frame, int wireLength, out PacketSummary summary)
    {
        // Filled in place: the summary is large, and copies of it would cost more than the reading does.
        summary = default;
        summary.WireLength = Math.Max(wireLength, frame.Length);
        summary.Vlan = LinkHeader.NoVlan;
        if (!LinkHeader.TryParse(type, frame, out LinkHeader link, out PacketDefect defect))
        {
            summary.Defect = defect;
            return false;
        }

        summary.Depth = PacketDepth.Link;
        summary.EtherType = link.EtherType;
        summary.Vlan = link.Vlan;
        summary.PayloadOffset = link.PayloadOffset;
        summary.PayloadLength = summary.WireLength - link.PayloadOffset;
        summary.CapturedPayloadLength = link.Payload.Length;
        return link.EtherType switch
        {
            EtherType.IPv4 => TryReadIPv4(link.Payload, ref summary),
            EtherType.IPv6 => TryReadIPv6(link.Payload, ref summary),
            _ => false,
        };
    }

    /// <summary>The captured payload, in the frame that was read.</summary>
    /// <param name="frame">The same bytes that <see cref="TryRead"/> took.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is a shorter frame.</exception>
    public readonly ReadOnlySpan<byte> PayloadOf(ReadOnlySpan<byte> frame) => frame.Slice(PayloadOffset, CapturedPayloadLength);

    /// <summary>The packet's flow.</summary>
    /// <param name="sourceIsLocal">Whether this host sent the packet.</param>
    public readonly FlowKey ToFlowKey(bool sourceIsLocal) =>
        sourceIsLocal ? new FlowKey(Protocol, Source, Destination) : new FlowKey(Protocol, Destination, Source);

    private static bool TryReadIPv4(ReadOnlySpan<byte> packet, ref PacketSummary summary)
    {
        if (!IPv4Header.TryParse(packet, out IPv4Header ip, out PacketDefect defect))
        {
            summary.Defect = defect;
            return false;
        }

        int headerLength = ip.HeaderLength;
        summary.Depth = PacketDepth.Network;
        summary.Defect = headerLength > packet.Length ? PacketDefect.Truncated : PacketDefect.None;
        summary.Protocol = ip.Protocol;
        summary.SourceAddress = ip.Source;
        summary.DestinationAddress = ip.Destination;
        summary.NetworkLength = ip.TotalLength == 0 ? summary.PayloadLength : ip.TotalLength;
        summary.PayloadLength = summary.NetworkLength - headerLength;
        if (ip.IsFragment)
        {
            summary.IsFragment = true;
            summary.IsLaterFragment = ip.FragmentOffset > 0;
            summary.FragmentIdentification = ip.Identification;
        }

        ReadTransport(ip.Payload, Math.Min(headerLength, packet.Length), ref summary);
        return true;
    }

    private static bool TryReadIPv6(ReadOnlySpan<byte> packet, ref PacketSummary summary)
    {
        if (!IPv6Header.TryParse(packet, out IPv6Header ip, out PacketDefect defect))
        {
            summary.Defect = defect;
            return false;
        }

        summary.Depth = PacketDepth.Network;
        summary.SourceAddress = ip.Source;
        summary.DestinationAddress = ip.Destination;
        summary.NetworkLength = ip.DeclaredPayloadLength == 0 ? summary.PayloadLength : ip.DeclaredPayloadLength + IPv6Header.Size;
        summary.PayloadLength = summary.NetworkLength - IPv6Header.Size;
        summary.Protocol = ip.NextHeader;
        if (!IPv6ExtensionChain.IsExtension(ip.NextHeader))
        {
            ReadTransport(ip.Payload, IPv6Header.Size, ref summary);
            return true;
        }

        _ = ip.TryGetExtensions(out IPv6ExtensionChain chain, out defect);
        summary.Defect = defect;
        summary.Protocol = chain.UpperProtocol;
        summary.PayloadLength -= chain.UpperOffset;
        if (chain.IsFragment)
        {
            summary.IsFragment = true;
            summary.IsLaterFragment = chain.FragmentOffset > 0;
            summary.FragmentIdentification = chain.Identification;
        }

        ReadTransport(chain.UpperPayload, IPv6Header.Size + chain.UpperOffset, ref summary);
        return true;
    }

    // The link layer's PayloadOffset and the IP packet's PayloadLength stand in the summary already.
    private static void ReadTransport(ReadOnlySpan<byte> payload, int networkHeader, ref PacketSummary summary)
    {
        int header = 0;
        if (summary.Defect == PacketDefect.None && !summary.IsLaterFragment)
        {
            header = summary.Protocol switch
            {
                IPProtocol.Tcp or IPProtocol.Udp or IPProtocol.Sctp or IPProtocol.UdpLite or IPProtocol.Dccp => ReadPorts(payload, ref summary),
                IPProtocol.Icmp or IPProtocol.IcmpV6 => ReadIcmp(payload, ref summary),
                _ => 0,
            };
        }

        int captured = Math.Min(header, payload.Length);
        summary.CapturedPayloadLength = payload.Length - captured;
        summary.PayloadOffset += networkHeader + captured;
        summary.PayloadLength = Math.Max(summary.PayloadLength - header, 0);
    }

    private static int ReadPorts(ReadOnlySpan<byte> payload, ref PacketSummary summary)
    {
        // Ports stand in the first four bytes of all of these: a packet cut right after them still has a flow.
        if (payload.Length < 4)
        {
            summary.Defect = PacketDefect.Truncated;
            return 0;
        }

        uint ports = BinaryPrimitives.ReadUInt32BigEndian(payload);
        summary.SourcePort = (ushort)(ports >> 16);
        summary.DestinationPort = (ushort)ports;
        summary.Depth = PacketDepth.Transport;
        int header = HeaderLength(summary.Protocol, payload, out TcpFlags flags);
        summary.TcpFlags = flags;
        summary.Defect = header > payload.Length ? PacketDefect.Truncated
            : header < UdpHeader.Size ? PacketDefect.BadLength
            : PacketDefect.None;
        return header;
    }

    private static int ReadIcmp(ReadOnlySpan<byte> payload, ref PacketSummary summary)
    {
        if (payload.Length < 2)
        {
            summary.Defect = PacketDefect.Truncated;
            return 0;
        }

        summary.IcmpType = payload[0];
        summary.IcmpCode = payload[1];
        summary.Depth = PacketDepth.Transport;
        if (payload.Length >= IcmpHeader.Size && IsEcho(summary.Protocol, payload[0]))
        {
            summary.IcmpIdentifier = BinaryPrimitives.ReadUInt16BigEndian(payload[4..]);
        }

        return IcmpHeader.Size;
    }

    private static bool IsEcho(IPProtocol protocol, byte type) =>
        protocol == IPProtocol.Icmp ? type is 0 or 8 : type is 128 or 129;

    // As declared; 0 when what is declared cannot be.
    private static int HeaderLength(IPProtocol protocol, ReadOnlySpan<byte> payload, out TcpFlags flags)
    {
        flags = TcpFlags.None;
        switch (protocol)
        {
            case IPProtocol.Tcp when payload.Length >= 14:
                int field = BinaryPrimitives.ReadUInt16BigEndian(payload[12..]);
                flags = (TcpFlags)(field & 0x1FF);
                int length = (field >> 12) * 4;
                return length < TcpHeader.MinSize ? 0 : length;

            case IPProtocol.Tcp:
                return TcpHeader.MinSize;

            case IPProtocol.Sctp:
                return SctpHeader.Size;

            case IPProtocol.Dccp:
                // RFC 4340, section 5.1: the data offset in words is the fifth byte; the shortest header has 12 bytes.
                return payload.Length < 5 ? 12 : payload[4] < 3 ? 0 : payload[4] * 4;

            default:
                return UdpHeader.Size;
        }
    }
}
