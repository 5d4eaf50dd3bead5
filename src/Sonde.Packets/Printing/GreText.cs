using Sonde.Packets.Headers;

namespace Sonde.Packets.Printing;

/// <summary>GRE tunnels as text, with the packet within.</summary>
internal static class GreText
{
    public static void Write(ref TextSink sink, in IPUpperLayer ip, ReadOnlySpan<byte> payload)
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
}
