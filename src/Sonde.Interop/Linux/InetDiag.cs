using System.Runtime.InteropServices;

namespace Sonde.Interop.Linux;

/// <summary>Numbers of linux/sock_diag.h, linux/inet_diag.h and netinet/tcp.h: no calls, so that parsers use them on every OS.</summary>
internal static class InetDiag
{
    internal const int NETLINK_SOCK_DIAG = 4;
    internal const ushort SOCK_DIAG_BY_FAMILY = 20;

    // Bit n - 1 of the group mask that bind(2) takes.
    internal const int SKNLGRP_INET_TCP_DESTROY = 1;
    internal const int SKNLGRP_INET_UDP_DESTROY = 2;
    internal const int SKNLGRP_INET6_TCP_DESTROY = 3;
    internal const int SKNLGRP_INET6_UDP_DESTROY = 4;

    internal const ushort INET_DIAG_MEMINFO = 1;
    internal const ushort INET_DIAG_INFO = 2;
    internal const ushort INET_DIAG_CONG = 4;
    internal const ushort INET_DIAG_TOS = 5;
    internal const ushort INET_DIAG_TCLASS = 6;
    internal const ushort INET_DIAG_SKMEMINFO = 7;
    internal const ushort INET_DIAG_SHUTDOWN = 8;
    internal const ushort INET_DIAG_PROTOCOL = 10;
    internal const ushort INET_DIAG_SKV6ONLY = 11;
    internal const ushort INET_DIAG_MARK = 15;
    internal const ushort INET_DIAG_CGROUP_ID = 21;
    internal const ushort INET_DIAG_SOCKOPT = 22;

    internal const int SK_MEMINFO_RMEM_ALLOC = 0;
    internal const int SK_MEMINFO_RCVBUF = 1;
    internal const int SK_MEMINFO_WMEM_ALLOC = 2;
    internal const int SK_MEMINFO_SNDBUF = 3;
    internal const int SK_MEMINFO_FWD_ALLOC = 4;
    internal const int SK_MEMINFO_WMEM_QUEUED = 5;
    internal const int SK_MEMINFO_OPTMEM = 6;
    internal const int SK_MEMINFO_BACKLOG = 7;
    internal const int SK_MEMINFO_DROPS = 8;

    internal const byte IPPROTO_ICMP = 1;
    internal const byte IPPROTO_TCP = 6;
    internal const byte IPPROTO_UDP = 17;
    internal const byte IPPROTO_SCTP = 132;
    internal const byte IPPROTO_UDPLITE = 136;
    internal const byte IPPROTO_RAW = 255;

    internal const byte TCP_ESTABLISHED = 1;
    internal const byte TCP_SYN_SENT = 2;
    internal const byte TCP_SYN_RECV = 3;
    internal const byte TCP_FIN_WAIT1 = 4;
    internal const byte TCP_FIN_WAIT2 = 5;
    internal const byte TCP_TIME_WAIT = 6;
    internal const byte TCP_CLOSE = 7;
    internal const byte TCP_CLOSE_WAIT = 8;
    internal const byte TCP_LAST_ACK = 9;
    internal const byte TCP_LISTEN = 10;
    internal const byte TCP_CLOSING = 11;

    // Of the kernel's own include/net/tcp_states.h; TCP_BOUND_INACTIVE since Linux 6.8, and only for who asks for it.
    internal const byte TCP_NEW_SYN_RECV = 12;
    internal const byte TCP_BOUND_INACTIVE = 13;

    internal const int TCPI_OPT_TIMESTAMPS = 1;
    internal const int TCPI_OPT_SACK = 2;
    internal const int TCPI_OPT_WSCALE = 4;
    internal const int TCPI_OPT_ECN = 8;
    internal const int TCPI_OPT_ECN_SEEN = 16;
    internal const int TCPI_OPT_SYN_DATA = 32;
}

/// <summary>struct inet_diag_sockid (linux/inet_diag.h): ports and addresses in the order of the wire.</summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct inet_diag_sockid
{
    [FieldOffset(0)] internal ushort idiag_sport;
    [FieldOffset(2)] internal ushort idiag_dport;
    [FieldOffset(4)] internal WireAddress idiag_src;
    [FieldOffset(20)] internal WireAddress idiag_dst;
    [FieldOffset(36)] internal uint idiag_if;
    [FieldOffset(40)] internal CookieWords idiag_cookie;
}

