using System.Runtime.InteropServices;

namespace Sonde.Interop.Linux;

/// <summary>Numbers of linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h, linux/if.h and linux/if_arp.h.</summary>
internal static class RtNetlink
{
    internal const ushort RTM_NEWLINK = 16;
    internal const ushort RTM_DELLINK = 17;
    internal const ushort RTM_GETLINK = 18;
    internal const ushort RTM_NEWADDR = 20;
    internal const ushort RTM_DELADDR = 21;
    internal const ushort RTM_GETADDR = 22;
    internal const ushort RTM_NEWROUTE = 24;
    internal const ushort RTM_DELROUTE = 25;
    internal const ushort RTM_GETROUTE = 26;

    internal const uint RTMGRP_LINK = 0x1;
    internal const uint RTMGRP_IPV4_IFADDR = 0x10;
    internal const uint RTMGRP_IPV4_ROUTE = 0x40;
    internal const uint RTMGRP_IPV6_IFADDR = 0x100;
    internal const uint RTMGRP_IPV6_ROUTE = 0x400;

    internal const ushort IFLA_ADDRESS = 1;
    internal const ushort IFLA_BROADCAST = 2;
    internal const ushort IFLA_IFNAME = 3;
    internal const ushort IFLA_MTU = 4;
    internal const ushort IFLA_LINK = 5;
    internal const ushort IFLA_MASTER = 10;
    internal const ushort IFLA_TXQLEN = 13;
    internal const ushort IFLA_OPERSTATE = 16;
    internal const ushort IFLA_LINKINFO = 18;
    internal const ushort IFLA_IFALIAS = 20;
    internal const ushort IFLA_STATS64 = 23;
    internal const ushort IFLA_AF_SPEC = 26;
    internal const ushort IFLA_EXT_MASK = 29;
    internal const ushort IFLA_LINK_NETNSID = 37;
    internal const ushort IFLA_INFO_KIND = 1;
    internal const ushort IFLA_INFO_DATA = 2;
    internal const ushort IFLA_TUN_OWNER = 1;
    internal const ushort IFLA_TUN_TYPE = 3;
    internal const ushort IFLA_TUN_VNET_HDR = 5;
    internal const ushort IFLA_TUN_PERSIST = 6;
    internal const ushort IFLA_TUN_MULTI_QUEUE = 7;
    internal const ushort IFLA_TUN_NUM_QUEUES = 8;
    internal const ushort IFLA_INET6_ADDR_GEN_MODE = 8;
    internal const byte IN6_ADDR_GEN_MODE_NONE = 1;
    internal const uint RTEXT_FILTER_SKIP_STATS = 1 << 3;
    internal const byte TUN_TYPE_TUN = 1;
    internal const byte TUN_TYPE_TAP = 2;

    internal const ushort IFA_ADDRESS = 1;
    internal const ushort IFA_LOCAL = 2;
    internal const ushort IFA_LABEL = 3;
    internal const ushort IFA_BROADCAST = 4;
    internal const ushort IFA_CACHEINFO = 6;
    internal const ushort IFA_FLAGS = 8;

    internal const uint IFA_F_SECONDARY = 0x01; // IFA_F_TEMPORARY for IPv6
    internal const uint IFA_F_NODAD = 0x02;
    internal const uint IFA_F_OPTIMISTIC = 0x04;
    internal const uint IFA_F_DADFAILED = 0x08;
    internal const uint IFA_F_HOMEADDRESS = 0x10;
    internal const uint IFA_F_DEPRECATED = 0x20;
    internal const uint IFA_F_TENTATIVE = 0x40;
    internal const uint IFA_F_PERMANENT = 0x80;
    internal const uint IFA_F_MANAGETEMPADDR = 0x100;
    internal const uint IFA_F_NOPREFIXROUTE = 0x200;
    internal const uint IFA_F_MCAUTOJOIN = 0x400;
    internal const uint INFINITY_LIFE_TIME = 0xFFFFFFFF;

