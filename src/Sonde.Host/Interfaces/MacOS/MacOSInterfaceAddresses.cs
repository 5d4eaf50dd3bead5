using System.Net;
using System.Net.Sockets;
using Sonde.Host.MacOS;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Interfaces.MacOS;

/// <summary>Makes an address out of an entry of getifaddrs and of what the system says beside it.</summary>
internal static class MacOSInterfaceAddresses
{
    private const string NoIPv4Lifetimes = "the kernel of macOS keeps no lifetimes of IPv4 addresses, nor whether DHCP gave them";

    /// <summary>Reads one entry.</summary>
    /// <param name="entry">An entry whose address is IPv4 or IPv6.</param>
    /// <param name="interfaceIndex">The scope of link-local addresses.</param>
    /// <param name="flags">IN6_IFF_… of the address; 0 where there are none.</param>
    /// <param name="lifetimes">How long it lives, or why that is not known; ignored for IPv4.</param>
    /// <param name="now">The time now, which lifetimes count from.</param>
    /// <returns>Null when its bytes are no address.</returns>
    internal static InterfaceAddress? Read(
        InterfaceAddressEntry entry,
        int interfaceIndex,
        int flags,
        Reading<AddressLifetimes> lifetimes,
        DateTimeOffset now)
    {
        if (!MacOSSocketAddress.TryReadIP(entry.Address, interfaceIndex, out IPAddress? address))
        {
            return null;
        }

        bool isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        bool hasPeer = (entry.Flags & Darwin.IFF_POINTOPOINT) != 0;
        bool hasBroadcast = isIPv4 && !hasPeer && (entry.Flags & Darwin.IFF_BROADCAST) != 0;
        Reading<IPAddress> other = MacOSSocketAddress.TryReadIP(entry.Destination, interfaceIndex, out IPAddress? destination)
            ? destination
            : Reading.None<IPAddress>();
        return new InterfaceAddress
        {
            Address = address,
            PrefixLength = MacOSSocketAddress.PrefixLength(entry.Netmask, MacOSSocketAddress.Family(entry.Address)),
            Scope = ScopeOf(address),
            Peer = hasPeer ? other : Reading.None<IPAddress>(),
            Broadcast = hasBroadcast ? other : Reading.None<IPAddress>(),
            State = StateOf(flags),
            ValidLifetime = isIPv4
                ? Reading.Unsupported<TimeSpan>(NoIPv4Lifetimes)
                : lifetimes.Select(given => Left(given.Expire, given.ValidSeconds, now)),
            PreferredLifetime = isIPv4
                ? Reading.Unsupported<TimeSpan>(NoIPv4Lifetimes)
                : lifetimes.Select(given => Left(given.Preferred, given.PreferredSeconds, now)),
        };
    }

    /// <summary>How far an address is valid, which its own bits say (RFC 4291, RFC 3927, RFC 1122).</summary>
    internal static AddressScope ScopeOf(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return AddressScope.Host;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal ? AddressScope.Link : address.IsIPv6SiteLocal ? AddressScope.Site : AddressScope.Global;
        }

        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out _) && bytes[0] == 169 && bytes[1] == 254 ? AddressScope.Link : AddressScope.Global;
    }

    internal static AddressState StateOf(int flags)
    {
        AddressState state = AddressState.None;
        Set(Darwin.IN6_IFF_AUTOCONF | Darwin.IN6_IFF_DYNAMIC, AddressState.Dynamic);
        Set(Darwin.IN6_IFF_TEMPORARY, AddressState.Temporary);
        Set(Darwin.IN6_IFF_DEPRECATED, AddressState.Deprecated);
        Set(Darwin.IN6_IFF_TENTATIVE, AddressState.Tentative);
        Set(Darwin.IN6_IFF_DUPLICATED, AddressState.Duplicate);
        Set(Darwin.IN6_IFF_NODAD, AddressState.NoDuplicateDetection);
        Set(Darwin.IN6_IFF_OPTIMISTIC, AddressState.Optimistic);
        Set(Darwin.IN6_IFF_ANYCAST, AddressState.Anycast);
        Set(Darwin.IN6_IFF_NOPFX, AddressState.NoPrefixRoute);
        return state;

        void Set(int bits, AddressState meaning)
        {
            if ((flags & bits) != 0)
            {
                state |= meaning;
            }
        }
    }

    // The moment is in the calendar, 0 when the span has no end.
    private static TimeSpan Left(long moment, uint span, DateTimeOffset now)
    {
        if (span == Darwin.ND6_INFINITE_LIFETIME)
        {
            return Timeout.InfiniteTimeSpan;
        }

        long left = moment - now.ToUnixTimeSeconds();
        return TimeSpan.FromSeconds(Math.Clamp(left, 0, uint.MaxValue));
    }
}
