using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

// sys/socket.h, linux/if_packet.h, linux/filter.h, linux/net_tstamp.h: packet sockets.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const int SO_ERROR = 4;
    internal const int SO_ATTACH_FILTER = 26;
    internal const int SO_RCVBUFFORCE = 33;
    internal const int SO_LOCK_FILTER = 44;

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int bind(FileDescriptor fd, sockaddr_ll* address, uint length);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int getsockname(FileDescriptor fd, sockaddr_ll* address, uint* length);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int setsockopt(FileDescriptor fd, int level, int name, void* value, uint length);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int getsockopt(FileDescriptor fd, int level, int name, void* value, uint* length);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial nint recvmsg(FileDescriptor fd, msghdr* message, int flags);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial nint send(FileDescriptor fd, byte* buffer, nuint length, int flags);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int sendmmsg(FileDescriptor fd, mmsghdr* messages, uint count, int flags);
}

/// <summary>struct sockaddr_ll (linux/if_packet.h).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct sockaddr_ll
{
    internal ushort sll_family;
    internal ushort sll_protocol;
    internal int sll_ifindex;
    internal ushort sll_hatype;
    internal byte sll_pkttype;
    internal byte sll_halen;
    internal ulong sll_addr; // eight bytes in the order they have in memory
}

/// <summary>struct packet_mreq (linux/if_packet.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct packet_mreq
{
    internal int mr_ifindex;
    internal ushort mr_type;
    internal ushort mr_alen;
    internal ulong mr_address;
}

/// <summary>struct tpacket_req3 (linux/if_packet.h): the ring that is asked for.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tpacket_req3
{
    internal uint tp_block_size;
    internal uint tp_block_nr;
    internal uint tp_frame_size;
    internal uint tp_frame_nr;
    internal uint tp_retire_blk_tov;
    internal uint tp_sizeof_priv;
    internal uint tp_feature_req_word;
}

/// <summary>struct tpacket_stats_v3 (linux/if_packet.h); a socket without such a ring fills only the first two.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tpacket_stats_v3
{
    internal uint tp_packets;
    internal uint tp_drops;
    internal uint tp_freeze_q_cnt;
}

/// <summary>struct tpacket_bd_ts (linux/if_packet.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tpacket_bd_ts
{
    internal uint ts_sec;
    internal uint ts_nsec;
}

/// <summary>struct tpacket_hdr_v1 (linux/if_packet.h): a block's own header.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tpacket_hdr_v1
{
    internal uint block_status;
    internal uint num_pkts;
    internal uint offset_to_first_pkt;
    internal uint blk_len;
    internal ulong seq_num;
    internal tpacket_bd_ts ts_first_pkt;
    internal tpacket_bd_ts ts_last_pkt;
}

/// <summary>struct tpacket_block_desc (linux/if_packet.h): what a block of the ring begins with.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tpacket_block_desc
{
    internal uint version;
    internal uint offset_to_priv;
    internal tpacket_hdr_v1 hdr;
}

/// <summary>struct tpacket_hdr_variant1 (linux/if_packet.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tpacket_hdr_variant1
{
    internal uint tp_rxhash;
    internal uint tp_vlan_tci;
    internal ushort tp_vlan_tpid;
    internal ushort tp_padding;
}

/// <summary>struct tpacket3_hdr (linux/if_packet.h): what a frame in a block begins with; a struct sockaddr_ll follows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tpacket3_hdr
{
    internal uint tp_next_offset;
    internal uint tp_sec;
    internal uint tp_nsec;
    internal uint tp_snaplen;
    internal uint tp_len;
    internal uint tp_status;
    internal ushort tp_mac;
    internal ushort tp_net;
    internal tpacket_hdr_variant1 hv1;
    internal ulong tp_padding;
}

/// <summary>struct tpacket2_hdr (linux/if_packet.h): what a slot begins with; a struct sockaddr_ll follows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tpacket2_hdr
{
    internal uint tp_status;
    internal uint tp_len;
    internal uint tp_snaplen;
    internal ushort tp_mac;
    internal ushort tp_net;
    internal uint tp_sec;
    internal uint tp_nsec;
    internal ushort tp_vlan_tci;
    internal ushort tp_vlan_tpid;
    internal uint tp_padding;
}

/// <summary>struct tpacket_auxdata (linux/if_packet.h): what recvmsg tells beside a frame.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tpacket_auxdata
{
    internal uint tp_status;
    internal uint tp_len;
    internal uint tp_snaplen;
    internal ushort tp_mac;
    internal ushort tp_net;
    internal ushort tp_vlan_tci;
    internal ushort tp_vlan_tpid;
}

