using System.Buffers.Binary;
using System.Numerics;

namespace Sonde.Packets;

/// <summary>The 16-bit ones' complement checksum of IP, TCP, UDP and ICMP (RFC 1071), summed a vector at a time.</summary>
public static class InternetChecksum
{
    /// <summary>The checksum of a header whose checksum field is zero; 0 for a header whose field is right.</summary>
    public static ushort Compute(ReadOnlySpan<byte> source) => Finish(Sum(source));

    /// <summary>The checksum of an upper layer over IP: the addresses, the protocol and the length count as well (RFC 8200, section 8.1).</summary>
    /// <param name="source">The sender, of the same family as <paramref name="destination"/>.</param>
    /// <param name="destination">The receiver.</param>
    /// <param name="protocol">The upper layer's number.</param>
    /// <param name="segment">Its header and payload, complete.</param>
    public static ushort Compute(InternetAddress source, InternetAddress destination, IPProtocol protocol, ReadOnlySpan<byte> segment)
    {
        // The mapped form adds ffff twice, which is zero in this arithmetic: one formula serves both families.
        Span<byte> pseudo = stackalloc byte[40];
        source.TryWriteBytes(pseudo);
        destination.TryWriteBytes(pseudo[16..]);
        BinaryPrimitives.WriteInt32BigEndian(pseudo[32..], segment.Length);
        BinaryPrimitives.WriteInt32BigEndian(pseudo[36..], (int)protocol);
        return Finish(Sum(pseudo) + Sum(segment));
    }

    /// <summary>The sum before it is folded and complemented: sums of parts of even length may be added up.</summary>
    public static ulong Sum(ReadOnlySpan<byte> source)
    {
        ulong sum = 0;
        while (Vector.IsHardwareAccelerated && source.Length >= 2 * Vector<byte>.Count)
        {
            // A lane takes at most 2 × 65535 per vector: 32768 vectors cannot overflow its 32 bits.
            int vectors = Math.Min(source.Length / Vector<byte>.Count, 32768);
            Vector<uint> lanes = Vector<uint>.Zero;
            for (int i = 0; i < vectors; i++)
            {
                Vector.Widen(Vector.AsVectorUInt16(new Vector<byte>(source)), out Vector<uint> low, out Vector<uint> high);
                lanes += low + high;
                source = source[Vector<byte>.Count..];
            }

            Vector.Widen(lanes, out Vector<ulong> lowLanes, out Vector<ulong> highLanes);
            sum += Vector.Sum(lowLanes + highLanes);
        }

        // The sum is the same in either byte order, but for the order of the bytes of the result (RFC 1071, section 2).
        ulong tail = SumTail(source);
        return tail + (BitConverter.IsLittleEndian ? Swap(sum) : sum);
    }

    /// <summary>Folds a sum to 16 bits and complements it.</summary>
    public static ushort Finish(ulong sum) => (ushort)~Fold(sum);

    private static ulong SumTail(ReadOnlySpan<byte> source)
    {
        ulong sum = 0;
        for (; source.Length >= 4; source = source[4..])
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(source);
        }

        if (source.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(source);
            source = source[2..];
        }

        return source.IsEmpty ? sum : sum + ((ulong)source[0] << 8);
    }

    private static ulong Swap(ulong sum) => BinaryPrimitives.ReverseEndianness((ushort)Fold(sum));

    private static uint Fold(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + ((sum >> 16) & 0xFFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (uint)((sum & 0xFFFF) + (sum >> 16));
    }
}
