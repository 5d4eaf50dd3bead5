using System.Buffers.Binary;

namespace Sonde.Packets.Files;

/// <summary>Numbers as a capture file holds them: in the byte order that its header announced.</summary>
internal static class FileBytes
{
    internal static ushort ReadUInt16(ReadOnlySpan<byte> source, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(source) : BinaryPrimitives.ReadUInt16LittleEndian(source);

    internal static uint ReadUInt32(ReadOnlySpan<byte> source, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(source) : BinaryPrimitives.ReadUInt32LittleEndian(source);

    internal static ulong ReadUInt64(ReadOnlySpan<byte> source, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(source) : BinaryPrimitives.ReadUInt64LittleEndian(source);

    /// <summary>Reads a timestamp of pcapng: two words, the high one first in either byte order.</summary>
    internal static ulong ReadTicks(ReadOnlySpan<byte> source, bool isBigEndian) =>
        ((ulong)ReadUInt32(source, isBigEndian) << 32) | ReadUInt32(source[4..], isBigEndian);

    internal static void WriteUInt16(Span<byte> target, ushort value, bool isBigEndian)
    {
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(target, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target, value);
        }
    }

    internal static void WriteUInt32(Span<byte> target, uint value, bool isBigEndian)
    {
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(target, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target, value);
        }
    }

    internal static void WriteUInt64(Span<byte> target, ulong value, bool isBigEndian)
    {
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(target, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target, value);
        }
    }

    internal static void WriteTicks(Span<byte> target, ulong ticks, bool isBigEndian)
    {
        WriteUInt32(target, (uint)(ticks >> 32), isBigEndian);
        WriteUInt32(target[4..], (uint)ticks, isBigEndian);
    }

    /// <summary>A length rounded up to the four bytes that pcapng aligns to.</summary>
    internal static int Padded(int length) => (length + 3) & ~3;
}
