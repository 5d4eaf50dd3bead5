using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureTunnel;

/// <summary>Opens what a <see cref="PacketSealer"/> sealed, each datagram once.</summary>
public sealed class PacketOpener : IDisposable
{
    private const int Window = 64;

    private readonly ChaCha20Poly1305 _cipher;
    private readonly byte[] _nonce = new byte[12];
    private ulong _highest;
    private ulong _seen; // bit n: highest - n has come

    public PacketOpener(ReadOnlySpan<byte> key, bool isFirst) => _cipher = new ChaCha20Poly1305(PacketSealer.DirectionKey(key, isFirst));

    /// <summary>Opens in place.</summary>
    /// <returns><see langword="false"/> for what is forged, damaged, too old or has come before.</returns>
    public bool TryOpen(Span<byte> datagram, out Span<byte> packet)
    {
        packet = default;
        if (datagram.Length <= PacketSealer.CounterSize + PacketSealer.TagSize)
        {
            return false;
        }

        ulong counter = BinaryPrimitives.ReadUInt64LittleEndian(datagram);
        if (counter + Window <= _highest || (counter <= _highest && ((_seen >> (int)(_highest - counter)) & 1) != 0))
        {
            return false;
        }

        Span<byte> text = datagram[PacketSealer.CounterSize..^PacketSealer.TagSize];
        datagram[..PacketSealer.CounterSize].CopyTo(_nonce.AsSpan(4));
        try
        {
            _cipher.Decrypt(_nonce, text, datagram[^PacketSealer.TagSize..], text, datagram[..PacketSealer.CounterSize]);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        // Only what is genuine moves the window.
        if (counter > _highest)
        {
            ulong ahead = counter - _highest;
            _seen = ahead >= Window ? 0 : _seen << (int)ahead;
            _highest = counter;
        }

        _seen |= 1UL << (int)(_highest - counter);
        packet = text;
        return true;
    }

    public void Dispose() => _cipher.Dispose();
}
