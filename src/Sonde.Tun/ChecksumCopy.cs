using System.Buffers.Binary;
using System.Runtime.CompilerServices;
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // vector code that is not optimised is ten times slower, and a short run would never see better
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
            Vector256<ulong> low2 = Vector256<ulong>.Zero;
            Vector256<ulong> high2 = Vector256<ulong>.Zero;
            int i = 0;
            for (; i < from.Length - 1; i += 2)
            {
                // Two at a time: additions wait for each other otherwise.
                Vector256<ulong> part = from[i];
                Vector256<ulong> part2 = from[i + 1];
                to[i] = part;
                to[i + 1] = part2;
                low += part & mask;
                high += part >>> 32;
                low2 += part2 & mask;
                high2 += part2 >>> 32;
            }

            if (i < from.Length)
            {
                Vector256<ulong> part = from[i];
                to[i] = part;
                low += part & mask;
                high += part >>> 32;
            }

            sum = Vector256.Sum(low + high + low2 + high2);
            int done = from.Length * Vector256<byte>.Count;
            source = source[done..];
            destination = destination[done..];
        }

        source.CopyTo(destination);
        return sum + SumTail(source);
    }

    /// <summary>Sums without a copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static ulong Sum(ReadOnlySpan<byte> source)
    {
        ulong sum = 0;
        if (Vector256.IsHardwareAccelerated && source.Length >= Vector256<byte>.Count)
        {
            ReadOnlySpan<Vector256<ulong>> from = MemoryMarshal.Cast<byte, Vector256<ulong>>(source);
            Vector256<ulong> mask = Vector256.Create(0xFFFF_FFFFUL);
            Vector256<ulong> low = Vector256<ulong>.Zero;
            Vector256<ulong> high = Vector256<ulong>.Zero;
            Vector256<ulong> low2 = Vector256<ulong>.Zero;
            Vector256<ulong> high2 = Vector256<ulong>.Zero;
            int i = 0;
            for (; i < from.Length - 1; i += 2)
            {
                Vector256<ulong> part = from[i];
                Vector256<ulong> part2 = from[i + 1];
                low += part & mask;
                high += part >>> 32;
                low2 += part2 & mask;
                high2 += part2 >>> 32;
            }

            if (i < from.Length)
            {
                low += from[i] & mask;
                high += from[i] >>> 32;
            }

            sum = Vector256.Sum(low + high + low2 + high2);
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

        if (source.Length >= 4)
        {
            sum += MemoryMarshal.Read<uint>(source);
            source = source[4..];
        }

        if (source.Length >= 2)
        {
            sum += MemoryMarshal.Read<ushort>(source);
            source = source[2..];
        }

        // A single byte is the first of a word whose second is zero.
        return source.IsEmpty ? sum : sum + (BitConverter.IsLittleEndian ? source[0] : (ulong)source[0] << 8);
    }
}
