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
                WriteIgmp(ref sink, payload);
                return;
            case IPProtocol.Gre:
                WriteGre(ref sink, in ip, payload);
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

    private static void WriteIgmp(ref TextSink sink, ReadOnlySpan<byte> payload)
    {
        sink.Append("igmp ");
        if (!IgmpHeader.TryParse(payload, out IgmpHeader igmp, out _))
        {
            sink.Append("[|igmp]");
            return;
        }

        switch (igmp.Type)
        {
            case 0x11:
                sink.Append(igmp.Payload.Length >= 4 ? "query v3" : igmp.MaxResponseCode == 0 ? "query v1" : "query v2");
                if (igmp.Payload.Length < 4 && igmp.MaxResponseCode is not (0 or 100))
                {
                    sink.Append(" [max resp time ");
                    sink.Append(igmp.MaxResponseCode);
                    sink.Append(']');
                }

                break;
            case 0x12:
                sink.Append("v1 report ");
                sink.Append(igmp.Group);
                return;
            case 0x16:
                sink.Append("v2 report ");
                sink.Append(igmp.Group);
                return;
            case 0x17:
                sink.Append("leave ");
                sink.Append(igmp.Group);
                return;
            case 0x22:
                sink.Append("v3 report, ");
                sink.Append(igmp.RecordCount);
                sink.Append(" group record(s)");
                return;
            default:
                sink.Append("type 0x");
                sink.AppendHex(igmp.Type, 2);
                return;
        }

        if (igmp.Group != InternetAddress.AnyIPv4)
        {
            sink.Append(" [gaddr ");
            sink.Append(igmp.Group);
            sink.Append(']');
        }
    }

    private static void WriteGre(ref TextSink sink, in IPUpperLayer ip, ReadOnlySpan<byte> payload)
    {
        sink.Append("GREv");
        if (!GreHeader.TryParse(payload, out GreHeader gre, out PacketDefect defect))
        {
            sink.Append(payload.Length < 2 ? "?" : (payload[1] & 7) == 0 ? "0" : "?");
            sink.Append(defect == PacketDefect.Truncated ? " [|gre]" : ", not read here");
            LinkText.AppendLength(ref sink, ip.Length);
            return;
        }

        sink.Append(gre.Version);
        if (gre.HasKey && gre.Version == 0)
        {
            sink.Append(", key=0x");
            LinkText.AppendShortHex(ref sink, gre.Key);
        }

        if (gre.HasSequenceNumber)
        {
            sink.Append(", seq ");
            sink.Append(gre.SequenceNumber);
        }

        LinkText.AppendLength(ref sink, ip.Length);
        sink.Append(": ");
        int length = ip.Length - gre.HeaderLength;
        if (ip.Depth >= LinkText.MaxDepth)
        {
            sink.Append("[too deep]");
        }
        else if (gre.Protocol == EtherType.EthernetBridging)
        {
            LinkText.Write(ref sink, LinkType.Ethernet, gre.Payload, length, ip.Depth + 1);
        }
        else if (!LinkText.TryWriteNetwork(ref sink, gre.Protocol, gre.Payload, length, ip.Depth + 1))
        {
            sink.Append("gre-proto-0x");
            LinkText.AppendShortHex(ref sink, (ushort)gre.Protocol);
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
