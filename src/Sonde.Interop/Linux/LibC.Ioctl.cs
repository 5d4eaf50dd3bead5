using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

// sys/ioctl.h, linux/sockios.h, net/if.h, linux/ethtool.h: questions about one interface, asked of any socket.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const uint SIOCGIFCONF = 0x8912;
    internal const uint SIOCGIFFLAGS = 0x8913;
    internal const uint SIOCGIFADDR = 0x8915;
    internal const uint SIOCGIFDSTADDR = 0x8917;
    internal const uint SIOCGIFBRDADDR = 0x8919;
    internal const uint SIOCGIFNETMASK = 0x891B;
    internal const uint SIOCGIFMTU = 0x8921;
    internal const uint SIOCGIFHWADDR = 0x8927;
    internal const uint SIOCGIFINDEX = 0x8933;
    internal const uint SIOCETHTOOL = 0x8946;
    internal const uint ETHTOOL_GLINKSETTINGS = 0x4C;
    internal const int AF_UNIX = 1;

    // ioctl(2) is variadic: right as declared on Linux, where variadic arguments travel like others; wrong on arm64 macOS.
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int ioctl(FileDescriptor fd, nuint request, ifreq* argument);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int ioctl(FileDescriptor fd, nuint request, ifconf* argument);
}

/// <summary>struct ifreq (net/if.h): the name of an interface or of an address, and a union of answers.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct ifreq
{
    [FieldOffset(0)]
    internal ifname ifr_name;

    [FieldOffset(LibC.IFNAMSIZ)]
    internal sockaddr_in ifr_addr;

    [FieldOffset(LibC.IFNAMSIZ)]
    internal sockaddr ifr_hwaddr;

    [FieldOffset(LibC.IFNAMSIZ)]
    internal short ifr_flags;

    [FieldOffset(LibC.IFNAMSIZ)]
    internal int ifr_ifindex;

    [FieldOffset(LibC.IFNAMSIZ)]
    internal int ifr_mtu;

    [FieldOffset(LibC.IFNAMSIZ)]
    internal byte* ifr_data;
}

/// <summary>char[IFNAMSIZ]: at most 15 bytes of name, then zeros.</summary>
[System.Runtime.CompilerServices.InlineArray(LibC.IFNAMSIZ)]
internal struct ifname
{
    private byte _first;
}

/// <summary>struct sockaddr (sys/socket.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr
{
    internal ushort sa_family;
    internal sockaddr_data sa_data;
}

/// <summary>char[14] of struct sockaddr.</summary>
[System.Runtime.CompilerServices.InlineArray(14)]
internal struct sockaddr_data
{
    private byte _first;
}

/// <summary>struct sockaddr_in (netinet/in.h): port and address as they travel.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_in
{
    internal ushort sin_family;
    internal ushort sin_port;
    internal uint sin_addr;
    internal ulong sin_zero;
}

/// <summary>struct ifconf (net/if.h): room for a table of ifreq.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ifconf
{
    internal int ifc_len;
    internal byte* ifc_buf;
}

/// <summary>struct ethtool_link_settings (linux/ethtool.h) without the bit sets behind it; what is not read here has no name.</summary>
[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct ethtool_link_settings
{
    internal uint cmd;
    internal uint speed;
    internal byte duplex;
    internal byte port;
    internal byte phy_address;
    internal byte autoneg;
    internal byte mdio_support;
    internal byte eth_tp_mdix;
    internal byte eth_tp_mdix_ctrl;
    internal sbyte link_mode_masks_nwords;
}
