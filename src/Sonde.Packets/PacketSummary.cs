using System.Buffers.Binary;
using Sonde.Packets.Headers;

namespace Sonde.Packets;

/// <summary>What a monitor must know of a packet, read in one pass without allocating: who to whom, how much, and where the payload is.</summary>
/// <remarks>Of a tunnel (GRE, VXLAN, IP in IP) it is the outside.</remarks>
public readonly record struct PacketSummary
{
    /// <summary>The frame's length on the wire, in bytes, however little of it was captured.</summary>
    public int WireLength { get; private init; }

    /// <summary>How far the packet could be read.</summary>
    public PacketDepth Depth { get; private init; }

    /// <summary>Why it could not be read further; none when there was nothing further to read.</summary>
    public PacketDefect Defect { get; private init; }

    /// <summary>What the frame carries; <see cref="Packets.EtherType.None"/> when no EtherType says.</summary>
    public EtherType EtherType { get; private init; }

    /// <summary>The outermost VLAN, or <see cref="LinkHeader.NoVlan"/>.</summary>
    public int Vlan { get; private init; }

    /// <summary>What follows IP and its extension headers.</summary>
    public IPProtocol Protocol { get; private init; }

    /// <summary>The sender.</summary>
    public InternetAddress SourceAddress { get; private init; }

    /// <summary>The receiver.</summary>
    public InternetAddress DestinationAddress { get; private init; }

    /// <summary>The sender's port; 0 for protocols without ports and in later fragments.</summary>
    public ushort SourcePort { get; private init; }

    /// <summary>The receiver's port; 0 for protocols without ports and in later fragments.</summary>
    public ushort DestinationPort { get; private init; }

    /// <summary>The control bits of a TCP segment.</summary>
    public TcpFlags TcpFlags { get; private init; }

    /// <summary>The type of an ICMP message.</summary>
    public byte IcmpType { get; private init; }

    /// <summary>The code of an ICMP message.</summary>
    public byte IcmpCode { get; private init; }

    /// <summary>Of an ICMP echo, which program sent it.</summary>
    public ushort IcmpIdentifier { get; private init; }

    /// <summary>Whether it is one of several fragments of a packet.</summary>
    public bool IsFragment { get; private init; }

    /// <summary>Whether it is a fragment that has no transport header, because that is in the first.</summary>
    public bool IsLaterFragment { get; private init; }

    /// <summary>What the fragments of one packet have in common, with addresses and protocol.</summary>
    public uint FragmentIdentification { get; private init; }

    /// <summary>The length of the IP packet as declared, in bytes; where none is declared (segmentation offload), as on the wire.</summary>
    public int NetworkLength { get; private init; }

    /// <summary>The length of the transport payload as declared, in bytes; of protocols without a known header, of the IP payload.</summary>
    public int PayloadLength { get; private init; }

    /// <summary>Where in the frame the payload begins.</summary>
    public int PayloadOffset { get; private init; }

    /// <summary>How much of the payload was captured, in bytes.</summary>
    public int CapturedPayloadLength { get; private init; }

    /// <summary>The sender as one end of a flow.</summary>
    public FlowEndpoint Source => new(SourceAddress, SourcePort);

    /// <summary>The receiver as one end of a flow.</summary>
    public FlowEndpoint Destination => new(DestinationAddress, DestinationPort);

    /// <summary>Reads the headers of a frame.</summary>
    /// <param name="type">What the frame begins with.</param>
    /// <param name="frame">The frame as captured.</param>
    /// <param name="wireLength">Its length on the wire.</param>
    /// <param name="summary">What was read; of frames without addresses, how long they are and what they carry.</param>
    /// <returns>Whether the addresses are known (<see cref="PacketDepth.Network"/> or deeper); never throws.</returns>
    public static bool TryRead(LinkType type, ReadOnlySpan<byte> frame, int wireLength, out PacketSummary summary)
    {
        wireLength = Math.Max(wireLength, frame.Length);
        if (!LinkHeader.TryParse(type, frame, out LinkHeader link, out PacketDefect defect))
        {
            summary = new PacketSummary { WireLength = wireLength, Defect = defect, Vlan = LinkHeader.NoVlan };
            return false;
        }

        if (link.EtherType == EtherType.IPv4)
        {
            return TryReadIPv4(in link, wireLength, out summary);
        }

        if (link.EtherType == EtherType.IPv6)
        {
            return TryReadIPv6(in link, wireLength, out summary);
        }

        summary = AtLink(in link, wireLength, PacketDefect.None);
        return false;
    }

    /// <summary>The captured payload, in the frame that was read.</summary>
    /// <param name="frame">The same bytes that <see cref="TryRead"/> took.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is a shorter frame.</exception>
    public ReadOnlySpan<byte> PayloadOf(ReadOnlySpan<byte> frame) => frame.Slice(PayloadOffset, CapturedPayloadLength);

    /// <summary>The packet's flow.</summary>
    /// <param name="sourceIsLocal">Whether this host sent the packet.</param>
    public FlowKey ToFlowKey(bool sourceIsLocal) =>
        sourceIsLocal ? new FlowKey(Protocol, Source, Destination) : new FlowKey(Protocol, Destination, Source);

    private static PacketSummary AtLink(in LinkHeader link, int wireLength, PacketDefect defect) => new()
    {
        WireLength = wireLength,
        Depth = PacketDepth.Link,
        Defect = defect,
        EtherType = link.EtherType,
        Vlan = link.Vlan,
        PayloadOffset = link.PayloadOffset,
        PayloadLength = wireLength - link.PayloadOffset,
        CapturedPayloadLength = link.Payload.Length,
    };

    private static bool TryReadIPv4(in LinkHeader link, int wireLength, out PacketSummary summary)
    {
        if (!IPv4Header.TryParse(link.Payload, out IPv4Header ip, out PacketDefect defect))
        {
            summary = AtLink(in link, wireLength, defect);
            return false;
        }

        var packet = new Network(
            ip.Source,
            ip.Destination,
            ip.Protocol,
            ip.TotalLength == 0 ? wireLength - link.PayloadOffset : ip.TotalLength,
            Math.Min(ip.HeaderLength, link.Payload.Length),
            ip.TotalLength == 0 ? wireLength - link.PayloadOffset - ip.HeaderLength : ip.PayloadLength,
            ip.IsFragment,
            ip.FragmentOffset > 0,
            ip.Identification,
            ip.HeaderLength > link.Payload.Length ? PacketDefect.Truncated : PacketDefect.None);
        summary = ReadTransport(in link, wireLength, in packet, ip.Payload);
        return true;
    }

    private static bool TryReadIPv6(in LinkHeader link, int wireLength, out PacketSummary summary)
    {
        if (!IPv6Header.TryParse(link.Payload, out IPv6Header ip, out PacketDefect defect))
        {
            summary = AtLink(in link, wireLength, defect);
            return false;
        }

        IPProtocol next = ip.NextHeader;
        ReadOnlySpan<byte> payload = ip.Payload;
        int length = ip.DeclaredPayloadLength == 0 ? wireLength - link.PayloadOffset - IPv6Header.Size : ip.DeclaredPayloadLength;
        if (!IPv6ExtensionChain.IsExtension(next))
        {
            var plain = new Network(
                ip.Source, ip.Destination, next, length + IPv6Header.Size, IPv6Header.Size, length, false, false, 0, PacketDefect.None);
            summary = ReadTransport(in link, wireLength, in plain, payload);
            return true;
        }

        _ = ip.TryGetExtensions(out IPv6ExtensionChain chain, out defect);
        var packet = new Network(
            ip.Source,
            ip.Destination,
            chain.UpperProtocol,
            length + IPv6Header.Size,
            IPv6Header.Size + chain.UpperOffset,
            length - chain.UpperOffset,
            chain.IsFragment,
            chain.FragmentOffset > 0,
            chain.Identification,
            defect);
        summary = ReadTransport(in link, wireLength, in packet, chain.UpperPayload);
        return true;
    }

    private static PacketSummary ReadTransport(in LinkHeader link, int wireLength, in Network ip, ReadOnlySpan<byte> payload)
    {
        ushort sourcePort = 0;
        ushort destinationPort = 0;
        ushort identifier = 0;
        byte icmpType = 0;
        byte icmpCode = 0;
        TcpFlags flags = TcpFlags.None;
        int header = 0;
        PacketDefect defect = ip.Defect;
        PacketDepth depth = PacketDepth.Network;

        if (defect == PacketDefect.None && !ip.IsLaterFragment)
        {
            // Ports stand in the first four bytes of all of these: a packet cut right after them still has a flow.
            int needed = ip.Protocol switch
            {
                IPProtocol.Tcp or IPProtocol.Udp or IPProtocol.Sctp or IPProtocol.UdpLite or IPProtocol.Dccp => 4,
                IPProtocol.Icmp or IPProtocol.IcmpV6 => 2,
                _ => -1,
            };
            if (needed > payload.Length)
            {
                defect = PacketDefect.Truncated;
            }
            else if (needed == 4)
            {
                uint ports = BinaryPrimitives.ReadUInt32BigEndian(payload);
                sourcePort = (ushort)(ports >> 16);
                destinationPort = (ushort)ports;
                depth = PacketDepth.Transport;
                header = HeaderLength(ip.Protocol, payload, out flags, out defect);
            }
            else if (needed == 2)
            {
                icmpType = payload[0];
                icmpCode = payload[1];
                identifier = payload.Length >= IcmpHeader.Size && IsEcho(ip.Protocol, icmpType) ? BinaryPrimitives.ReadUInt16BigEndian(payload[4..]) : (ushort)0;
                depth = PacketDepth.Transport;
                header = IcmpHeader.Size;
            }
        }

        int captured = Math.Max(payload.Length - header, 0);
        return new PacketSummary
        {
            WireLength = wireLength,
            Depth = depth,
            Defect = defect,
            EtherType = link.EtherType,
            Vlan = link.Vlan,
            Protocol = ip.Protocol,
            SourceAddress = ip.Source,
            DestinationAddress = ip.Destination,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            TcpFlags = flags,
            IcmpType = icmpType,
            IcmpCode = icmpCode,
            IcmpIdentifier = identifier,
            IsFragment = ip.IsFragment,
            IsLaterFragment = ip.IsLaterFragment,
            FragmentIdentification = ip.IsFragment ? ip.Identification : 0,
            NetworkLength = ip.Length,
            PayloadLength = Math.Max(ip.PayloadLength - header, 0),
            PayloadOffset = link.PayloadOffset + ip.HeaderLength + payload.Length - captured,
            CapturedPayloadLength = captured,
        };
    }

    private static bool IsEcho(IPProtocol protocol, byte type) =>
        protocol == IPProtocol.Icmp ? type is 0 or 8 : type is 128 or 129;

    private static int HeaderLength(IPProtocol protocol, ReadOnlySpan<byte> payload, out TcpFlags flags, out PacketDefect defect)
    {
        flags = TcpFlags.None;
        defect = PacketDefect.None;
        switch (protocol)
        {
            case IPProtocol.Tcp:
                if (payload.Length < 14)
                {
                    defect = PacketDefect.Truncated;
                    return TcpHeader.MinSize;
                }

                int field = BinaryPrimitives.ReadUInt16BigEndian(payload[12..]);
                flags = (TcpFlags)(field & 0x1FF);
                int length = (field >> 12) * 4;
                defect = length < TcpHeader.MinSize ? PacketDefect.BadLength
                    : length > payload.Length ? PacketDefect.Truncated
                    : PacketDefect.None;
                return Math.Max(length, TcpHeader.MinSize);

            case IPProtocol.Sctp:
                defect = payload.Length < SctpHeader.Size ? PacketDefect.Truncated : PacketDefect.None;
                return SctpHeader.Size;

            case IPProtocol.Dccp:
                // RFC 4340, section 5.1: the data offset in words is the fifth byte.
                defect = payload.Length < 5 ? PacketDefect.Truncated : PacketDefect.None;
                return defect == PacketDefect.None ? payload[4] * 4 : 12;

            default:
                defect = payload.Length < UdpHeader.Size ? PacketDefect.Truncated : PacketDefect.None;
                return UdpHeader.Size;
        }
    }

    // What either version of IP says to the transport layer.
    private readonly record struct Network(
        InternetAddress Source,
        InternetAddress Destination,
        IPProtocol Protocol,
        int Length,
        int HeaderLength,
        int PayloadLength,
        bool IsFragment,
        bool IsLaterFragment,
        uint Identification,
        PacketDefect Defect);
}
