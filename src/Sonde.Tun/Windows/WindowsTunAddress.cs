using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Packets;

namespace Sonde.Tun.Windows;

/// <summary>Addresses as Windows' rows hold them.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsTunAddress
{
    private const int IPv4Place = 4; // sockaddr_in.sin_addr
    private const int IPv6Place = 8; // sockaddr_in6.sin6_addr

    /// <summary>An address as a sockaddr.</summary>
    internal static SOCKADDR_INET Write(InternetAddress address)
    {
        Span<byte> bytes = stackalloc byte[28];
        bytes.Clear();
        ushort family = FamilyOf(address.IsIPv4);
        MemoryMarshal.Write(bytes, in family);
        Prefixes.Bytes(address).CopyTo(bytes[(address.IsIPv4 ? IPv4Place : IPv6Place)..]);
        return NativeStruct.ReadPrefix<SOCKADDR_INET>(bytes);
    }

    /// <summary>Reads a sockaddr; never throws.</summary>
    /// <returns><see langword="false"/> for another family.</returns>
    internal static bool TryRead(SOCKADDR_INET source, out InternetAddress address)
    {
        ReadOnlySpan<byte> bytes = NativeStruct.AsBytes(in source);
        switch (source.si_family)
        {
            case IpHlpApi.AF_INET:
                address = InternetAddress.ReadIPv4(bytes[IPv4Place..]);
                return true;
            case IpHlpApi.AF_INET6:
                address = InternetAddress.ReadIPv6(bytes[IPv6Place..]);
                return !address.IsIPv4; // a mapped one is no address of an interface
            default:
                address = default;
                return false;
        }
    }

    /// <summary>Reads a row.</summary>
    internal static bool TryRead(MIB_UNICASTIPADDRESS_ROW row, out TunAddress address)
    {
        bool isRead = TryRead(row.Address, out InternetAddress found) && row.OnLinkPrefixLength <= (found.IsIPv4 ? 32 : 128);
        address = isRead ? new TunAddress(found, row.OnLinkPrefixLength) : default;
        return isRead;
    }

    internal static ushort FamilyOf(bool isIPv4) => isIPv4 ? IpHlpApi.AF_INET : IpHlpApi.AF_INET6;
}
