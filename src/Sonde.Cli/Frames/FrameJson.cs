using System.Globalization;
using Sonde.Cli.Output;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Headers;

namespace Sonde.Cli.Frames;

/// <summary>Frames as JSON objects, written by hand: nothing is allocated per frame, but by decrypting the first packets of a QUIC connection.</summary>
/// <remarks>A field that a frame does not have is left out. What the wire holds as text is escaped by the writer.</remarks>
internal static class FrameJson
{
    private static readonly string[] s_hexDigits = [.. Enumerable.Range(0, 256).Select(static value => value.ToString("x2", CultureInfo.InvariantCulture))];

    /// <summary>Writes one object.</summary>
    internal static void Write(JsonText json, in FrameRow row)
    {
        json.BeginObject();
        json.Property("type"u8, "packet"u8);
        json.Property("number"u8, row.Number);
        WriteTime(json, row.TimestampNanoseconds);
        if (row.InterfaceName is not null)
        {
            json.Property("interface"u8, row.InterfaceName);
        }

        json.Property("interface_id"u8, row.InterfaceId);
        if (row.Direction != PacketDirection.Unknown)
        {
            json.Property("direction"u8, FrameWords.Of(row.Direction));
        }

        json.Property("captured_length"u8, row.Data.Length);
        json.Property("wire_length"u8, row.WireLength);
        if (FrameWords.Of(row.LinkType) is { } link)
        {
            json.Property("link_type"u8, link);
        }
        else
        {
            json.Property("link_type"u8, (int)row.LinkType);
        }

        WriteHeaders(json, row);
        if (!row.Comment.IsEmpty)
        {
            WriteText(json, "comment"u8, row.Comment);
        }

        json.EndObject();
    }

    /// <summary>Writes text from the wire as a string; a text beyond 1024 bytes is cut.</summary>
    internal static void WriteText(JsonText json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<char> text = stackalloc char[1024];
        int length = FrameApplication.Decode(value, text);
        json.Property(name, text[..length]);
    }

    internal static void WriteAddress(JsonText json, ReadOnlySpan<byte> name, InternetAddress address)
    {
        Span<char> text = stackalloc char[InternetAddress.MaxTextLength];
        address.TryFormat(text, out int length);
        json.Property(name, text[..length]);
    }

    internal static void WriteAddress(JsonText json, ReadOnlySpan<byte> name, MacAddress address)
    {
        Span<char> text = stackalloc char[MacAddress.TextLength];
        address.TryFormat(text, out int length);
        json.Property(name, text[..length]);
    }

    internal static void WriteTime(JsonText json, long? timestampNanoseconds)
    {
        if (timestampNanoseconds is long time)
        {
            Span<char> text = stackalloc char[FrameTimeText.MaxLength];
            json.Property("time"u8, text[..FrameTimeText.FormatIso(time, text)]);
            json.Property("time_ns"u8, time);
        }
        else
        {
            json.Name("time"u8);
            json.Null();
            json.Property("time_reason"u8, "none: the file does not tell"u8);
        }
    }

    private static void WriteHeaders(JsonText json, in FrameRow row)
    {
        PacketSummary.TryRead(row.LinkType, row.Data, row.WireLength, out PacketSummary summary);
        if (row.LinkType == LinkType.Ethernet && EthernetHeader.TryParse(row.Data, out EthernetHeader ethernet, out _))
        {
            WriteAddress(json, "source_mac"u8, ethernet.Source);
            WriteAddress(json, "destination_mac"u8, ethernet.Destination);
        }

        if (summary.Vlan != LinkHeader.NoVlan)
        {
            json.Property("vlan"u8, summary.Vlan);
        }

        WriteEtherType(json, summary.EtherType);
        if (summary.Depth >= PacketDepth.Network)
        {
            WriteNetwork(json, in summary);
        }
        else if (summary.EtherType == EtherType.Arp)
        {
            WriteArp(json, row.Data[summary.PayloadOffset..]);
        }

        if (summary.Defect != PacketDefect.None)
        {
            json.Property("defect"u8, FrameWords.Of(summary.Defect));
        }

        ApplicationJson.Write(json, FrameApplication.Find(in summary, row.Data));
    }

    private static void WriteEtherType(JsonText json, EtherType type)
    {
        if (type == EtherType.None)
        {
            return;
        }

        if (FrameWords.Of(type) is { } word)
        {
            json.Property("ethertype"u8, word);
            return;
        }

        Span<char> text = ['0', 'x', .. s_hexDigits[(int)type >> 8], .. s_hexDigits[(int)type & 0xFF]];
        json.Property("ethertype"u8, text);
    }

    private static void WriteNetwork(JsonText json, ref readonly PacketSummary summary)
    {
        WriteAddress(json, "source"u8, summary.SourceAddress);
        WriteAddress(json, "destination"u8, summary.DestinationAddress);
        json.Property("protocol"u8, FrameWords.Of(summary.Protocol));
        if (summary.IsFragment)
        {
            json.BeginObject("fragment"u8);
            json.Property("id"u8, summary.FragmentIdentification);
            json.Property("is_first"u8, !summary.IsLaterFragment);
            json.EndObject();
        }

        if (summary.Depth == PacketDepth.Transport)
        {
            if (summary.Protocol is IPProtocol.Icmp or IPProtocol.IcmpV6)
            {
                json.Property("icmp_type"u8, summary.IcmpType);
                json.Property("icmp_code"u8, summary.IcmpCode);
            }
            else
            {
                json.Property("source_port"u8, summary.SourcePort);
                json.Property("destination_port"u8, summary.DestinationPort);
            }
        }

        if (summary.Protocol == IPProtocol.Tcp && summary.Depth == PacketDepth.Transport)
        {
            Span<char> flags = stackalloc char[16];
            json.Property("tcp_flags"u8, flags[..FrameWords.Format(summary.TcpFlags, flags)]);
        }

        json.Property("payload_length"u8, summary.PayloadLength);
    }

    private static void WriteArp(JsonText json, ReadOnlySpan<byte> packet)
    {
        if (!ArpHeader.TryParse(packet, out ArpHeader arp, out _))
        {
            return;
        }

        json.BeginObject("arp"u8);
        json.Property("operation"u8, arp.Operation);
        WriteAddress(json, "sender_mac"u8, arp.SenderHardware);
        WriteAddress(json, "sender"u8, arp.Sender);
        WriteAddress(json, "target_mac"u8, arp.TargetHardware);
        WriteAddress(json, "target"u8, arp.Target);
        json.EndObject();
    }
}
