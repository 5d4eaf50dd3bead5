using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sonde.Packets;

/// <summary>An Ethernet address: 48 bits, compared and hashed as one number.</summary>
public readonly struct MacAddress : IEquatable<MacAddress>, IComparable<MacAddress>, ISpanFormattable, ISpanParsable<MacAddress>
{
    /// <summary>Its length on the wire, in bytes.</summary>
    public const int Size = 6;

    /// <summary>Its length as text ("02:fc:00:00:00:01"), in characters.</summary>
    public const int TextLength = 17;

    private const ulong Mask = 0xFFFF_FFFF_FFFF;
    private const ulong GroupBit = 0x0100_0000_0000;
    private const ulong LocalBit = 0x0200_0000_0000;

    private readonly ulong _value;

    /// <summary>Takes the low 48 bits of <paramref name="value"/>, of which the highest byte is sent first.</summary>
    public MacAddress(ulong value) => _value = value & Mask;

    /// <summary>The address to which every station listens.</summary>
    public static MacAddress Broadcast => new(Mask);

    /// <summary>Whether it names a group of stations; broadcast is one.</summary>
    public bool IsMulticast => (_value & GroupBit) != 0;

    /// <summary>Whether it is <see cref="Broadcast"/>.</summary>
    public bool IsBroadcast => _value == Mask;

    /// <summary>Whether its owner chose it, rather than a manufacturer: virtual adapters and private Wi-Fi addresses.</summary>
    public bool IsLocallyAdministered => (_value & LocalBit) != 0;

    /// <summary>Compares the 48 bits.</summary>
    public static bool operator ==(MacAddress left, MacAddress right) => left._value == right._value;

    /// <summary>Compares the 48 bits.</summary>
    public static bool operator !=(MacAddress left, MacAddress right) => left._value != right._value;

    /// <summary>Orders as numbers.</summary>
    public static bool operator <(MacAddress left, MacAddress right) => left._value < right._value;

    /// <summary>Orders as numbers.</summary>
    public static bool operator >(MacAddress left, MacAddress right) => left._value > right._value;

    /// <summary>Orders as numbers.</summary>
    public static bool operator <=(MacAddress left, MacAddress right) => left._value <= right._value;

    /// <summary>Orders as numbers.</summary>
    public static bool operator >=(MacAddress left, MacAddress right) => left._value >= right._value;

    /// <summary>Reads the first six bytes of <paramref name="source"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than six.</exception>
    public static MacAddress Read(ReadOnlySpan<byte> source) =>
        new(((ulong)BinaryPrimitives.ReadUInt32BigEndian(source) << 16) | BinaryPrimitives.ReadUInt16BigEndian(source[4..]));

    /// <summary>Reads twelve hexadecimal digits in pairs joined by ':' or '-', or with nothing between them.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, out MacAddress result)
    {
        result = default;
        int step = s.Length switch { TextLength => 3, 2 * Size => 2, _ => 0 };
        if (step == 0)
        {
            return false;
        }

        ulong value = 0;
        for (int at = 0; at < s.Length; at += step)
        {
            if (!byte.TryParse(s.Slice(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte part)
                || (step == 3 && at + 2 < s.Length && s[at + 2] is not (':' or '-')))
            {
                return false;
            }

            value = (value << 8) | part;
        }

        result = new MacAddress(value);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out MacAddress)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out MacAddress result) => TryParse(s, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out MacAddress)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out MacAddress result) =>
        TryParse(s.AsSpan(), out result);

    /// <summary>Reads what <see cref="TryParse(ReadOnlySpan{char}, out MacAddress)"/> reads.</summary>
    /// <exception cref="FormatException">It is no address.</exception>
    public static MacAddress Parse(ReadOnlySpan<char> s) =>
        TryParse(s, out MacAddress result) ? result : throw new FormatException($"'{s}' is no MAC address: six pairs of hexadecimal digits are expected.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static MacAddress Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static MacAddress Parse(string s, IFormatProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan());
    }

    /// <summary>The address as a number, its first byte the highest of the 48 bits.</summary>
    public ulong ToUInt64() => _value;

    /// <summary>Writes the six bytes at the start of <paramref name="destination"/>.</summary>
    /// <returns><see langword="false"/> when there is no room for six.</returns>
    public bool TryWriteBytes(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)(_value >> 16));
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], (ushort)_value);
        return true;
    }

    /// <summary>Writes the text form, without allocating.</summary>
    /// <returns><see langword="false"/> when there is no room for it.</returns>
    public bool TryFormat(Span<char> destination, out int charsWritten)
    {
        charsWritten = 0;
        if (destination.Length < TextLength)
        {
            return false;
        }

        const string Digits = "0123456789abcdef";
        for (int i = 0; i < Size; i++)
        {
            int part = (int)(_value >> (40 - (8 * i))) & 0xFF;
            destination[3 * i] = Digits[part >> 4];
            destination[(3 * i) + 1] = Digits[part & 0xF];
            if (i < Size - 1)
            {
                destination[(3 * i) + 2] = ':';
            }
        }

        charsWritten = TextLength;
        return true;
    }

    /// <summary>Pairs of lower case hexadecimal digits joined by colons: "02:fc:00:00:00:01".</summary>
    public override string ToString() => string.Create(TextLength, this, static (span, address) => address.TryFormat(span, out _));

    /// <inheritdoc cref="TryFormat(Span{char}, out int)"/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(destination, out charsWritten);

    /// <inheritdoc cref="ToString()"/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public int CompareTo(MacAddress other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public bool Equals(MacAddress other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MacAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine((uint)(_value >> 32), (uint)_value);
}
