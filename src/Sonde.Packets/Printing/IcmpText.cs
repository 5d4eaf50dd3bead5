using Sonde.Packets.Headers;

namespace Sonde.Packets.Printing;

/// <summary>ICMP messages of both versions as text.</summary>
internal static class IcmpText
{
    public static void Write(ref TextSink sink, in IPUpperLayer ip, ReadOnlySpan<byte> message)
    {
        sink.Append(ip.Protocol == IPProtocol.Icmp ? "ICMP " : "ICMP6, ");
        if (!IcmpHeader.TryParse(ip.Protocol, message, out IcmpHeader icmp, out _))
        {
            sink.Append("[|icmp]");
        }
        else if (icmp.IsVersion6)
        {
            WriteVersion6(ref sink, icmp);
        }
        else
        {
            WriteVersion4(ref sink, icmp);
        }

        LinkText.AppendLength(ref sink, ip.Length);
    }

    private static void WriteVersion4(ref TextSink sink, IcmpHeader icmp)
    {
        switch (icmp.Type)
        {
            case 0 or 8:
                sink.Append(icmp.Type == 8 ? "echo request" : "echo reply");
                WriteEcho(ref sink, icmp);
                break;
            case 3:
                WriteUnreachable(ref sink, icmp);
                break;
            case 4:
                sink.Append("source quench");
                break;
            case 5:
                sink.Append(icmp.Code >= 2 ? "redirect-tos " : "redirect ");
                WriteQuotedDestination(ref sink, icmp);
                sink.Append((icmp.Code & 1) == 0 ? " to net " : " to host ");
                sink.Append(InternetAddress.FromIPv4(icmp.Rest));
                break;
            case 9:
                sink.Append("router advertisement");
                break;
            case 10:
                sink.Append("router solicitation");
                break;
            case 11:
                sink.Append(icmp.Code switch { 0 => "time exceeded in-transit", 1 => "ip reassembly time exceeded", _ => "time exceeded-#" });
                WriteCode(ref sink, icmp, from: 2);
                break;
            case 12:
                sink.Append("parameter problem - octet ");
                sink.Append(icmp.Rest >> 24);
                break;
            case 13 or 14:
                sink.Append(icmp.Type == 13 ? "time stamp query id " : "time stamp reply id ");
                sink.Append(icmp.Identifier);
                sink.Append(" seq ");
                sink.Append(icmp.SequenceNumber);
                break;
            case 17:
                sink.Append("address mask request");
                break;
            default:
                sink.Append("type-#");
                sink.Append(icmp.Type);
                break;
        }
    }

    private static void WriteUnreachable(ref TextSink sink, IcmpHeader icmp)
    {
        switch (icmp.Code)
        {
            case 2:
                WriteQuotedDestination(ref sink, icmp);
                sink.Append(" protocol ");
                sink.Append(icmp.Payload.Length > 9 ? icmp.Payload[9] : 0);
                sink.Append(" unreachable");
                break;
            case 3:
                WriteQuotedDestination(ref sink, icmp);
                WriteQuotedPort(ref sink, icmp);
                sink.Append(" unreachable");
                break;
            case 4:
                WriteQuotedDestination(ref sink, icmp);
                sink.Append(" unreachable - need to frag");
                if ((icmp.Rest & 0xFFFF) != 0)
                {
                    sink.Append(" (mtu ");
                    sink.Append(icmp.Rest & 0xFFFF);
                    sink.Append(')');
                }

                break;
            case 5 or 8:
                WriteQuotedDestination(ref sink, icmp);
                sink.Append(icmp.Code == 5 ? " unreachable - source route failed" : " unreachable - source host isolated");
                break;
            case <= 15:
                sink.Append(icmp.Code is 0 or 6 or 9 or 11 ? "net " : "host ");
                WriteQuotedDestination(ref sink, icmp);
                sink.Append(icmp.Code switch
                {
                    6 or 7 => " unreachable - unknown",
                    9 or 10 => " unreachable - admin prohibited",
                    11 or 12 => " unreachable - tos prohibited",
                    13 => " unreachable - admin prohibited filter",
                    14 => " unreachable - host precedence violation",
                    15 => " unreachable - precedence cutoff",
                    _ => " unreachable",
                });
                break;
            default:
                WriteQuotedDestination(ref sink, icmp);
                sink.Append(" unreachable - #");
                sink.Append(icmp.Code);
                break;
        }
    }

