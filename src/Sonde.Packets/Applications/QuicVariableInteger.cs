using System.Buffers.Binary;

namespace Sonde.Packets.Applications;

/// <summary>QUIC's integers of one, two, four or eight bytes (RFC 9000, section 16).</summary>
internal static class QuicVariableInteger
{
    public static bool TryRead(ReadOnlySpan<byte> source, ref int at, out ulong value)
    {
        value = 0;
        int length = at < source.Length ? 1 << (source[at] >> 6) : 1;
        if (length > source.Length - at)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = source[at..];
        value = length switch
        {
            1 => bytes[0] & 0x3FUL,
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes) & 0x3FFFUL,
            4 => BinaryPrimitives.ReadUInt32BigEndian(bytes) & 0x3FFF_FFFFUL,
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes) & 0x3FFF_FFFF_FFFF_FFFFUL,
        };
        at += length;
        return true;
    }
}
