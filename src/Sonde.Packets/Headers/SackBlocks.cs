using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>The stretches in a selective acknowledgement, at most four.</summary>
public readonly ref struct SackBlocks
{
    private const int BlockSize = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    internal SackBlocks(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>How many there are; bytes that make no whole stretch are left out.</summary>
    public int Count => _bytes.Length / BlockSize;

    /// <summary>The stretch at a place from 0 to below <see cref="Count"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none at that place.</exception>
    public SackBlock this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            ReadOnlySpan<byte> block = _bytes.Slice(index * BlockSize, BlockSize);
            return new SackBlock(BinaryPrimitives.ReadUInt32BigEndian(block), BinaryPrimitives.ReadUInt32BigEndian(block[4..]));
        }
    }
}
