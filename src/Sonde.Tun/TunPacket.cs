using System.Buffers;

namespace Sonde.Tun;

/// <summary>One packet with memory of its own, for code that passes packets between threads. Dispose it to give the memory back.</summary>
/// <remarks>The comfortable way, not the fast one: each packet is copied and handed over singly. The fast way is <see cref="TunBatch"/>.</remarks>
public struct TunPacket : IDisposable
{
    private readonly int _length;
    private byte[]? _rented;

    internal TunPacket(ReadOnlySpan<byte> packet, TunSegmentation segmentation)
    {
        _rented = ArrayPool<byte>.Shared.Rent(packet.Length);
        _length = packet.Length;
        packet.CopyTo(_rented);
        Segmentation = segmentation;
    }

    /// <summary>The packet; empty after <see cref="Dispose"/>.</summary>
    public readonly ReadOnlyMemory<byte> Memory => _rented is null ? default : _rented.AsMemory(0, _length);

    /// <summary>Whether it stands for many, and whether its checksum is finished.</summary>
    public TunSegmentation Segmentation { get; }

    /// <summary>Gives the memory back; other copies of this value must not be used any more.</summary>
    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }
    }
}
