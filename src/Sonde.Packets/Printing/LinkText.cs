using Sonde.Packets.Headers;

namespace Sonde.Packets.Printing;

/// <summary>Frames as text: the link layer, as far as tcpdump shows it, and ARP.</summary>
internal static class LinkText
{
    /// <summary>How many packets within packets are followed.</summary>
    public const int MaxDepth = 6;

    public static void Write(ref TextSink sink, LinkType type, ReadOnlySpan<byte> frame, int wireLength, int depth = 0)
    {
        if (!LinkHeader.TryParse(type, frame, out LinkHeader link, out PacketDefect defect))
        {
            WriteDefect(ref sink, type, frame, wireLength, defect);
            return;
        }

        if (link.PppoeSession != LinkHeader.NoSession)
        {
            sink.Append("PPPoE  [ses 0x");
            AppendShortHex(ref sink, (uint)link.PppoeSession);
            sink.Append("] ");
        }

        int length = wireLength - link.PayloadOffset;
        if (!TryWriteNetwork(ref sink, link.EtherType, link.Payload, length, depth))
        {
            WriteOther(ref sink, type, in link, frame, wireLength);
        }
    }

    /// <summary>Writes a network layer that is read here.</summary>
    public static bool TryWriteNetwork(ref TextSink sink, EtherType type, ReadOnlySpan<byte> packet, int wireLength, int depth)
    {
        switch (type)
        {
            case EtherType.IPv4:
                IPText.WriteIPv4(ref sink, packet, wireLength, depth);
                return true;
            case EtherType.IPv6:
                IPText.WriteIPv6(ref sink, packet, wireLength, depth);
                return true;
            case EtherType.Arp:
                WriteArp(ref sink, packet, wireLength);
                return true;
            default:
                return false;
        }
    }

    public static void AppendShortHex(ref TextSink sink, uint number)
    {
        int digits = 1;
        while (digits < 8 && number >> (4 * digits) != 0)
        {
            digits++;
        }

        sink.AppendHex(number, digits);
    }

    /// <summary>", length 28".</summary>
    public static void AppendLength(ref TextSink sink, int length)
    {
        sink.Append(", length ");
        sink.Append(length);
    }

    private static void WriteArp(ref TextSink sink, ReadOnlySpan<byte> packet, int wireLength)
    {
        sink.Append("ARP, ");
        if (!ArpHeader.TryParse(packet, out ArpHeader arp, out PacketDefect defect))
        {
            sink.Append(defect == PacketDefect.Truncated ? "[|arp]" : "unknown kind of address");
            AppendLength(ref sink, wireLength);
            return;
        }

        switch (arp.Operation)
        {
            case 1:
                sink.Append("Request who-has ");
                sink.Append(arp.Target);
                if (arp.TargetHardware.ToUInt64() != 0)
                {
                    sink.Append(" (");
                    sink.Append(arp.TargetHardware);
                    sink.Append(')');
                }

                sink.Append(" tell ");
                sink.Append(arp.Sender);
                break;
            case 2:
                sink.Append("Reply ");
                sink.Append(arp.Sender);
                sink.Append(" is-at ");
                sink.Append(arp.SenderHardware);
                break;
            case 3:
                sink.Append("Reverse Request who-is ");
                sink.Append(arp.TargetHardware);
                sink.Append(" tell ");
                sink.Append(arp.SenderHardware);
                break;
            case 4:
                sink.Append("Reverse Reply ");
                sink.Append(arp.TargetHardware);
                sink.Append(" at ");
                sink.Append(arp.Target);
                break;
            default:
                sink.Append("Unknown (");
                sink.Append(arp.Operation);
                sink.Append(')');
                break;
        }

        AppendLength(ref sink, wireLength);
    }

    private static void WriteOther(ref TextSink sink, LinkType type, in LinkHeader link, ReadOnlySpan<byte> frame, int wireLength)
    {
        if (type == LinkType.Ethernet && EthernetHeader.TryParse(frame, out EthernetHeader ethernet, out _))
        {
            if (link.EtherType == EtherType.None && LlcHeader.TryParse(link.Payload, out LlcHeader spanningTree, out _) && spanningTree.DestinationServiceAccessPoint == 0x42)
            {
                sink.Append("STP");
                AppendLength(ref sink, link.Payload.Length - 3);
                return;
            }

            sink.Append(ethernet.Source);
            sink.Append(" > ");
            sink.Append(ethernet.Destination);
            sink.Append(", ");
        }

        if (link.EtherType != EtherType.None)
        {
            sink.Append("ethertype ");
            sink.Append(NameOf(link.EtherType));
            sink.Append(" (0x");
            sink.AppendHex((ushort)link.EtherType, 4);
            sink.Append(')');
            AppendLength(ref sink, wireLength);
            return;
        }

        sink.Append("802.3");
        AppendLength(ref sink, wireLength - link.PayloadOffset);
        if (LlcHeader.TryParse(link.Payload, out LlcHeader llc, out _))
        {
            sink.Append(": LLC, dsap 0x");
            sink.AppendHex(llc.DestinationServiceAccessPoint, 2);
            sink.Append(", ssap 0x");
            sink.AppendHex(llc.SourceServiceAccessPoint, 2);
            if (llc.IsSnap)
            {
                sink.Append(", oui 0x");
                sink.AppendHex((ulong)llc.Organization, 6);
                sink.Append(", pid 0x");
                sink.AppendHex((ulong)llc.SnapProtocol, 4);
            }
        }
    }

    private static void WriteDefect(ref TextSink sink, LinkType type, ReadOnlySpan<byte> frame, int wireLength, PacketDefect defect)
    {
        if (defect == PacketDefect.Unsupported)
        {
            sink.Append("link type ");
            sink.Append((int)type);
        }
        else
        {
            sink.Append(defect == PacketDefect.TooDeep ? "[too many VLAN tags]" : "[|frame]");
        }

        AppendLength(ref sink, wireLength);
        if (frame.Length < wireLength)
        {
            sink.Append(", captured ");
            sink.Append(frame.Length);
        }
    }

    private static string NameOf(EtherType type) => type switch
    {
        EtherType.WakeOnLan => "Wake-on-LAN",
        EtherType.FlowControl => "MPCP",
        EtherType.SlowProtocols => "Slow Protocols",
        EtherType.Mpls => "MPLS unicast",
        EtherType.MplsMulticast => "MPLS multicast",
        EtherType.PppoeDiscovery => "PPPoE D",
        EtherType.PppoeSession => "PPPoE S",
        EtherType.Eapol => "EAPOL",
        EtherType.Profinet => "PROFINET",
        EtherType.EtherCat => "EtherCAT",
        EtherType.Lldp => "LLDP",
        EtherType.MacSec => "MACsec",
        EtherType.Ptp => "PTP",
        EtherType.EthernetBridging => "TEB",
        _ => "Unknown",
    };
}
