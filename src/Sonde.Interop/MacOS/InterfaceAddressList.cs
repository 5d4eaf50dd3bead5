using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

/// <summary>One entry of getifaddrs(3), copied out of the system's memory: an interface's link, or one of its addresses.</summary>
/// <param name="Name">The interface's name, bytes as the system has them.</param>
/// <param name="Flags">IFF_…</param>
/// <param name="Address">A sockaddr of as many bytes as its own length says; empty when there is none.</param>
/// <param name="Netmask">The same, often cut short by the system.</param>
/// <param name="Destination">The broadcast address or the other end, by the interface's flags.</param>
/// <param name="Data">The link's properties; null beside an address.</param>
internal sealed record InterfaceAddressEntry(byte[] Name, uint Flags, byte[] Address, byte[] Netmask, byte[] Destination, if_data? Data);

/// <summary>The list that getifaddrs(3) makes.</summary>
internal static class InterfaceAddressList
{
    /// <summary>More entries than any host has: a list that is longer is cut, and says so.</summary>
    internal const int MaxEntries = 1 << 20;

    private const int MaxNameBytes = 64;

    /// <summary>Reads the list now.</summary>
    /// <param name="isCut">Whether the list had more than <see cref="MaxEntries"/> entries.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    [SupportedOSPlatform("macos")]
    internal static unsafe List<InterfaceAddressEntry> Read(out bool isCut)
    {
        ifaddrs* list = null;

        // SAFETY: getifaddrs writes one pointer, to memory that stays until freeifaddrs below.
        while (LibSystem.getifaddrs(&list) != 0)
        {
            NativeError error = NativeError.LastDarwinErrno();
            if (error.Code != Darwin.EINTR)
            {
                throw new NativeException("getifaddrs", error);
            }
        }

        try
        {
            var entries = new List<InterfaceAddressEntry>();
            ifaddrs* at = list;
            for (; at is not null && entries.Count < MaxEntries; at = at->ifa_next)
            {
                byte[] address = CopyAddress(at->ifa_addr);

                // SAFETY: beside an AF_LINK address, and only there, ifa_data points to a struct if_data.
                bool isLink = address.Length >= 2 && address[1] == Darwin.AF_LINK && at->ifa_data is not null;
                entries.Add(new InterfaceAddressEntry(
                    CopyName(at->ifa_name),
                    at->ifa_flags,
                    address,
                    CopyAddress(at->ifa_netmask),
                    CopyAddress(at->ifa_dstaddr),
                    isLink ? *(if_data*)at->ifa_data : null));
            }

            isCut = at is not null;
            return entries;
        }
        finally
        {
            LibSystem.freeifaddrs(list);
        }
    }

    /// <summary>Copies a sockaddr: as many bytes as its first byte says, which is at most 255.</summary>
    internal static unsafe byte[] CopyAddress(sockaddr* address)
    {
        // SAFETY: sa_len is how much the system wrote for this address, itself included.
        return address is null || address->sa_len == 0 ? [] : new ReadOnlySpan<byte>(address, address->sa_len).ToArray();
    }

    private static unsafe byte[] CopyName(byte* name)
    {
        if (name is null)
        {
            return [];
        }

        // SAFETY: a C string; no interface name is longer than IFNAMSIZ, so a missing zero is noticed soon.
        int length = 0;
        while (length < MaxNameBytes && name[length] != 0)
        {
            length++;
        }

        return new ReadOnlySpan<byte>(name, length).ToArray();
    }
}
