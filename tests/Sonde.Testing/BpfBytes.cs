using System.Buffers.Binary;

namespace Sonde.Testing;

/// <summary>What a capture device of macOS returns, byte by byte after bpf(4): no code of Sonde is used.</summary>
public static class BpfBytes
{
    /// <summary>The header before an Ethernet frame.</summary>
    public const int EthernetHeader = 18;

    /// <summary>The extended header of macOS 15 before an Ethernet frame.</summary>
    public const int ExtendedHeader = 66;

    /// <summary>The extended header of macOS 11 before an Ethernet frame.</summary>
    public const int EarlyExtendedHeader = 62;

    /// <summary>One record, without padding behind it.</summary>
    public static byte[] Record(ReadOnlySpan<byte> frame, int wireLength = -1, uint seconds = 1_700_000_000, int microseconds = 0, int header = EthernetHeader)
    {
        byte[] record = new byte[header + frame.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(record, seconds);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), microseconds);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(8), frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(12), wireLength < 0 ? frame.Length : wireLength);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(16), (ushort)header);
        frame.CopyTo(record.AsSpan(header));
        return record;
    }

    /// <summary>One record with the extended header of macOS 15.</summary>
    public static byte[] Extended(ReadOnlySpan<byte> frame, bool outbound, int wireLength = -1)
    {
        byte[] record = Record(frame, wireLength, header: ExtendedHeader);
        record[19] = (byte)(outbound ? 3 : 2); // BPF_HDR_EXT_FLAGS_TCP stands beside the direction
        return record;
    }

    /// <summary>One record with the extended header of macOS 11 and 12, whose flags stand elsewhere.</summary>
    public static byte[] EarlyExtended(ReadOnlySpan<byte> frame, bool outbound)
    {
        byte[] record = Record(frame, header: EarlyExtendedHeader);
        record[18] = (byte)(outbound ? 3 : 2);
        return record;
    }

    /// <summary>What one read returns: each record but the first begins at a multiple of four, the last one ends where it ends.</summary>
    public static byte[] Read(params ReadOnlySpan<byte[]> records)
    {
        var bytes = new List<byte>();
        foreach (byte[] record in records)
        {
            while (bytes.Count % 4 != 0)
            {
                bytes.Add(0xEE); // the kernel leaves there what was there before
            }

            bytes.AddRange(record);
        }

        return [.. bytes];
    }

    /// <summary>An Ethernet frame of this length and type, with its own number in its last byte.</summary>
    public static byte[] Frame(int length, ushort etherType = 0x0800, byte number = 0)
    {
        byte[] frame = new byte[length];
        ReadOnlySpan<byte> addresses = [0x02, 0xFC, 0, 0, 0, 1, 0x02, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE];
        addresses.CopyTo(frame);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), etherType);
        frame[^1] = number;
        return frame;
    }
}
