using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.MacOS;

// ifaddrs.h, net/if.h, net/if_var.h, net/if_dl.h, sys/socket.h, netinet/in.h.
internal static unsafe partial class LibSystem
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getifaddrs(ifaddrs** list);

    [LibraryImport(Library)]
    internal static partial void freeifaddrs(ifaddrs* list);
}

/// <summary>struct ifaddrs (ifaddrs.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ifaddrs
{
    internal ifaddrs* ifa_next;
    internal byte* ifa_name;
    internal uint ifa_flags;
    private uint _padding;
    internal sockaddr* ifa_addr;
    internal sockaddr* ifa_netmask;
    internal sockaddr* ifa_dstaddr;
    internal void* ifa_data;
}

/// <summary>struct sockaddr (sys/socket.h): the head that every address shares.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr
{
    internal byte sa_len;
    internal byte sa_family;
    internal SocketAddressData sa_data;
}

/// <summary>char[14].</summary>
[InlineArray(14)]
internal struct SocketAddressData
{
    private byte _first;
}

/// <summary>struct sockaddr_in (netinet/in.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_in
{
    internal byte sin_len;
    internal byte sin_family;
    internal ushort sin_port;
    internal uint sin_addr;
    internal SocketAddressPadding sin_zero;
}

/// <summary>char[8].</summary>
[InlineArray(8)]
internal struct SocketAddressPadding
{
    private byte _first;
}

/// <summary>struct sockaddr_in6 (netinet6/in6.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_in6
{
    internal byte sin6_len;
    internal byte sin6_family;
    internal ushort sin6_port;
    internal uint sin6_flowinfo;
    internal in6_addr sin6_addr;
    internal uint sin6_scope_id;
}

/// <summary>struct in6_addr (netinet6/in6.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct in6_addr
{
    private uint _word0;
    private uint _word1;
    private uint _word2;
    private uint _word3;
}

/// <summary>struct sockaddr_dl (net/if_dl.h): the name, then the link-layer address, both in sdl_data, which may run past 12 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_dl
{
    internal byte sdl_len;
    internal byte sdl_family;
    internal ushort sdl_index;
    internal byte sdl_type;
    internal byte sdl_nlen;
    internal byte sdl_alen;
    internal byte sdl_slen;
    internal LinkAddressData sdl_data;
}

/// <summary>char[12].</summary>
[InlineArray(12)]
internal struct LinkAddressData
{
    private byte _first;
}

/// <summary>struct timeval32 (sys/_types/_timeval32.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct timeval32
{
    internal int tv_sec;
    internal int tv_usec;
}

/// <summary>struct if_data (net/if_var.h): what getifaddrs says of a link, with counters of 32 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct if_data
{
    internal byte ifi_type;
    internal byte ifi_typelen;
    internal byte ifi_physical;
    internal byte ifi_addrlen;
    internal byte ifi_hdrlen;
    internal byte ifi_recvquota;
    internal byte ifi_xmitquota;
    internal byte ifi_unused1;
    internal uint ifi_mtu;
    internal uint ifi_metric;
    internal uint ifi_baudrate;
    internal uint ifi_ipackets;
    internal uint ifi_ierrors;
    internal uint ifi_opackets;
    internal uint ifi_oerrors;
    internal uint ifi_collisions;
    internal uint ifi_ibytes;
    internal uint ifi_obytes;
    internal uint ifi_imcasts;
    internal uint ifi_omcasts;
    internal uint ifi_iqdrops;
    internal uint ifi_noproto;
    internal uint ifi_recvtiming;
    internal uint ifi_xmittiming;
    internal timeval32 ifi_lastchange;
    internal uint ifi_unused2;
    internal uint ifi_hwassist;
    internal uint ifi_reserved1;
    internal uint ifi_reserved2;
}
