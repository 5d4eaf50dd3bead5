namespace Sonde.Interop.MacOS;

/// <summary>Numbers of the macOS headers: no calls, so that parsers use them on every OS.</summary>
/// <remarks>Each is compared with the ABI data of both architectures by Sonde.MacOS.Tests.</remarks>
internal static partial class Darwin
{
    // sys/socket.h.
    internal const int AF_UNSPEC = 0;
    internal const int AF_INET = 2;
    internal const int AF_LINK = 18;
    internal const int AF_INET6 = 30;
    internal const int AF_SYSTEM = 32;
    internal const int PF_SYSTEM = 32;
    internal const int PF_ROUTE = 17;
    internal const int PF_LINK = 18;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_RAW = 3;
    internal const int MSG_DONTWAIT = 0x80;

    // sys/kern_control.h and net/if_utun.h.
    internal const int SYSPROTO_CONTROL = 2;
    internal const ushort AF_SYS_CONTROL = 2;
    internal const int UTUN_OPT_IFNAME = 2;
    internal const int UTUN_OPT_MAX_PENDING_PACKETS = 16;

    // net/if.h.
    internal const int IFNAMSIZ = 16;
    internal const uint IFF_UP = 0x1;
    internal const uint IFF_BROADCAST = 0x2;
    internal const uint IFF_DEBUG = 0x4;
    internal const uint IFF_LOOPBACK = 0x8;
    internal const uint IFF_POINTOPOINT = 0x10;
    internal const uint IFF_NOTRAILERS = 0x20;
    internal const uint IFF_RUNNING = 0x40;
    internal const uint IFF_NOARP = 0x80;
    internal const uint IFF_PROMISC = 0x100;
    internal const uint IFF_ALLMULTI = 0x200;
    internal const uint IFF_OACTIVE = 0x400;
    internal const uint IFF_SIMPLEX = 0x800;
    internal const uint IFF_LINK0 = 0x1000;
    internal const uint IFF_LINK1 = 0x2000;
    internal const uint IFF_LINK2 = 0x4000;
    internal const uint IFF_MULTICAST = 0x8000;

    // net/if_types.h.
    internal const byte IFT_OTHER = 1;
    internal const byte IFT_ETHER = 6;
    internal const byte IFT_PPP = 23;
    internal const byte IFT_LOOP = 24;
    internal const byte IFT_SLIP = 28;
    internal const byte IFT_XETHER = 26;
    internal const byte IFT_FDDI = 15;
    internal const byte IFT_ISO88025 = 9;
    internal const byte IFT_MODEM = 48;
    internal const byte IFT_GIF = 55;
    internal const byte IFT_FAITH = 56;
    internal const byte IFT_STF = 57;
    internal const byte IFT_L2VLAN = 135;
    internal const byte IFT_IEEE8023ADLAG = 136;
    internal const byte IFT_IEEE1394 = 144;
    internal const byte IFT_BRIDGE = 209;
    internal const byte IFT_ENC = 244;
    internal const byte IFT_PFLOG = 245;
    internal const byte IFT_PFSYNC = 246;
    internal const byte IFT_CARP = 248;
    internal const byte IFT_PKTAP = 254;
    internal const byte IFT_CELLULAR = 255;

    // net/if.h, what SIOCGIFTYPE says (IFRTYPE_ is declared for Apple's own programs only).
    internal const uint IFRTYPE_FAMILY_ETHERNET = 2;
    internal const uint IFRTYPE_FAMILY_TUN = 4;
    internal const uint IFRTYPE_FAMILY_VLAN = 5;
    internal const uint IFRTYPE_FAMILY_PPP = 6;
    internal const uint IFRTYPE_FAMILY_BOND = 14;
    internal const uint IFRTYPE_FAMILY_CELLULAR = 15;
    internal const uint IFRTYPE_FAMILY_UTUN = 17;
    internal const uint IFRTYPE_FAMILY_IPSEC = 18;
    internal const uint IFRTYPE_SUBFAMILY_WIFI = 3;

    // net/if_media.h.
    internal const int IFM_NMASK = 0xE0;
    internal const int IFM_IEEE80211 = 0x80;
    internal const int IFM_AVALID = 0x1;
    internal const int IFM_ACTIVE = 0x2;

    // net/if_mib.h and sys/sysctl.h: the way to ifmibdata.
    internal const int CTL_NET = 4;
    internal const int NETLINK_GENERIC = 0;
    internal const int IFMIB_IFDATA = 2;
    internal const int IFDATA_GENERAL = 1;
    internal const int NET_RT_DUMP = 1;

