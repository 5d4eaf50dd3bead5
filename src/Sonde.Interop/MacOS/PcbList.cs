using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.MacOS;

/// <summary>Numbers of bsd/sys/socketvar.h, netinet/in_pcb.h and netinet/tcp_fsm.h of xnu, for the answers of net.inet.*.pcblist_n: no calls, so that parsers use them on every OS.</summary>
internal static class PcbList
{
    internal const uint XSO_SOCKET = 0x001;
    internal const uint XSO_RCVBUF = 0x002;
    internal const uint XSO_SNDBUF = 0x004;
    internal const uint XSO_STATS = 0x008;
    internal const uint XSO_INPCB = 0x010;
    internal const uint XSO_TCPCB = 0x020;

    internal const byte INP_IPV4 = 1;
    internal const byte INP_IPV6 = 2;

    internal const int TCPS_CLOSED = 0;
    internal const int TCPS_LISTEN = 1;
    internal const int TCPS_SYN_SENT = 2;
    internal const int TCPS_SYN_RECEIVED = 3;
    internal const int TCPS_ESTABLISHED = 4;
    internal const int TCPS_CLOSE_WAIT = 5;
    internal const int TCPS_FIN_WAIT_1 = 6;
    internal const int TCPS_CLOSING = 7;
    internal const int TCPS_LAST_ACK = 8;
    internal const int TCPS_FIN_WAIT_2 = 9;
    internal const int TCPS_TIME_WAIT = 10;
}

/// <summary>u_int32_t[3].</summary>
[InlineArray(3)]
internal struct ThreeWords
{
    private uint _first;
}

/// <summary>struct data_stats[4]: for each traffic class packets and bytes received, packets and bytes sent.</summary>
[InlineArray(16)]
internal struct TrafficClassCounters
{
    private ulong _first;
}

/// <summary>struct xinpgen (netinet/in_pcb.h): stands at both ends of a list. Under #pragma pack(4), as the others.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct xinpgen
{
    internal uint xig_len;
    internal uint xig_count;
    internal ulong xig_gen;
    internal ulong xig_sogen;
}

/// <summary>struct xinpcb_n (netinet/in_pcb.h): the two ends; ports in the order of the wire.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct xinpcb_n
{
    internal uint xi_len;
    internal uint xi_kind;
    internal ulong xi_inpp;
    internal ushort inp_fport;
    internal ushort inp_lport;
    internal ulong inp_ppcb;
    internal ulong inp_gencnt;
    internal int inp_flags;
    internal uint inp_flow;
    internal byte inp_vflag;
    internal byte inp_ip_ttl;
    internal byte inp_ip_p;
    internal FourWords inp_dependfaddr;
    internal FourWords inp_dependladdr;
    internal byte inp_depend4;
    internal ThreeWords inp_depend6;
    internal uint inp_flowhash;
    internal uint inp_flags2;
}

/// <summary>struct xsocket_n (sys/socketvar.h); ends at so_e_pid before macOS 13.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct xsocket_n
{
    internal uint xso_len;
    internal uint xso_kind;
    internal ulong xso_so;
    internal short so_type;
    internal uint so_options;
    internal short so_linger;
    internal short so_state;
    internal ulong so_pcb;
    internal int xso_protocol;
    internal int xso_family;
    internal short so_qlen;
    internal short so_incqlen;
    internal short so_qlimit;
    internal short so_timeo;
    internal ushort so_error;
    internal int so_pgid;
    internal uint so_oobmark;
    internal uint so_uid;
    internal int so_last_pid;
    internal int so_e_pid;
    internal ulong so_gencnt;
    internal uint so_flags;
    internal uint so_flags1;
    internal int so_usecount;
    internal int so_retaincnt;
    internal uint xso_filter_flags;
}

/// <summary>struct xsockbuf_n (sys/socketvar.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct xsockbuf_n
{
    internal uint xsb_len;
    internal uint xsb_kind;
    internal uint sb_cc;
    internal uint sb_hiwat;
    internal uint sb_mbcnt;
    internal uint sb_mbmax;
    internal int sb_lowat;
    internal short sb_flags;
    internal short sb_timeo;
}

/// <summary>struct xsockstat_n (sys/socketvar.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct xsockstat_n
{
    internal uint xst_len;
    internal uint xst_kind;
    internal TrafficClassCounters xst_tc_stats;
}

/// <summary>struct xtcpcb_n (netinet/tcp_var.h).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct xtcpcb_n
{
    internal uint xt_len;
    internal uint xt_kind;
    internal ulong t_segq;
    internal int t_dupacks;
    internal FourWords t_timer;
    internal int t_state;
    internal uint t_flags;
    internal int t_force;
    internal uint snd_una;
    internal uint snd_max;
    internal uint snd_nxt;
    internal uint snd_up;
    internal uint snd_wl1;
    internal uint snd_wl2;
    internal uint iss;
    internal uint irs;
    internal uint rcv_nxt;
    internal uint rcv_adv;
    internal uint rcv_wnd;
    internal uint rcv_up;
    internal uint snd_wnd;
    internal uint snd_cwnd;
    internal uint snd_ssthresh;
    internal uint t_maxopd;
    internal uint t_rcvtime;
    internal uint t_starttime;
    internal int t_rtttime;
    internal uint t_rtseq;
    internal int t_rxtcur;
    internal uint t_maxseg;
    internal int t_srtt;
    internal int t_rttvar;
    internal int t_rxtshift;
    internal uint t_rttmin;
    internal uint t_rttupdated;
    internal uint max_sndwnd;
    internal int t_softerror;
    internal byte t_oobflags;
    internal byte t_iobc;
    internal byte snd_scale;
    internal byte rcv_scale;
    internal byte request_r_scale;
    internal byte requested_s_scale;
    internal uint ts_recent;
    internal uint ts_recent_age;
    internal uint last_ack_sent;
    internal uint cc_send;
    internal uint cc_recv;
    internal uint snd_recover;
    internal uint snd_cwnd_prev;
    internal uint snd_ssthresh_prev;
}
