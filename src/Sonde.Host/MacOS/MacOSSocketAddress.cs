using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Numerics;
using Sonde.Host.Interfaces;
using Sonde.Interop.MacOS;

namespace Sonde.Host.MacOS;

/// <summary>Reads the socket addresses of macOS: the first byte is the length, the second the family. Never throws.</summary>
internal static class MacOSSocketAddress
{
    private const int IPv4Offset = 4; // sin_addr
    private const int IPv6Offset = 8; // sin6_addr
    private const int ScopeOffset = 24; // sin6_scope_id
    private const int LinkDataOffset = 8; // sdl_data

    /// <summary>The family, or AF_UNSPEC for bytes that name none.</summary>
    internal static int Family(ReadOnlySpan<byte> address) => address.Length >= 2 ? address[1] : Darwin.AF_UNSPEC;

    /// <summary>Reads an IPv4 or IPv6 address.</summary>
    /// <param name="address">The sockaddr.</param>
    /// <param name="interfaceIndex">The interface it was found on: the scope of a link-local address that names none.</param>
    /// <param name="value">The address; a link-local one carries its interface as scope id.</param>
    internal static bool TryReadIP(ReadOnlySpan<byte> address, int interfaceIndex, [NotNullWhen(true)] out IPAddress? value)
    {
        value = null;
        switch (Family(address))
        {
            case Darwin.AF_INET when address.Length >= IPv4Offset + 4:
                value = new IPAddress(address.Slice(IPv4Offset, 4));
                return true;
            case Darwin.AF_INET6 when address.Length >= IPv6Offset + 16:
                uint declared = address.Length >= ScopeOffset + 4 ? BitConverter.ToUInt32(address[ScopeOffset..]) : 0;
                value = ReadIPv6(address.Slice(IPv6Offset, 16), declared, interfaceIndex);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Reads the port of an IPv4 or IPv6 address; 0 when it names none.</summary>
    internal static int Port(ReadOnlySpan<byte> address) =>
        Family(address) is Darwin.AF_INET or Darwin.AF_INET6 && address.Length >= 4
            ? BinaryPrimitives.ReadUInt16BigEndian(address[2..])
            : 0;

    /// <summary>Whether an address or a mask of <paramref name="family"/> has no bit set. The system cuts trailing zeros off, down to none.</summary>
    internal static bool IsZero(ReadOnlySpan<byte> address, int family) =>
        AddressPart(address, family).IndexOfAnyExcept((byte)0) < 0;

    /// <summary>The leading ones of a netmask. Its family byte may be missing and its trailing zeros are cut off, so both come from the address.</summary>
    internal static int PrefixLength(ReadOnlySpan<byte> mask, int family)
    {
        int length = 0;
        foreach (byte part in AddressPart(mask, family))
        {
            int ones = BitOperations.LeadingZeroCount((uint)(byte)~part << 24);
            length += Math.Min(ones, 8);
            if (part != 0xFF)
            {
                break;
            }
        }

        return length;
    }

    /// <summary>Reads a sockaddr_dl: the interface's index, its type (IFT_…) and its link-layer address.</summary>
    /// <returns><see langword="false"/> for bytes that are none.</returns>
    internal static bool TryReadLink(ReadOnlySpan<byte> address, out int index, out byte type, out Reading<HardwareAddress> hardware)
    {
        index = 0;
        type = 0;
        hardware = default;
        if (Family(address) != Darwin.AF_LINK || address.Length < LinkDataOffset)
        {
            return false;
        }

        index = BitConverter.ToUInt16(address[2..]);
        type = address[4];
        int start = LinkDataOffset + address[5];
        int length = address[6];
        hardware = length == 0 ? Reading.None<HardwareAddress>()
            : length > HardwareAddress.MaxLength ? Reading.Failed<HardwareAddress>($"{length} bytes of link-layer address are more than any link has")
            : start + length > address.Length ? Reading.Failed<HardwareAddress>("the system gave less of the link-layer address than it declared")
            : new HardwareAddress(address.Slice(start, length));
        return true;
    }

    private static IPAddress ReadIPv6(ReadOnlySpan<byte> bytes, uint declaredScope, int interfaceIndex)
    {
        Span<byte> plain = stackalloc byte[16];
        bytes.CopyTo(plain);
        bool isLinkLocal = plain[0] == 0xFE && (plain[1] & 0xC0) == 0x80;
        if (!isLinkLocal)
        {
            return new IPAddress(plain);
        }

        // The KAME stack keeps the interface inside the address, fe80:<index>::, and does not always take it out again.
        uint embedded = BinaryPrimitives.ReadUInt16BigEndian(plain[2..]);
        plain[2..4].Clear();
        uint scope = declaredScope != 0 ? declaredScope : embedded != 0 ? embedded : (uint)Math.Max(interfaceIndex, 0);
        return new IPAddress(plain, scope);
    }

    private static ReadOnlySpan<byte> AddressPart(ReadOnlySpan<byte> address, int family)
    {
        (int start, int length) = family == Darwin.AF_INET6 ? (IPv6Offset, 16) : (IPv4Offset, 4);
        return address.Length <= start ? [] : address[start..Math.Min(address.Length, start + length)];
    }
}
