using System.Buffers.Binary;
using Sonde.Packets.Headers;

namespace Sonde.Packets.Printing;

/// <summary>IPv4 and IPv6 packets as text.</summary>
internal static class IPText
{
    public static void WriteIPv4(ref TextSink sink, ReadOnlySpan<byte> packet, int wireLength, int depth)
    {
        sink.Append("IP ");
        if (!IPv4Header.TryParse(packet, out IPv4Header ip, out PacketDefect defect))
        {
            WriteBadIPv4(ref sink, packet, defect);
            return;
        }

        WriteMissing(ref sink, "truncated-ip - ", ip.TotalLength - wireLength);
        int payloadLength = ip.TotalLength == 0 ? wireLength - ip.HeaderLength : ip.PayloadLength;
        var upper = new IPUpperLayer(ip.Source, ip.Destination, ip.Protocol, Math.Max(payloadLength, 0), hasOwnEnds: true, ip.IsFragment, depth);
        if (ip.FragmentOffset > 0)
        {
            WriteEnds(ref sink, in upper);
            sink.Append(" ip-proto-");
            sink.Append((int)ip.Protocol);
            return;
        }

        WriteUpper(ref sink, in upper, ip.Payload);
    }

    public static void WriteIPv6(ref TextSink sink, ReadOnlySpan<byte> packet, int wireLength, int depth)
    {
        sink.Append("IP6 ");
        if (!IPv6Header.TryParse(packet, out IPv6Header ip, out PacketDefect defect))
        {
            sink.Append(defect == PacketDefect.BadVersion ? "[wrong version]" : "[|ip6]");
            LinkText.AppendLength(ref sink, packet.Length);
            return;
        }

        WriteMissing(ref sink, "truncated-ip6 - ", IPv6Header.Size + ip.DeclaredPayloadLength - wireLength);

        bool walked = ip.TryGetExtensions(out IPv6ExtensionChain chain, out defect);
        int payloadLength = (ip.DeclaredPayloadLength == 0 ? wireLength - IPv6Header.Size : ip.DeclaredPayloadLength) - chain.UpperOffset;
        var upper = new IPUpperLayer(
            ip.Source, ip.Destination, chain.UpperProtocol, Math.Max(payloadLength, 0), hasOwnEnds: chain.Count == 0, chain.IsFragment, depth);
        if (chain.Count > 0 || !walked)
        {
            WriteEnds(ref sink, in upper);
            sink.Append(' ');
            foreach (IPv6Extension extension in chain)
            {
                WriteExtension(ref sink, extension, upper.Length);
            }
        }

        if (!walked)
        {
            sink.Append(defect == PacketDefect.TooDeep ? "[too many extension headers]" : "[|ip6]");
        }
        else if (chain.FragmentOffset == 0)
        {
            WriteUpper(ref sink, in upper, chain.UpperPayload);
        }
        else
        {
            sink.TrimEnd();
        }
    }

    /// <summary>"10.0.0.1 > 10.0.0.2:".</summary>
    public static void WriteEnds(ref TextSink sink, in IPUpperLayer ip)
    {
        sink.Append(ip.Source);
        sink.Append(" > ");
        sink.Append(ip.Destination);
        sink.Append(':');
    }

