using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

// iphlpapi.h and iptypes.h: adapters with their addresses, name servers and gateways.
internal static unsafe partial class IpHlpApi
{
    internal const uint GAA_FLAG_SKIP_ANYCAST = 0x0002;
    internal const uint GAA_FLAG_SKIP_MULTICAST = 0x0004;
    internal const uint GAA_FLAG_INCLUDE_GATEWAYS = 0x0080;

    [LibraryImport(Library)]
    private static partial int GetAdaptersAddresses(uint family, uint flags, void* reserved, byte* addresses, uint* length);

    /// <summary>All adapters that IP is bound to: a list of <see cref="IP_ADAPTER_ADDRESSES_LH"/> that starts at the buffer's start.</summary>
    /// <returns>Nothing at all when the system has no adapter.</returns>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static AddressedBytes GetAdaptersAddresses(Win32Buffer buffer)
    {
        try
        {
            return buffer.Ask("GetAdaptersAddresses", static (Span<byte> room, ref uint length) =>
            {
                int error;
                uint size = length;
                fixed (byte* start = room)
                {
                    // SAFETY: size tells how much room start has; the call writes no more and reports what it needs.
                    error = GetAdaptersAddresses(
                        AF_UNSPEC,
                        GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_INCLUDE_GATEWAYS,
                        null,
                        start,
                        &size);
                }

                // On success some systems leave in size what they were given, others what they used: the list is inside either way.
                // ERROR_NO_DATA means that there is no adapter: an answer, not a failure.
                length = error == Win32.ERROR_NO_DATA ? 0 : error == Win32.ERROR_SUCCESS ? (uint)room.Length : size;
                return error == Win32.ERROR_NO_DATA ? Win32.ERROR_SUCCESS : error;
            });
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            throw Win32.Missing("GetAdaptersAddresses", missing);
        }
    }
}

/// <summary>struct IP_ADAPTER_ADDRESSES_LH (iptypes.h): one adapter. Older systems may send it shorter (Length).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IP_ADAPTER_ADDRESSES_LH
{
    internal uint Length;
    internal uint IfIndex;
    internal nint Next;
    internal nint AdapterName;
    internal nint FirstUnicastAddress;
    internal nint FirstAnycastAddress;
    internal nint FirstMulticastAddress;
    internal nint FirstDnsServerAddress;
    internal nint DnsSuffix;
    internal nint Description;
    internal nint FriendlyName;
    internal ADAPTER_ADDRESS PhysicalAddress;
    internal uint PhysicalAddressLength;
    internal uint Flags;
    internal uint Mtu;
    internal uint IfType;
    internal int OperStatus;
    internal uint Ipv6IfIndex;
    internal ZONE_INDICES ZoneIndices;
    internal nint FirstPrefix;
    internal ulong TransmitLinkSpeed;
    internal ulong ReceiveLinkSpeed;
    internal nint FirstWinsServerAddress;
    internal nint FirstGatewayAddress;
    internal uint Ipv4Metric;
    internal uint Ipv6Metric;
    internal ulong Luid;
    internal SOCKET_ADDRESS Dhcpv4Server;
    internal uint CompartmentId;
    internal Guid NetworkGuid;
    internal int ConnectionType;
    internal int TunnelType;
    internal SOCKET_ADDRESS Dhcpv6Server;
    internal DHCPV6_DUID Dhcpv6ClientDuid;
    internal uint Dhcpv6ClientDuidLength;
    internal uint Dhcpv6Iaid;
    internal nint FirstDnsSuffix;
}

/// <summary>BYTE[MAX_ADAPTER_ADDRESS_LENGTH].</summary>
[InlineArray(8)]
internal struct ADAPTER_ADDRESS
{
    private byte _first;
}

/// <summary>ULONG[16], indexed by SCOPE_LEVEL.</summary>
[InlineArray(16)]
internal struct ZONE_INDICES
{
    private uint _first;
}

/// <summary>BYTE[MAX_DHCPV6_DUID_LENGTH].</summary>
[InlineArray(130)]
internal struct DHCPV6_DUID
{
    private byte _first;
}

/// <summary>struct IP_ADAPTER_UNICAST_ADDRESS_LH (iptypes.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IP_ADAPTER_UNICAST_ADDRESS_LH
{
    internal uint Length;
    internal uint Flags;
    internal nint Next;
    internal SOCKET_ADDRESS Address;
    internal int PrefixOrigin;
    internal int SuffixOrigin;
    internal int DadState;
    internal uint ValidLifetime;
    internal uint PreferredLifetime;
    internal uint LeaseLifetime;
    internal byte OnLinkPrefixLength;
}

/// <summary>struct IP_ADAPTER_DNS_SERVER_ADDRESS_XP (iptypes.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IP_ADAPTER_DNS_SERVER_ADDRESS_XP
{
    internal uint Length;
    internal uint Reserved;
    internal nint Next;
    internal SOCKET_ADDRESS Address;
}

/// <summary>struct IP_ADAPTER_GATEWAY_ADDRESS_LH (iptypes.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IP_ADAPTER_GATEWAY_ADDRESS_LH
{
    internal uint Length;
    internal uint Reserved;
    internal nint Next;
    internal SOCKET_ADDRESS Address;
}

/// <summary>struct IP_ADAPTER_DNS_SUFFIX (iptypes.h); its text is read in place, up to MAX_DNS_SUFFIX_STRING_LENGTH characters.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IP_ADAPTER_DNS_SUFFIX
{
    internal nint Next;
    internal DNS_SUFFIX_STRING String;
}

/// <summary>WCHAR[MAX_DNS_SUFFIX_STRING_LENGTH].</summary>
[InlineArray(256)]
internal struct DNS_SUFFIX_STRING
{
    private char _first;
}
