using System.Buffers.Binary;
using Sonde.Packets.Headers;

namespace Sonde.Packets.Printing;

/// <summary>TCP segments as text.</summary>
internal static class TcpText
{
    private const int MaxLineLength = 200;

    public static void Write(ref TextSink sink, in IPUpperLayer ip, ReadOnlySpan<byte> segment)
    {
        if (segment.Length < 4)
        {
            ip.WriteTruncated(ref sink, "tcp");
            return;
        }

        int source = BinaryPrimitives.ReadUInt16BigEndian(segment);
        int destination = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
        ip.WriteEnds(ref sink, source, destination);
        if (!TcpHeader.TryParse(segment, out TcpHeader tcp, out PacketDefect defect))
        {
            sink.Append(defect == PacketDefect.Truncated ? "[|tcp]" : "[bad hdr length]");
            return;
        }

        int length = Math.Max(ip.Length - tcp.HeaderLength, 0);
        WriteFlags(ref sink, tcp.Flags);
        if (tcp.HeaderLength > ip.Length)
        {
            sink.Append(" [bad hdr length ");
            sink.Append(tcp.HeaderLength);
            sink.Append(" - too long, > ");
            sink.Append(ip.Length);
            sink.Append(']');
            return;
        }

        if (length > 0 || (tcp.Flags & (TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst)) != TcpFlags.None)
        {
            sink.Append(", seq ");
            sink.Append(tcp.SequenceNumber);
            if (length > 0)
            {
                sink.Append(':');
                sink.Append(unchecked(tcp.SequenceNumber + (uint)length));
            }
        }

        if ((tcp.Flags & TcpFlags.Ack) != TcpFlags.None)
        {
            sink.Append(", ack ");
            sink.Append(tcp.AcknowledgmentNumber);
        }

        sink.Append(", win ");
        sink.Append(tcp.Window);
        if ((tcp.Flags & TcpFlags.Urg) != TcpFlags.None)
        {
            sink.Append(", urg ");
            sink.Append(tcp.UrgentPointer);
        }

        WriteOptions(ref sink, tcp);
        LinkText.AppendLength(ref sink, length);
        if (length > 0)
        {
            WritePayload(ref sink, source, destination, tcp.Payload);
        }
    }

    private static void WriteFlags(ref TextSink sink, TcpFlags flags)
    {
        sink.Append("Flags [");
        if (flags == TcpFlags.None)
        {
            sink.Append("none");
        }

        for (int bit = 0; bit < 9; bit++)
        {
            if (((int)flags & (1 << bit)) != 0)
            {
                sink.Append("FSRP.UEWe"[bit]);
            }
        }

        sink.Append(']');
    }

    private static void WriteOptions(ref TextSink sink, TcpHeader tcp)
    {
        if (tcp.Options.IsEmpty)
        {
            return;
        }

        sink.Append(", options [");
        bool first = true;
        HeaderOptions.Enumerator options = tcp.Options.GetEnumerator();
        while (options.MoveNext())
        {
            if (!first)
            {
                sink.Append(',');
            }

            WriteOption(ref sink, tcp, options.Current);
            first = false;
        }

        if (options.HasDefect)
        {
            sink.Append(first ? "[bad opt]" : ",[bad opt]");
        }
        else if (options.EndedByOption)
        {
            sink.Append(first ? "eol" : ",eol");
        }

        sink.Append(']');
    }

    private static void WriteOption(ref TextSink sink, TcpHeader tcp, HeaderOption option)
    {
        switch (option.Kind)
        {
            case TcpOptionKind.NoOperation:
                sink.Append("nop");
                break;
            case TcpOptionKind.MaximumSegmentSize when option.Data.Length == 2:
                sink.Append("mss ");
                sink.Append(BinaryPrimitives.ReadUInt16BigEndian(option.Data));
                break;
            case TcpOptionKind.WindowScale when option.Data.Length == 1:
                sink.Append("wscale ");
                sink.Append(option.Data[0]);
                break;
            case TcpOptionKind.SackPermitted:
                sink.Append("sackOK");
                break;
            case TcpOptionKind.Sack:
                SackBlocks blocks = tcp.GetSackBlocks();
                sink.Append("sack ");
                sink.Append(blocks.Count);
                sink.Append(' ');
                for (int i = 0; i < blocks.Count; i++)
                {
                    sink.Append('{');
                    sink.Append(blocks[i].Start);
                    sink.Append(':');
                    sink.Append(blocks[i].End);
                    sink.Append('}');
                }

                break;
            case TcpOptionKind.Timestamps when option.Data.Length == 8:
                sink.Append("TS val ");
                sink.Append(BinaryPrimitives.ReadUInt32BigEndian(option.Data));
                sink.Append(" ecr ");
                sink.Append(BinaryPrimitives.ReadUInt32BigEndian(option.Data[4..]));
                break;
            case TcpOptionKind.Md5:
                sink.Append("md5");
                break;
            case TcpOptionKind.Multipath:
                sink.Append("mptcp ");
                sink.Append(option.Data.Length + 2);
                break;
            case TcpOptionKind.FastOpen:
                sink.Append("tfo");
                sink.Append(option.Data.IsEmpty ? "  cookiereq" : "  cookie ");
                sink.AppendHex(option.Data);
                break;
            default:
                sink.Append("unknown-");
                sink.Append(option.Kind);
                if (!option.Data.IsEmpty)
                {
                    sink.Append(" 0x");
                    sink.AppendHex(option.Data);
                }

                break;
        }
    }

    // The first line of protocols that are text, where it is one that says something.
    private static void WritePayload(ref TextSink sink, int source, int destination, ReadOnlySpan<byte> payload)
    {
        if (Is(80) || Is(8080) || Is(3128))
        {
            sink.Append(": HTTP");
            if (IsHttpLine(payload))
            {
                WriteLine(ref sink, payload);
            }
        }
        else if (Is(22))
        {
            if (payload.StartsWith("SSH-"u8))
            {
                sink.Append(": SSH");
                WriteLine(ref sink, payload);
            }
        }
        else if (Is(179))
        {
            sink.Append(": BGP");
        }
        else if (Is(53) && payload.Length > 2)
        {
            sink.Append(' ');
            DnsText.Write(ref sink, payload[2..], BinaryPrimitives.ReadUInt16BigEndian(payload), isMulticast: false);
        }

        bool Is(int port) => source == port || destination == port;
    }

    private static bool IsHttpLine(ReadOnlySpan<byte> payload) =>
        payload.StartsWith("HTTP/"u8) || Applications.HttpRequestHead.TryParse(payload, out _, out _);

    private static void WriteLine(ref TextSink sink, ReadOnlySpan<byte> payload)
    {
        int end = payload.IndexOfAny((byte)'\r', (byte)'\n');
        sink.Append(": ");
        sink.AppendUntrusted(payload[..Math.Min(end < 0 ? payload.Length : end, MaxLineLength)]);
    }
}
