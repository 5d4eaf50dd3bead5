using System.Runtime.InteropServices;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

// sys/ioctl.h, sys/sockio.h, net/if.h, netinet6/in6_var.h.
internal static partial class LibSystem
{
    // The kernel compares an unsigned long: never sign-extended (bit 31 is the direction), so uint and not nuint, whose constants Roslyn
    // sign-extends when another assembly reads them. The size of the struct is part of the number.
    internal const uint SIOCSIFFLAGS = 0x80206910;
    internal const uint SIOCGIFFLAGS = 0xC0206911;
    internal const uint SIOCDIFADDR = 0x80206919;
    internal const uint SIOCAIFADDR = 0x8040691A;
    internal const uint SIOCSIFMTU = 0x80206934;
    internal const uint SIOCDIFADDR_IN6 = 0x81206919;
    internal const uint SIOCAIFADDR_IN6 = 0x8080691A;
    internal const uint SIOCGIFMEDIA = 0xC02C6938;
    internal const uint SIOCGIFTYPE = 0xC020699F;
    internal const uint SIOCGIFAFLAG_IN6 = 0xC1206949;
    internal const uint SIOCGIFALIFETIME_IN6 = 0xC1206951;

    // ioctl(2) is variadic: this is how x86_64 passes it.
    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int ioctl(FileDescriptor fd, nuint request, nint argument);

    // The same call for arm64: eight arguments fill the registers, so that the ninth lies on the stack, where a variadic callee looks.
    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int ioctl_arm64(FileDescriptor fd, nuint request, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint argument);

    /// <summary>ioctl(2) in the form that <paramref name="onStack"/> asks for.</summary>
    internal static int Ioctl(FileDescriptor fd, nuint request, nint argument, bool onStack) =>
        onStack ? ioctl_arm64(fd, request, 0, 0, 0, 0, 0, 0, argument) : ioctl(fd, request, argument);

    /// <summary>ioctl(2) with a struct, as often as a signal interrupts it.</summary>
    internal static unsafe bool TryIoctl<T>(FileDescriptor fd, uint request, ref T argument, out NativeError error)
        where T : unmanaged
    {
        fixed (T* pinned = &argument)
        {
            while (true)
            {
                // SAFETY: the struct is pinned, and its size is the one that is encoded in the request (asserted by the layout tests).
                int result = Ioctl(fd, request, (nint)pinned, PassesVariadicsOnStack);
                if (result >= 0)
                {
                    error = default;
                    return true;
                }

                error = NativeError.LastDarwinErrno();
                if (error.Code != Darwin.EINTR)
                {
                    return false;
                }
            }
        }
    }
}

/// <summary>struct ifreq (net/if.h) with four arms of its union: what SIOCGIFTYPE fills, flags, MTU, and an IPv4 address.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct ifreq
{
    [FieldOffset(0)] internal InterfaceNameBytes ifr_name;
    [FieldOffset(16)] internal uint ift_type;
    [FieldOffset(20)] internal uint ift_family;
    [FieldOffset(24)] internal uint ift_subfamily;
    [FieldOffset(16)] internal short ifru_flags;
    [FieldOffset(16)] internal int ifru_mtu;
    [FieldOffset(16)] internal sockaddr_in ifru_addr;
}

/// <summary>struct ifaliasreq (net/if.h): an IPv4 address to add, the other end of a point-to-point link in the place of the broadcast address.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ifaliasreq
{
    internal InterfaceNameBytes ifra_name;
    internal sockaddr_in ifra_addr;
    internal sockaddr_in ifra_broadaddr;
    internal sockaddr_in ifra_mask;
}

/// <summary>struct in6_aliasreq (netinet6/in6_var.h): an IPv6 address to add. The other end stays zero unless the prefix is 128 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct in6_aliasreq
{
    internal InterfaceNameBytes ifra_name;
    internal sockaddr_in6 ifra_addr;
    internal sockaddr_in6 ifra_broadaddr;
    internal sockaddr_in6 ifra_prefixmask;
    internal int ifra_flags;
    internal in6_addrlifetime ifra_lifetime;
}

/// <summary>struct ifmediareq (net/if.h), under #pragma pack(4).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct ifmediareq
{
    internal InterfaceNameBytes ifm_name;
    internal int ifm_current;
    internal int ifm_mask;
    internal int ifm_status;
    internal int ifm_active;
    internal int ifm_count;
    internal nint ifm_ulist; // null: the list of what the link could be is not asked for
}

/// <summary>struct in6_ifreq (netinet6/in6_var.h) with three arms of its union: the address goes in, flags or lifetimes come out.</summary>
[StructLayout(LayoutKind.Explicit, Size = 288)]
internal struct in6_ifreq
{
    [FieldOffset(0)] internal InterfaceNameBytes ifr_name;
    [FieldOffset(16)] internal sockaddr_in6 ifru_addr;
    [FieldOffset(16)] internal int ifru_flags6;
    [FieldOffset(16)] internal in6_addrlifetime ifru_lifetime;
}

/// <summary>struct in6_addrlifetime (netinet6/in6_var.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct in6_addrlifetime
{
    internal long ia6t_expire;
    internal long ia6t_preferred;
    internal uint ia6t_vltime;
    internal uint ia6t_pltime;
}
