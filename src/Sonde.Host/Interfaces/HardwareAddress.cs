using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sonde.Host.Interfaces;

/// <summary>A link-layer address of up to 32 bytes: six for Ethernet, twenty for InfiniBand, four for an IPv4 tunnel.</summary>
public readonly struct HardwareAddress : IEquatable<HardwareAddress>
{
    /// <summary>The longest address a system uses, in bytes (MAX_ADDR_LEN, IF_MAX_PHYS_ADDRESS_LENGTH).</summary>
    public const int MaxLength = 32;

    private readonly Bytes _bytes;
    private readonly byte _length;

    /// <summary>Copies <paramref name="address"/>.</summary>
    /// <exception cref="ArgumentException">It is longer than <see cref="MaxLength"/>.</exception>
    public HardwareAddress(ReadOnlySpan<byte> address)
    {
        if (address.Length > MaxLength)
        {
            throw new ArgumentException($"A link-layer address has at most {MaxLength} bytes, not {address.Length}.", nameof(address));
        }

        address.CopyTo(_bytes);
        _length = (byte)address.Length;
    }

    /// <summary>How many bytes it has.</summary>
    public int Length => _length;

    /// <summary>Compares the bytes.</summary>
    public static bool operator ==(HardwareAddress left, HardwareAddress right) => left.Equals(right);

    /// <summary>Compares the bytes.</summary>
    public static bool operator !=(HardwareAddress left, HardwareAddress right) => !left.Equals(right);

    /// <summary>Copies the bytes to <paramref name="destination"/>, which must have room for <see cref="Length"/> of them.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes)[.._length].CopyTo(destination);

    /// <inheritdoc/>
    public bool Equals(HardwareAddress other) =>
        ((ReadOnlySpan<byte>)_bytes)[.._length].SequenceEqual(((ReadOnlySpan<byte>)other._bytes)[..other._length]);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is HardwareAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(((ReadOnlySpan<byte>)_bytes)[.._length]);
        return hash.ToHashCode();
    }

    /// <summary>The bytes in hexadecimal with colons: "02:fc:00:00:00:01".</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[MaxLength * 3];
        int at = 0;
        for (int i = 0; i < _length; i++)
        {
            if (i > 0)
            {
                text[at++] = ':';
            }

            _bytes[i].TryFormat(text[at..], out int written, "x2", CultureInfo.InvariantCulture);
            at += written;
        }

        return new string(text[..at]);
    }

    [InlineArray(MaxLength)]
    private struct Bytes
    {
        private byte _first;
    }
}
