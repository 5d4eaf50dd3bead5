using System.Buffers.Binary;
using Sonde.Packets.Applications;
using Sonde.Packets.Headers;

namespace Sonde.Packets.Printing;

/// <summary>UDP datagrams as text.</summary>
internal static class UdpText
{
    private const int LegacyVxlanPort = 8472;

    public static void Write(ref TextSink sink, in IPUpperLayer ip, ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 4)
        {
            ip.WriteTruncated(ref sink, "udp");
            return;
        }

        int source = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        int destination = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        ip.WriteEnds(ref sink, source, destination);
        if (!UdpHeader.TryParse(datagram, out UdpHeader udp, out PacketDefect defect))
        {
            sink.Append(defect == PacketDefect.Truncated ? "[|udp]" : "truncated-udplength ");
            if (defect != PacketDefect.Truncated)
            {
                sink.Append(BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]));
            }

            return;
        }

        int length = udp.DeclaredLength == 0 ? Math.Max(ip.Length - UdpHeader.Size, 0) : udp.PayloadLength;
        if (!TryWritePayload(ref sink, in ip, source, destination, udp.Payload, length))
        {
            sink.Append("UDP");
            LinkText.AppendLength(ref sink, length);
        }
    }

    private static bool TryWritePayload(ref TextSink sink, in IPUpperLayer ip, int source, int destination, ReadOnlySpan<byte> payload, int length)
    {
        if ((Is(DnsMessage.Port) || Is(DnsMessage.MulticastPort) || Is(DnsMessage.LinkLocalPort)) && payload.Length >= DnsMessage.HeaderSize)
        {
            DnsText.Write(ref sink, payload, length, Is(DnsMessage.MulticastPort));
            return true;
        }

        if ((Is(DhcpMessage.ServerPort) || Is(DhcpMessage.ClientPort)) && DhcpMessage.TryParse(payload, out DhcpMessage dhcp, out _))
        {
            sink.Append(dhcp.IsRequest ? "BOOTP/DHCP, Request from " : "BOOTP/DHCP, Reply");
            if (dhcp.IsRequest)
            {
                sink.Append(dhcp.ClientHardware);
            }

            LinkText.AppendLength(ref sink, length);
            return true;
        }

        if ((Is(Dhcp6Message.ServerPort) || Is(Dhcp6Message.ClientPort)) && !payload.IsEmpty)
        {
            sink.Append("dhcp6 ");
            sink.Append(NameOfDhcp6(payload[0]));
            return true;
        }

        if (Is(NtpHeader.Port) && NtpHeader.TryParse(payload, out NtpHeader ntp, out _))
        {
            sink.Append("NTPv");
            sink.Append(ntp.Version);
            sink.Append(ntp.Mode switch
            {
                1 => ", symmetric active",
                2 => ", symmetric passive",
                3 => ", Client",
                4 => ", Server",
                _ => ", Broadcast",
            });
            LinkText.AppendLength(ref sink, length);
            return true;
        }

        if ((destination == VxlanHeader.Port || destination == LegacyVxlanPort) && ip.Depth < LinkText.MaxDepth
            && VxlanHeader.TryParse(payload, out VxlanHeader vxlan, out _))
        {
            sink.Append("VXLAN, flags [I] (0x");
            sink.AppendHex(vxlan.Flags, 2);
            sink.Append("), vni ");
            sink.Append(vxlan.NetworkIdentifier);
            sink.Append(": ");
            LinkText.Write(ref sink, LinkType.Ethernet, vxlan.Payload, Math.Max(length - VxlanHeader.Size, vxlan.Payload.Length), ip.Depth + 1);
            return true;
        }

        if (Is(443) && QuicInitial.IsCandidate(payload))
        {
            sink.Append("quic, initial, dcid ");
            sink.AppendHex(payload.Slice(6, payload[5]));
            LinkText.AppendLength(ref sink, length);
            return true;
        }

        return false;

        bool Is(int port) => source == port || destination == port;
    }

    private static string NameOfDhcp6(byte type) => type switch
    {
        1 => "solicit",
        2 => "advertise",
        3 => "request",
        4 => "confirm",
        5 => "renew",
        6 => "rebind",
        7 => "reply",
        8 => "release",
        9 => "decline",
        10 => "reconf",
        11 => "inf-req",
        12 => "relay-fwd",
        13 => "relay-reply",
        _ => "msgtype-unknown",
    };
}