/// <summary>__be32[4]: an address as the wire has it, four bytes of it for IPv4.</summary>
[System.Runtime.CompilerServices.InlineArray(16)]
internal struct WireAddress
{
    private byte _first;
}

/// <summary>__u32[2]: a number of 64 bits, its low half first, at an alignment of four.</summary>
[System.Runtime.CompilerServices.InlineArray(2)]
internal struct CookieWords
{
    private uint _first;
}

/// <summary>struct inet_diag_req_v2 (linux/inet_diag.h): which sockets to tell, and what of them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct inet_diag_req_v2
{
    internal byte sdiag_family;
    internal byte sdiag_protocol;
    internal byte idiag_ext;
    internal byte pad;
    internal uint idiag_states;
    internal inet_diag_sockid id;
}

/// <summary>struct inet_diag_msg (linux/inet_diag.h): one socket, followed by attributes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct inet_diag_msg
{
    internal byte idiag_family;
    internal byte idiag_state;
    internal byte idiag_timer;
    internal byte idiag_retrans;
    internal inet_diag_sockid id;
    internal uint idiag_expires;
    internal uint idiag_rqueue;
    internal uint idiag_wqueue;
    internal uint idiag_uid;
    internal uint idiag_inode;
}

/// <summary>struct inet_diag_sockopt (linux/inet_diag.h): two bytes of bit fields.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct inet_diag_sockopt
{
    internal byte first;
    internal byte second;
}

/// <summary>struct tcp_info (linux/tcp.h), as of Linux 6.7; older kernels end it earlier, newer ones later.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct tcp_info
{
    internal byte tcpi_state;
    internal byte tcpi_ca_state;
    internal byte tcpi_retransmits;
    internal byte tcpi_probes;
    internal byte tcpi_backoff;
    internal byte tcpi_options;
    internal byte tcpi_wscale; // two bit fields: ours to send in the low half, ours to receive in the high half
    internal byte tcpi_flags; // bit 0: the delivery rate is limited by the application
    internal uint tcpi_rto;
    internal uint tcpi_ato;
    internal uint tcpi_snd_mss;
    internal uint tcpi_rcv_mss;
    internal uint tcpi_unacked;
    internal uint tcpi_sacked;
    internal uint tcpi_lost;
    internal uint tcpi_retrans;
    internal uint tcpi_fackets;
    internal uint tcpi_last_data_sent;
    internal uint tcpi_last_ack_sent;
    internal uint tcpi_last_data_recv;
    internal uint tcpi_last_ack_recv;
    internal uint tcpi_pmtu;
    internal uint tcpi_rcv_ssthresh;
    internal uint tcpi_rtt;
    internal uint tcpi_rttvar;
    internal uint tcpi_snd_ssthresh;
    internal uint tcpi_snd_cwnd;
    internal uint tcpi_advmss;
    internal uint tcpi_reordering;
    internal uint tcpi_rcv_rtt;
    internal uint tcpi_rcv_space;
    internal uint tcpi_total_retrans;
    internal ulong tcpi_pacing_rate;
    internal ulong tcpi_max_pacing_rate;
    internal ulong tcpi_bytes_acked;
    internal ulong tcpi_bytes_received;
    internal uint tcpi_segs_out;
    internal uint tcpi_segs_in;
    internal uint tcpi_notsent_bytes;
    internal uint tcpi_min_rtt;
    internal uint tcpi_data_segs_in;
    internal uint tcpi_data_segs_out;
    internal ulong tcpi_delivery_rate;
    internal ulong tcpi_busy_time;
    internal ulong tcpi_rwnd_limited;
    internal ulong tcpi_sndbuf_limited;
    internal uint tcpi_delivered;
    internal uint tcpi_delivered_ce;
    internal ulong tcpi_bytes_sent;
    internal ulong tcpi_bytes_retrans;
    internal uint tcpi_dsack_dups;
    internal uint tcpi_reord_seen;
    internal uint tcpi_rcv_ooopack;
    internal uint tcpi_snd_wnd;
    internal uint tcpi_rcv_wnd; // since Linux 6.2
    internal uint tcpi_rehash;
    internal ushort tcpi_total_rto; // since Linux 6.7
    internal ushort tcpi_total_rto_recoveries;
    internal uint tcpi_total_rto_time;
}
