using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sonde.Tun;

/// <summary>The ones' complement sum of RFC 1071 fused with a copy, so that each byte passes the processor once; and the sum alone.</summary>
/// <remarks>
/// Sums are of 16-bit words in the processor's own order, as 64-bit numbers that are congruent modulo 65535: adding 32-bit words adds
/// their halves (2^16 ≡ 1). <see cref="ToNetwork"/> turns a sum into the order of the wire.
/// </remarks>
internal static class ChecksumCopy
{
    /// <summary>Copies and sums. Both spans are of the same length.</summary>
    internal static ulong CopyAndSum(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        ulong sum = 0;
        if (Vector256.IsHardwareAccelerated && source.Length >= Vector256<byte>.Count)
        {
            ReadOnlySpan<Vector256<ulong>> from = MemoryMarshal.Cast<byte, Vector256<ulong>>(source);
            Span<Vector256<ulong>> to = MemoryMarshal.Cast<byte, Vector256<ulong>>(destination)[..from.Length];
            Vector256<ulong> mask = Vector256.Create(0xFFFF_FFFFUL);
            Vector256<ulong> low = Vector256<ulong>.Zero;
            Vector256<ulong> high = Vector256<ulong>.Zero;
            for (int i = 0; i < from.Length; i++)
            {
                Vector256<ulong> part = from[i];
                to[i] = part;
                low += part & mask;
                high += part >>> 32;
            }

            sum = Vector256.Sum(low + high);
            int done = from.Length * Vector256<byte>.Count;
            source = source[done..];
            destination = destination[done..];
        }

        source.CopyTo(destination);
        return sum + SumTail(source);
    }

    /// <summary>Sums without a copy.</summary>
    internal static ulong Sum(ReadOnlySpan<byte> source)
    {
        ulong sum = 0;
        if (Vector256.IsHardwareAccelerated && source.Length >= Vector256<byte>.Count)
        {
            ReadOnlySpan<Vector256<ulong>> from = MemoryMarshal.Cast<byte, Vector256<ulong>>(source);
            Vector256<ulong> mask = Vector256.Create(0xFFFF_FFFFUL);
            Vector256<ulong> low = Vector256<ulong>.Zero;
            Vector256<ulong> high = Vector256<ulong>.Zero;
            foreach (ref readonly Vector256<ulong> part in from)
            {
                low += part & mask;
                high += part >>> 32;
            }

            sum = Vector256.Sum(low + high);
            source = source[(from.Length * Vector256<byte>.Count)..];
        }

        return sum + SumTail(source);
    }

    /// <summary>Folds a sum to 16 bits, in the order of the wire; not complemented.</summary>
    internal static ushort ToNetwork(ulong sum)
    {
        ushort folded = Fold(sum);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(folded) : folded;
    }

    /// <summary>Folds a sum to 16 bits, whatever its order.</summary>
    internal static ushort Fold(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        uint half = (uint)(sum & 0xFFFF) + (uint)(sum >> 16);
        half = (half & 0xFFFF) + (half >> 16);
        return (ushort)half;
    }

    /// <summary>A 16-bit number as a term of such a sum.</summary>
    internal static ulong InHostOrder(int word) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((ushort)word) : (ushort)word;

    // Less than a vector, or everything where there are no vectors.
    private static ulong SumTail(ReadOnlySpan<byte> source)
    {
        ulong sum = 0;
        for (; source.Length >= 8; source = source[8..])
        {
            ulong part = MemoryMarshal.Read<ulong>(source);
            sum += (part & 0xFFFF_FFFF) + (part >> 32);
        }

        if (source.IsEmpty)
        {
            return sum;
        }

        // What is missing to a word counts as zero, at the far end.
        Span<byte> rest = stackalloc byte[8];
        rest.Clear();
        source.CopyTo(rest);
        ulong last = MemoryMarshal.Read<ulong>(rest);
        return sum + (last & 0xFFFF_FFFF) + (last >> 32);
    }
}
