using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.MacOS;

// sys/sysctl.h, net/if_mib.h, net/if_var.h, net/route.h.
internal static unsafe partial class LibSystem
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sysctl(int* name, uint nameLength, void* old, nuint* oldLength, void* @new, nuint newLength);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sysctlbyname(string name, void* old, nuint* oldLength, void* @new, nuint newLength);
}

/// <summary>struct ifmibdata (net/if_mib.h), under #pragma pack(4).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct ifmibdata
{
    internal InterfaceNameBytes ifmd_name;
    internal uint ifmd_pcount;
    internal uint ifmd_flags;
    internal uint ifmd_snd_len;
    internal uint ifmd_snd_maxlen;
    internal uint ifmd_snd_drops;
    internal FourWords ifmd_filler;
    internal if_data64 ifmd_data;
}

/// <summary>char[IFNAMSIZ]: a name of at most 15 bytes, then zeros.</summary>
[InlineArray(Darwin.IFNAMSIZ)]
internal struct InterfaceNameBytes
{
    private byte _first;
}

/// <summary>unsigned int[4].</summary>
[InlineArray(4)]
internal struct FourWords
{
    private uint _first;
}

/// <summary>struct if_data64 (net/if_var.h), under #pragma pack(4).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct if_data64
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
    internal ulong ifi_baudrate;
    internal ulong ifi_ipackets;
    internal ulong ifi_ierrors;
    internal ulong ifi_opackets;
    internal ulong ifi_oerrors;
    internal ulong ifi_collisions;
    internal ulong ifi_ibytes;
    internal ulong ifi_obytes;
    internal ulong ifi_imcasts;
    internal ulong ifi_omcasts;
    internal ulong ifi_iqdrops;
    internal ulong ifi_noproto;
    internal uint ifi_recvtiming;
    internal uint ifi_xmittiming;
    internal timeval32 ifi_lastchange;
}

/// <summary>struct rt_metrics (net/route.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct rt_metrics
{
    internal uint rmx_locks;
    internal uint rmx_mtu;
    internal uint rmx_hopcount;
    internal int rmx_expire;
    internal uint rmx_recvpipe;
    internal uint rmx_sendpipe;
    internal uint rmx_ssthresh;
    internal uint rmx_rtt;
    internal uint rmx_rttvar;
    internal uint rmx_pksent;
    internal FourWords rmx_filler;
}

/// <summary>struct rt_msghdr (net/route.h): the head of an entry of the routing table, and of a message about one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct rt_msghdr
{
    internal ushort rtm_msglen;
    internal byte rtm_version;
    internal byte rtm_type;
    internal ushort rtm_index;
    private ushort _padding;
    internal int rtm_flags;
    internal int rtm_addrs;
    internal int rtm_pid;
    internal int rtm_seq;
    internal int rtm_errno;
    internal int rtm_use;
    internal uint rtm_inits;
    internal rt_metrics rtm_rmx;
}