    private static void WriteVersion6(ref TextSink sink, IcmpHeader icmp)
    {
        switch (icmp.Type)
        {
            case 1:
                sink.Append("destination unreachable");
                WriteUnreachable6(ref sink, icmp);
                break;
            case 2:
                sink.Append("packet too big, mtu ");
                sink.Append(icmp.Rest);
                break;
            case 3 when icmp.Code == 1:
                sink.Append("time exceeded in-transit (reassembly)");
                break;
            case 3:
                sink.Append("time exceeded in-transit for ");
                WriteQuotedDestination(ref sink, icmp);
                break;
            case 4:
                sink.Append(icmp.Code switch
                {
                    0 => "parameter problem, erroneous - octet ",
                    1 => "parameter problem, next header - octet ",
                    _ => "parameter problem, option - octet ",
                });
                sink.Append(icmp.Rest);
                break;
            case 128 or 129:
                sink.Append(icmp.Type == 128 ? "echo request" : "echo reply");
                WriteEcho(ref sink, icmp);
                break;
            case 130 when icmp.Payload.Length >= 20:
                sink.Append("multicast listener query v2");
                WriteTarget(ref sink, icmp, " [gaddr ");
                sink.Append(']');
                break;
            case 130 or 131 or 132:
                sink.Append(icmp.Type switch
                {
                    130 => "multicast listener query, max resp delay: ",
                    131 => "multicast listener report, max resp delay: ",
                    _ => "multicast listener done, max resp delay: ",
                });
                sink.Append(icmp.Identifier);
                WriteTarget(ref sink, icmp, ", addr: ");
                break;
            case 133:
                sink.Append("router solicitation");
                break;
            case 134:
                sink.Append("router advertisement");
                break;
            case 135:
                sink.Append("neighbor solicitation");
                WriteTarget(ref sink, icmp, ", who has ");
                break;
            case 136:
                sink.Append("neighbor advertisement");
                WriteTarget(ref sink, icmp, ", tgt is ");
                break;
            case 137:
                sink.Append("redirect");
                if (icmp.Payload.Length >= 32)
                {
                    sink.Append(", ");
                    sink.Append(InternetAddress.ReadIPv6(icmp.Payload[16..]));
                    sink.Append(" to ");
                    sink.Append(InternetAddress.ReadIPv6(icmp.Payload));
                }

                break;
            case 143:
                sink.Append("multicast listener report v2, ");
                sink.Append(icmp.SequenceNumber);
                sink.Append(" group record(s)");
                break;
            default:
                sink.Append("type-#");
                sink.Append(icmp.Type);
                break;
        }
    }

    private static void WriteCode(ref TextSink sink, IcmpHeader icmp, int from)
    {
        if (icmp.Code >= from)
        {
            sink.Append(icmp.Code);
        }
    }

    private static void WriteUnreachable6(ref TextSink sink, IcmpHeader icmp)
    {
        sink.Append(icmp.Code switch
        {
            0 => ", unreachable route ",
            1 => ", unreachable prohibited ",
            2 => ", beyond scope ",
            3 => ", unreachable address ",
            4 => ", unreachable port, ",
            _ => ", unreachable code-#",
        });
        if (icmp.Code > 4)
        {
            sink.Append(icmp.Code);
            return;
        }

        WriteQuotedDestination(ref sink, icmp);
        if (icmp.Code == 4)
        {
            WriteQuotedPort(ref sink, icmp);
        }
    }

    private static void WriteEcho(ref TextSink sink, IcmpHeader icmp)
    {
        sink.Append(", id ");
        sink.Append(icmp.Identifier);
        sink.Append(", seq ");
        sink.Append(icmp.SequenceNumber);
    }

    private static void WriteTarget(ref TextSink sink, IcmpHeader icmp, string before)
    {
        if (icmp.Payload.Length >= 16)
        {
            sink.Append(before);
            sink.Append(InternetAddress.ReadIPv6(icmp.Payload));
        }
    }

    // The packet that an error quotes is read like any other, but it may end anywhere.
    private static void WriteQuotedDestination(ref TextSink sink, IcmpHeader icmp)
    {
        if (TryReadQuoted(icmp, out PacketSummary quoted))
        {
            sink.Append(quoted.DestinationAddress);
        }
        else
        {
            sink.Append("[|ip]");
        }
    }

    private static void WriteQuotedPort(ref TextSink sink, IcmpHeader icmp)
    {
        if (!TryReadQuoted(icmp, out PacketSummary quoted))
        {
            return;
        }

        switch (quoted.Protocol)
        {
            case IPProtocol.Tcp:
                sink.Append(" tcp port ");
                break;
            case IPProtocol.Udp:
                sink.Append(" udp port ");
                break;
            default:
                sink.Append(" protocol ");
                sink.Append((int)quoted.Protocol);
                sink.Append(" port ");
                break;
        }

        sink.Append(quoted.DestinationPort);
    }

    private static bool TryReadQuoted(IcmpHeader icmp, out PacketSummary quoted) =>
        PacketSummary.TryRead(icmp.IsVersion6 ? LinkType.IPv6 : LinkType.IPv4, icmp.Payload, icmp.Payload.Length, out quoted);
}