/// <summary>struct sock_filter (linux/filter.h): an instruction of classic BPF.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sock_filter
{
    internal ushort code;
    internal byte jt;
    internal byte jf;
    internal uint k;
}

/// <summary>struct sock_fprog (linux/filter.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct sock_fprog
{
    internal ushort len;
    internal sock_filter* filter;
}

/// <summary>struct iovec (sys/uio.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct iovec
{
    internal byte* iov_base;
    internal nuint iov_len;
}

/// <summary>struct msghdr (sys/socket.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct msghdr
{
    internal void* msg_name;
    internal uint msg_namelen;
    internal iovec* msg_iov;
    internal nuint msg_iovlen;
    internal void* msg_control;
    internal nuint msg_controllen;
    internal int msg_flags;
}

/// <summary>struct mmsghdr (sys/socket.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct mmsghdr
{
    internal msghdr msg_hdr;
    internal uint msg_len;
}

/// <summary>struct cmsghdr (sys/socket.h); its data follows, and the next one at a multiple of eight.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cmsghdr
{
    internal nuint cmsg_len;
    internal int cmsg_level;
    internal int cmsg_type;
}

/// <summary>struct timespec (time.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct timespec
{
    internal long tv_sec;
    internal long tv_nsec;
}

/// <summary>struct hwtstamp_config (linux/net_tstamp.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct hwtstamp_config
{
    internal int flags;
    internal int tx_type;
    internal int rx_filter;
}

/// <summary>Numbers of linux/if_packet.h, linux/if_ether.h, linux/net_tstamp.h and errno.h: no calls, so that parsers use them on every OS.</summary>
internal static class Packet
{
    internal const int AF_PACKET = 17;
    internal const int SOL_PACKET = 263;
    internal const ushort ETH_P_ALL = 0x0003;
    internal const ushort ETH_P_8021Q = 0x8100;

    internal const int SOL_SOCKET = 1;
    internal const int SO_TIMESTAMPNS = 35; // the type of its control messages too
    internal const int SO_TIMESTAMPING = 37;

    internal const int PACKET_ADD_MEMBERSHIP = 1;
    internal const int PACKET_RX_RING = 5;
    internal const int PACKET_STATISTICS = 6;
    internal const int PACKET_AUXDATA = 8;
    internal const int PACKET_VERSION = 10;
    internal const int PACKET_RESERVE = 12;
    internal const int PACKET_TIMESTAMP = 17;
    internal const int PACKET_FANOUT = 18;
    internal const int PACKET_QDISC_BYPASS = 20;
    internal const int PACKET_IGNORE_OUTGOING = 23; // since Linux 4.20
    internal const int PACKET_MR_PROMISC = 1;

    internal const int PACKET_HOST = 0;
    internal const int PACKET_BROADCAST = 1;
    internal const int PACKET_MULTICAST = 2;
    internal const int PACKET_OTHERHOST = 3;
    internal const int PACKET_OUTGOING = 4;

    internal const int PACKET_FANOUT_HASH = 0;
    internal const int PACKET_FANOUT_LB = 1;
    internal const int PACKET_FANOUT_CPU = 2;
    internal const int PACKET_FANOUT_ROLLOVER = 3;
    internal const int PACKET_FANOUT_RND = 4;
    internal const int PACKET_FANOUT_QM = 5;
    internal const int PACKET_FANOUT_FLAG_DEFRAG = 0x8000;

    internal const int TPACKET_V2 = 1;
    internal const int TPACKET_V3 = 2;
    internal const uint TP_STATUS_KERNEL = 0;
    internal const uint TP_STATUS_USER = 1;
    internal const uint TP_STATUS_VLAN_VALID = 1 << 4;
    internal const uint TP_STATUS_VLAN_TPID_VALID = 1 << 6;
    internal const uint TP_STATUS_TS_RAW_HARDWARE = 1u << 31;

    internal const int SOF_TIMESTAMPING_RX_HARDWARE = 1 << 2;
    internal const int SOF_TIMESTAMPING_RX_SOFTWARE = 1 << 3;
    internal const int SOF_TIMESTAMPING_SOFTWARE = 1 << 4;
    internal const int SOF_TIMESTAMPING_RAW_HARDWARE = 1 << 6;
    internal const int HWTSTAMP_FILTER_ALL = 1;
    internal const uint SIOCGIFNAME = 0x8910;
    internal const uint SIOCSHWTSTAMP = 0x89B0;
    internal const uint SIOCGHWTSTAMP = 0x89B1;

    internal const int EPERM = 1;
    internal const int EACCES = 13;
    internal const int EBUSY = 16;
    internal const int EMSGSIZE = 90;
    internal const int ENOPROTOOPT = 92;
    internal const int ENETDOWN = 100;
}