    // net/route.h.
    internal const byte RTM_VERSION = 5;
    internal const byte RTM_ADD = 1;
    internal const byte RTM_DELETE = 2;
    internal const byte RTM_CHANGE = 3;
    internal const byte RTM_REDIRECT = 6;
    internal const byte RTM_NEWADDR = 12;
    internal const byte RTM_DELADDR = 13;
    internal const byte RTM_IFINFO = 14;
    internal const byte RTM_IFINFO2 = 18;
    internal const int RTF_UP = 0x1;
    internal const int RTF_GATEWAY = 0x2;
    internal const int RTF_HOST = 0x4;
    internal const int RTF_REJECT = 0x8;
    internal const int RTF_DYNAMIC = 0x10;
    internal const int RTF_STATIC = 0x800;
    internal const int RTF_BLACKHOLE = 0x1000;
    internal const int RTF_IFSCOPE = 0x1000000;
    internal const int RTAX_DST = 0;
    internal const int RTAX_GATEWAY = 1;
    internal const int RTAX_NETMASK = 2;
    internal const int RTAX_MAX = 8;

    // netinet6/in6_var.h and netinet6/nd6.h.
    internal const int IN6_IFF_ANYCAST = 0x1;
    internal const int IN6_IFF_TENTATIVE = 0x2;
    internal const int IN6_IFF_DUPLICATED = 0x4;
    internal const int IN6_IFF_DEPRECATED = 0x10;
    internal const int IN6_IFF_NODAD = 0x20;
    internal const int IN6_IFF_AUTOCONF = 0x40;
    internal const int IN6_IFF_TEMPORARY = 0x80;
    internal const int IN6_IFF_DYNAMIC = 0x100;
    internal const int IN6_IFF_OPTIMISTIC = 0x200;
    internal const int IN6_IFF_NOPFX = 0x8000;
    internal const uint ND6_INFINITE_LIFETIME = 0xFFFFFFFF;

    // dnsinfo.h of configd.
    internal const uint DNSINFO_VERSION = 20170629;

    // net/bpf.h: link types as the kernel numbers them (capture files number some of them otherwise), and directions.
    internal const uint DLT_NULL = 0;
    internal const uint DLT_EN10MB = 1;
    internal const uint DLT_FDDI = 10;
    internal const uint DLT_ATM_RFC1483 = 11;
    internal const uint DLT_RAW = 12;
    internal const uint DLT_SLIP_BSDOS = 15;
    internal const uint DLT_PPP_BSDOS = 16;
    internal const uint DLT_PFSYNC = 18;
    internal const uint DLT_PPP_SERIAL = 50;
    internal const uint DLT_PPP_ETHER = 51;
    internal const uint DLT_MATCHING_MIN = 104;
    internal const uint DLT_LOOP = 108;
    internal const uint DLT_PKTAP = 149;
    internal const uint DLT_MATCHING_MAX = 266;
    internal const uint BPF_D_IN = 1;
    internal const uint BPF_D_OUT = 2;
    internal const uint BPF_D_INOUT = 3;
    internal const int BPF_ALIGNMENT = 4;
    internal const int BPF_MINBUFSIZE = 32;
    internal const int BPF_MAXBUFSIZE = 0x80000;
    internal const byte BPF_HDR_EXT_FLAGS_DIR_OUT = 1;

    // net/bpf.h: as much of the machine as is needed to put a test in front of a program.
    internal const ushort BPF_LD = 0x00;
    internal const ushort BPF_H = 0x08;
    internal const ushort BPF_ABS = 0x20;
    internal const ushort BPF_JMP = 0x05;
    internal const ushort BPF_JEQ = 0x10;
    internal const ushort BPF_RET = 0x06;
    internal const ushort BPF_K = 0x00;

    // sys/errno.h: where macOS counts otherwise than Linux, or where only macOS is meant.
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int EINTR = 4;
    internal const int ENXIO = 6;
    internal const int EBADF = 9;
    internal const int ENOMEM = 12;
    internal const int EACCES = 13;
    internal const int EBUSY = 16;
    internal const int EEXIST = 17;
    internal const int ENODEV = 19;
    internal const int EINVAL = 22;
    internal const int ENOSPC = 28;
    internal const int EPIPE = 32;
    internal const int EAGAIN = 35;
    internal const int ENOTSOCK = 38;
    internal const int EMSGSIZE = 40;
    internal const int ENOPROTOOPT = 42;
    internal const int EPROTONOSUPPORT = 43;
    internal const int ENOTSUP = 45;
    internal const int EPFNOSUPPORT = 46;
    internal const int EAFNOSUPPORT = 47;
    internal const int EADDRNOTAVAIL = 49;
    internal const int ENETDOWN = 50;
    internal const int ECONNRESET = 54;
    internal const int ENOBUFS = 55;
    internal const int ENOTCONN = 57;
    internal const int ENAMETOOLONG = 63;
    internal const int ENOSYS = 78;
    internal const int EOPNOTSUPP = 102;
    internal const int EQFULL = 106;
}