    private static void WriteUpper(ref TextSink sink, in IPUpperLayer ip, ReadOnlySpan<byte> payload)
    {
        switch (ip.Protocol)
        {
            case IPProtocol.Tcp:
                TcpText.Write(ref sink, in ip, payload);
                return;
            case IPProtocol.Udp:
                UdpText.Write(ref sink, in ip, payload);
                return;
            case IPProtocol.Sctp:
                SctpText.Write(ref sink, in ip, payload);
                return;
            case IPProtocol.Dccp when payload.Length >= 4:
                ip.WriteEnds(ref sink, BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
                sink.Append("DCCP");
                LinkText.AppendLength(ref sink, ip.Length);
                return;
            default:
                break;
        }

        if (ip.HasOwnEnds)
        {
            WriteEnds(ref sink, in ip);
            sink.Append(' ');
        }

        switch (ip.Protocol)
        {
            case IPProtocol.Icmp or IPProtocol.IcmpV6:
                IcmpText.Write(ref sink, in ip, payload);
                return;
            case IPProtocol.Igmp:
                IgmpText.Write(ref sink, payload);
                return;
            case IPProtocol.Gre:
                GreText.Write(ref sink, in ip, payload);
                return;
            case IPProtocol.IPv4 or IPProtocol.IPv6 when ip.Depth < LinkText.MaxDepth:
                _ = LinkText.TryWriteNetwork(
                    ref sink, ip.Protocol == IPProtocol.IPv4 ? EtherType.IPv4 : EtherType.IPv6, payload, ip.Length, ip.Depth + 1);
                return;
            case IPProtocol.Esp when payload.Length >= 8:
                sink.Append("ESP(spi=0x");
                sink.AppendHex(BinaryPrimitives.ReadUInt32BigEndian(payload), 8);
                sink.Append(",seq=0x");
                LinkText.AppendShortHex(ref sink, BinaryPrimitives.ReadUInt32BigEndian(payload[4..]));
                sink.Append(')');
                break;
            case IPProtocol.NoNextHeader:
                sink.Append("no next header");
                return;
            default:
                sink.Append(NameOf(ip.Protocol));
                if (NameOf(ip.Protocol).Length == 0)
                {
                    sink.Append("ip-proto-");
                    sink.Append((int)ip.Protocol);
                    sink.Append(' ');
                    sink.Append(ip.Length);
                    return;
                }

                break;
        }

        LinkText.AppendLength(ref sink, ip.Length);
    }

    private static void WriteExtension(ref TextSink sink, in IPv6Extension extension, int upperLength)
    {
        ReadOnlySpan<byte> bytes = extension.Bytes;
        switch (extension.Protocol)
        {
            case IPProtocol.HopByHop:
                sink.Append("HBH ");
                break;
            case IPProtocol.DestinationOptions:
                sink.Append("DSTOPT ");
                break;
            case IPProtocol.Fragment:
                sink.Append("frag (");
                sink.Append(BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) & 0xFFF8);
                sink.Append('|');
                sink.Append(upperLength);
                sink.Append(") ");
                break;
            case IPProtocol.Routing:
                sink.Append(bytes[2] == 4 ? "RT6 (len=" : "srcrt (len=");
                sink.Append(bytes[1]);
                sink.Append(", type=");
                sink.Append(bytes[2]);
                sink.Append(", segleft=");
                sink.Append(bytes[3]);
                sink.Append(") ");
                break;
            case IPProtocol.AuthenticationHeader:
                sink.Append("AH(spi=0x");
                sink.AppendHex(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), 8);
                sink.Append("): ");
                break;
            case IPProtocol.Mobility:
                sink.Append("mobility ");
                break;
            default:
                sink.Append("ext-");
                sink.Append((int)extension.Protocol);
                sink.Append(' ');
                break;
        }
    }

    private static void WriteBadIPv4(ref TextSink sink, ReadOnlySpan<byte> packet, PacketDefect defect)
    {
        if (defect != PacketDefect.BadLength)
        {
            sink.Append(defect == PacketDefect.BadVersion ? "[wrong version]" : "[|ip]");
            LinkText.AppendLength(ref sink, packet.Length);
            return;
        }

        int headerLength = (packet[0] & 0xF) * 4;
        bool isHeader = headerLength < IPv4Header.MinSize;
        sink.Append(isHeader ? "bad-hlen " : "bad-len ");
        sink.Append(isHeader ? headerLength : BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
    }

    // The packet claims more than was on the wire: not what a short capture does.
    private static void WriteMissing(ref TextSink sink, string what, int missing)
    {
        if (missing > 0)
        {
            sink.Append(what);
            sink.Append(missing);
            sink.Append(" bytes missing! ");
        }
    }

    private static string NameOf(IPProtocol protocol) => protocol switch
    {
        IPProtocol.Esp => "ESP",
        IPProtocol.Ospf => "OSPF",
        IPProtocol.Pim => "PIM",
        IPProtocol.Vrrp => "VRRP",
        IPProtocol.Dccp => "DCCP",
        IPProtocol.IPv4 or IPProtocol.IPv6 => "[too deep]",
        _ => "",
    };
}
