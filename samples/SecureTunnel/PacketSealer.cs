using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureTunnel;

/// <summary>Seals packets with ChaCha20-Poly1305. A datagram is: counter (8 bytes), ciphertext, tag (16 bytes).</summary>
public sealed class PacketSealer : IDisposable
{
    public const int CounterSize = 8;
    public const int TagSize = 16;

    private readonly ChaCha20Poly1305 _cipher;
    private readonly byte[] _nonce = new byte[12];
    private ulong _counter;

    /// <summary>Takes a key that both sides share; each direction derives its own, so that no nonce is used twice with one key.</summary>
    public PacketSealer(ReadOnlySpan<byte> key, bool isFirst)
    {
        // A restarted side must not count from zero again under the same key: time in the upper bits goes on where the clock does.
        _counter = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() << 20;
        _cipher = new ChaCha20Poly1305(DirectionKey(key, isFirst));
    }

    /// <summary>Seals in place: the packet stands between the room for the counter and the room for the tag.</summary>
    public void Seal(Span<byte> datagram)
    {
        Span<byte> packet = datagram[CounterSize..^TagSize];
        BinaryPrimitives.WriteUInt64LittleEndian(datagram, ++_counter);
        datagram[..CounterSize].CopyTo(_nonce.AsSpan(4));
        _cipher.Encrypt(_nonce, packet, packet, datagram[^TagSize..], datagram[..CounterSize]);
    }

    public void Dispose() => _cipher.Dispose();

    internal static byte[] DirectionKey(ReadOnlySpan<byte> key, bool isFirst)
    {
        byte[] derived = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt: [], info: isFirst ? "sonde sample, first to second"u8 : "sonde sample, second to first"u8);
        return derived;
    }
}
