using System.Buffers.Binary;
using Sonde.Packets.Headers;

namespace Sonde.Packets.Printing;

/// <summary>SCTP packets as text: their chunks by name.</summary>
internal static class SctpText
{
    public static void Write(ref TextSink sink, in IPUpperLayer ip, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 4)
        {
            ip.WriteTruncated(ref sink, "sctp");
            return;
        }

        ip.WriteEnds(ref sink, BinaryPrimitives.ReadUInt16BigEndian(packet), BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        sink.Append("sctp");
        if (!SctpHeader.TryParse(packet, out SctpHeader sctp, out _))
        {
            sink.Append(" [|sctp]");
            return;
        }

        int number = 0;
        foreach (SctpChunk chunk in sctp.Chunks)
        {
            sink.Append(number == 0 ? " (" : ", (");
            sink.Append(++number);
            sink.Append(") [");
            WriteType(ref sink, chunk.Type);
            sink.Append(']');
            if (chunk.Type is 1 or 2 && chunk.Data.Length >= 16)
            {
                WriteInit(ref sink, chunk.Data);
            }
            else if (chunk.Type == 0 && chunk.Data.Length >= 12)
            {
                WriteData(ref sink, chunk);
            }
        }
    }

    private static void WriteInit(ref TextSink sink, ReadOnlySpan<byte> data)
    {
        sink.Append(" [init tag: ");
        sink.Append(BinaryPrimitives.ReadUInt32BigEndian(data));
        sink.Append("] [rwnd: ");
        sink.Append(BinaryPrimitives.ReadUInt32BigEndian(data[4..]));
        sink.Append("] [OS: ");
        sink.Append(BinaryPrimitives.ReadUInt16BigEndian(data[8..]));
        sink.Append("] [MIS: ");
        sink.Append(BinaryPrimitives.ReadUInt16BigEndian(data[10..]));
        sink.Append("] [init TSN: ");
        sink.Append(BinaryPrimitives.ReadUInt32BigEndian(data[12..]));
        sink.Append(']');
    }

    private static void WriteData(ref TextSink sink, SctpChunk chunk)
    {
        sink.Append((chunk.Flags & 2) != 0 ? " (B)" : "");
        sink.Append((chunk.Flags & 1) != 0 ? "(E)" : "");
        sink.Append(" [TSN: ");
        sink.Append(BinaryPrimitives.ReadUInt32BigEndian(chunk.Data));
        sink.Append("] [SID: ");
        sink.Append(BinaryPrimitives.ReadUInt16BigEndian(chunk.Data[4..]));
        sink.Append("] [SSEQ ");
        sink.Append(BinaryPrimitives.ReadUInt16BigEndian(chunk.Data[6..]));
        sink.Append("] [PPID 0x");
        LinkText.AppendShortHex(ref sink, BinaryPrimitives.ReadUInt32BigEndian(chunk.Data[8..]));
        sink.Append(']');
    }

    private static void WriteType(ref TextSink sink, byte type)
    {
        string name = type switch
        {
            0 => "DATA",
            1 => "INIT",
            2 => "INIT ACK",
            3 => "SACK",
            4 => "HB REQ",
            5 => "HB ACK",
            6 => "ABORT",
            7 => "SHUTDOWN",
            8 => "SHUTDOWN ACK",
            9 => "OP ERR",
            10 => "COOKIE ECHO",
            11 => "COOKIE ACK",
            14 => "SHUTDOWN COMPLETE",
            _ => "",
        };
        sink.Append(name);
        if (name.Length == 0)
        {
            sink.Append("chunk type 0x");
            sink.AppendHex(type, 2);
        }
    }
}