    internal const ushort RTA_DST = 1;
    internal const ushort RTA_OIF = 4;
    internal const ushort RTA_GATEWAY = 5;
    internal const ushort RTA_PRIORITY = 6;
    internal const ushort RTA_METRICS = 8;
    internal const ushort RTA_MULTIPATH = 9;
    internal const ushort RTA_TABLE = 15;
    internal const ushort RTA_VIA = 18;
    internal const ushort RTAX_MTU = 2;
    internal const byte RTPROT_STATIC = 4;
    internal const byte RTN_UNICAST = 1;
    internal const byte RTN_LOCAL = 2;
    internal const byte RT_TABLE_MAIN = 254;
    internal const byte RT_SCOPE_UNIVERSE = 0;
    internal const byte RT_SCOPE_SITE = 200;
    internal const byte RT_SCOPE_LINK = 253;
    internal const byte RT_SCOPE_HOST = 254;
    internal const byte RT_SCOPE_NOWHERE = 255;

    internal const uint IFF_UP = 1 << 0;
    internal const uint IFF_LOOPBACK = 1 << 3;
    internal const uint IFF_POINTOPOINT = 1 << 4;
    internal const uint IFF_RUNNING = 1 << 6;

    internal const ushort ARPHRD_ETHER = 1;
    internal const ushort ARPHRD_INFINIBAND = 32;
    internal const ushort ARPHRD_CAN = 280;
    internal const ushort ARPHRD_PPP = 512;
    internal const ushort ARPHRD_RAWIP = 519;
    internal const ushort ARPHRD_TUNNEL = 768;
    internal const ushort ARPHRD_TUNNEL6 = 769;
    internal const ushort ARPHRD_LOOPBACK = 772;
    internal const ushort ARPHRD_SIT = 776;
    internal const ushort ARPHRD_IPGRE = 778;
    internal const ushort ARPHRD_IEEE80211 = 801;
    internal const ushort ARPHRD_IEEE80211_PRISM = 802;
    internal const ushort ARPHRD_IEEE80211_RADIOTAP = 803;
    internal const ushort ARPHRD_IP6GRE = 823;
    internal const ushort ARPHRD_NETLINK = 824;
    internal const ushort ARPHRD_NONE = 0xFFFE;
    internal const ushort ARPHRD_VOID = 0xFFFF;
}

/// <summary>struct ifinfomsg (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ifinfomsg
{
    internal byte ifi_family;
    internal byte __ifi_pad;
    internal ushort ifi_type;
    internal int ifi_index;
    internal uint ifi_flags;
    internal uint ifi_change;
}

/// <summary>struct ifaddrmsg (linux/if_addr.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ifaddrmsg
{
    internal byte ifa_family;
    internal byte ifa_prefixlen;
    internal byte ifa_flags;
    internal byte ifa_scope;
    internal uint ifa_index;
}

/// <summary>struct ifa_cacheinfo (linux/if_addr.h): lifetimes in seconds, times in hundredths.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ifa_cacheinfo
{
    internal uint ifa_prefered;
    internal uint ifa_valid;
    internal uint cstamp;
    internal uint tstamp;
}

/// <summary>struct rtmsg (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct rtmsg
{
    internal byte rtm_family;
    internal byte rtm_dst_len;
    internal byte rtm_src_len;
    internal byte rtm_tos;
    internal byte rtm_table;
    internal byte rtm_protocol;
    internal byte rtm_scope;
    internal byte rtm_type;
    internal uint rtm_flags;
}

/// <summary>struct rtnexthop (linux/rtnetlink.h): one leg of a multipath route, followed by its attributes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct rtnexthop
{
    internal ushort rtnh_len;
    internal byte rtnh_flags;
    internal byte rtnh_hops;
    internal int rtnh_ifindex;
}

/// <summary>struct rtnl_link_stats64 (linux/if_link.h); older kernels end it earlier.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct rtnl_link_stats64
{
    internal ulong rx_packets;
    internal ulong tx_packets;
    internal ulong rx_bytes;
    internal ulong tx_bytes;
    internal ulong rx_errors;
    internal ulong tx_errors;
    internal ulong rx_dropped;
    internal ulong tx_dropped;
    internal ulong multicast;
    internal ulong collisions;
    internal ulong rx_length_errors;
    internal ulong rx_over_errors;
    internal ulong rx_crc_errors;
    internal ulong rx_frame_errors;
    internal ulong rx_fifo_errors;
    internal ulong rx_missed_errors;
    internal ulong tx_aborted_errors;
    internal ulong tx_carrier_errors;
    internal ulong tx_fifo_errors;
    internal ulong tx_heartbeat_errors;
    internal ulong tx_window_errors;
    internal ulong rx_compressed;
    internal ulong tx_compressed;
    internal ulong rx_nohandler;
    internal ulong rx_otherhost_dropped; // since Linux 5.19
}
