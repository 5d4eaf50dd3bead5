using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Sonde.Packets;

/// <summary>An IPv4 or IPv6 address in 128 bits (IPv4 as ::ffff:a.b.c.d), so that both are keys of the same tables and neither is an object.</summary>
/// <remarks>An IPv4 address and its IPv4-mapped IPv6 address are the same value: that is how a dual-stack socket meets its packets.</remarks>
public readonly partial struct InternetAddress : IEquatable<InternetAddress>, IComparable<InternetAddress>, ISpanFormattable, ISpanParsable<InternetAddress>
{
    /// <summary>The most characters that <see cref="TryFormat(Span{char}, out int)"/> writes.</summary>
    public const int MaxTextLength = 39;

    private const ulong MappedPrefix = 0xFFFF_0000_0000;
    private const ulong MappedMask = 0xFFFF_FFFF_0000_0000;

    private readonly ulong _high;
    private readonly ulong _low;

    private InternetAddress(ulong high, ulong low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>The address 0.0.0.0, "any" of an IPv4 socket.</summary>
    public static InternetAddress AnyIPv4 => FromIPv4(0u);

    /// <summary>The address ::, "any" of an IPv6 socket; the default value.</summary>
    public static InternetAddress AnyIPv6 => default;

    /// <summary>Whether it is an IPv4 address, mapped or plain.</summary>
    public bool IsIPv4 => _high == 0 && (_low & MappedMask) == MappedPrefix;

    /// <summary>Whether it is 0.0.0.0 or ::.</summary>
    public bool IsAny => _high == 0 && _low is 0 or MappedPrefix;

    /// <summary>Whether it is in 127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback => IsIPv4 ? (byte)(_low >> 24) == 127 : _high == 0 && _low == 1;

    /// <summary>Whether it is in 224.0.0.0/4 or ff00::/8.</summary>
    public bool IsMulticast => IsIPv4 ? (byte)(_low >> 28 & 0xF) == 0xE : _high >> 56 == 0xFF;

    /// <summary>Whether it is in 169.254.0.0/16 or fe80::/10: of one link only.</summary>
    public bool IsLinkLocal => IsIPv4 ? (ushort)(_low >> 16) == 0xA9FE : _high >> 54 == 0xFE80 >> 6;

    /// <summary>Compares all 128 bits.</summary>
    public static bool operator ==(InternetAddress left, InternetAddress right) => left.Equals(right);

    /// <summary>Compares all 128 bits.</summary>
    public static bool operator !=(InternetAddress left, InternetAddress right) => !left.Equals(right);

    /// <summary>Orders as numbers.</summary>
    public static bool operator <(InternetAddress left, InternetAddress right) => left.CompareTo(right) < 0;

    /// <summary>Orders as numbers.</summary>
    public static bool operator >(InternetAddress left, InternetAddress right) => left.CompareTo(right) > 0;

    /// <summary>Orders as numbers.</summary>
    public static bool operator <=(InternetAddress left, InternetAddress right) => left.CompareTo(right) <= 0;

    /// <summary>Orders as numbers.</summary>
    public static bool operator >=(InternetAddress left, InternetAddress right) => left.CompareTo(right) >= 0;

    /// <summary>Takes an IPv4 address as a number in host order: 10.0.0.1 is 0x0A000001.</summary>
    public static InternetAddress FromIPv4(uint address) => new(0, MappedPrefix | address);

    /// <summary>Reads four bytes in the order of the wire.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than four.</exception>
    public static InternetAddress ReadIPv4(ReadOnlySpan<byte> source) => FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(source));

    /// <summary>Reads sixteen bytes in the order of the wire.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than sixteen.</exception>
    public static InternetAddress ReadIPv6(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[8..]));

    /// <summary>Copies the bits of an <see cref="IPAddress"/>; a scope is not kept.</summary>
    public static InternetAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return written == 4 ? ReadIPv4(bytes) : ReadIPv6(bytes);
    }

    /// <summary>Reads "10.0.0.1" or "2001:db8::1", without brackets or scope.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, out InternetAddress result)
    {
        // IPAddress also takes "1" and "0x7f.1" for 0.0.0.1 and 127.0.0.1: an address that a person typed has four parts.
        bool plausible = s.Contains(':') ? s.IndexOfAny('[', '%') < 0 : s.Count('.') == 3;
        if (!plausible || !IPAddress.TryParse(s, out IPAddress? parsed))
        {
            result = default;
            return false;
        }

        result = From(parsed);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out InternetAddress)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out InternetAddress result) => TryParse(s, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out InternetAddress)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out InternetAddress result) =>
        TryParse(s.AsSpan(), out result);

    /// <summary>Reads what <see cref="TryParse(ReadOnlySpan{char}, out InternetAddress)"/> reads.</summary>
    /// <exception cref="FormatException">It is no address.</exception>
    public static InternetAddress Parse(ReadOnlySpan<char> s) =>
        TryParse(s, out InternetAddress result) ? result : throw new FormatException($"'{s}' is no IPv4 or IPv6 address.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static InternetAddress Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static InternetAddress Parse(string s, IFormatProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan());
    }

    /// <summary>The IPv4 address in host order.</summary>
    /// <returns><see langword="false"/> for an IPv6 address.</returns>
    public bool TryGetIPv4(out uint address)
    {
        address = (uint)_low;
        return IsIPv4;
    }

    /// <summary>Writes the 16 bytes of the IPv6 form, IPv4 mapped.</summary>
    /// <returns><see langword="false"/> when there is no room for sixteen.</returns>
    public bool TryWriteBytes(Span<byte> destination)
    {
        if (destination.Length < 16)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        return true;
    }

    /// <summary>The same address as an object of the base library.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        TryWriteBytes(bytes);
        return new IPAddress(IsIPv4 ? bytes[12..] : bytes);
    }

    /// <summary>Whether it lies in the network of <paramref name="prefixLength"/> bits at <paramref name="network"/>, of the same family.</summary>
    /// <param name="network">An address of the network.</param>
    /// <param name="prefixLength">0 to 32 for IPv4, 0 to 128 for IPv6; more means all.</param>
    public bool IsIn(InternetAddress network, int prefixLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        if (IsIPv4 != network.IsIPv4)
        {
            return false;
        }

        int bits = Math.Min(IsIPv4 ? prefixLength + 96 : prefixLength, 128);
        ulong high = bits >= 64 ? ulong.MaxValue : ~(ulong.MaxValue >> bits);
        ulong low = bits switch { <= 64 => 0, 128 => ulong.MaxValue, _ => ~(ulong.MaxValue >> (bits - 64)) };
        return ((_high ^ network._high) & high) == 0 && ((_low ^ network._low) & low) == 0;
    }

    /// <summary>Which of the two families it belongs to.</summary>
    public AddressFamily Family => IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;

    /// <summary>Writes the text form (RFC 5952), without allocating.</summary>
    /// <returns><see langword="false"/> when there is no room for it.</returns>
    public bool TryFormat(Span<char> destination, out int charsWritten)
    {
        if (destination.Length < MaxTextLength)
        {
            Span<char> text = stackalloc char[MaxTextLength];
            int length = Format(text);
            charsWritten = text[..length].TryCopyTo(destination) ? length : 0;
            return charsWritten > 0;
        }

        charsWritten = Format(destination);
        return true;
    }

    /// <summary>Dotted decimal for IPv4, else the short form of RFC 5952: "10.0.0.1", "2001:db8::1".</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[MaxTextLength];
        return new string(text[..Format(text)]);
    }

    /// <inheritdoc cref="TryFormat(Span{char}, out int)"/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(destination, out charsWritten);

    /// <inheritdoc cref="ToString()"/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public int CompareTo(InternetAddress other) => _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);

    /// <inheritdoc/>
    public bool Equals(InternetAddress other) => _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is InternetAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        // By halves: the hash of a ulong is their exclusive or, and senders could choose addresses that all have the same.
        HashCode.Combine((uint)(_high >> 32), (uint)_high, (uint)(_low >> 32), (uint)_low);
}
