using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sonde.Packets;

namespace Sonde.Tun;

/// <summary>An address of a TUN device with the length of its network's prefix: 10.0.0.2/24, fd00::2/64.</summary>
public readonly record struct TunAddress : ISpanParsable<TunAddress>
{
    /// <summary>Puts an address and a prefix length together.</summary>
    /// <param name="address">The address itself, not its network.</param>
    /// <param name="prefixLength">0 to 32 for IPv4, 0 to 128 for IPv6.</param>
    public TunAddress(InternetAddress address, int prefixLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, address.IsIPv4 ? 32 : 128);
        Address = address;
        PrefixLength = prefixLength;
    }

    /// <summary>The address.</summary>
    public InternetAddress Address { get; }

    /// <summary>The bits that name the network.</summary>
    public int PrefixLength { get; }

    /// <summary>The first address of the network: 10.0.0.0 for 10.0.0.2/24.</summary>
    public InternetAddress Network => Prefixes.Mask(Address, PrefixLength);

    /// <summary>Reads "10.0.0.2/24" or "fd00::2"; without a length all bits are meant.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, out TunAddress result)
    {
        result = default;
        int slash = s.IndexOf('/');
        if (!InternetAddress.TryParse(slash < 0 ? s : s[..slash], out InternetAddress address))
        {
            return false;
        }

        int most = address.IsIPv4 ? 32 : 128;
        int length = most;
        if (slash >= 0 && (!int.TryParse(s[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > most))
        {
            return false;
        }

        result = new TunAddress(address, length);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out TunAddress)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out TunAddress result) => TryParse(s, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out TunAddress)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TunAddress result) => TryParse(s.AsSpan(), out result);

    /// <summary>Reads what <see cref="TryParse(ReadOnlySpan{char}, out TunAddress)"/> reads.</summary>
    /// <exception cref="FormatException">It is no address with a prefix length.</exception>
    public static TunAddress Parse(ReadOnlySpan<char> s) =>
        TryParse(s, out TunAddress result) ? result : throw new FormatException($"'{s}' is no address with a prefix length such as 10.0.0.2/24.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static TunAddress Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static TunAddress Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan());

    /// <summary>"10.0.0.2/24".</summary>
    public override string ToString() => $"{Address}/{PrefixLength}";
}
