using System.Runtime.InteropServices;

namespace Sonde.Interop.MacOS;

// net/bpf.h: the requests of /dev/bpfN.
internal static partial class LibSystem
{
    internal const uint BIOCGBLEN = 0x40044266;
    internal const uint BIOCSBLEN = 0xC0044266;
    internal const uint BIOCSETF = 0x80104267;
    internal const uint BIOCPROMISC = 0x20004269;
    internal const uint BIOCGDLT = 0x4004426A;
    internal const uint BIOCSETIF = 0x8020426C;
    internal const uint BIOCSRTIMEOUT = 0x8010426D;
    internal const uint BIOCGSTATS = 0x4008426F;
    internal const uint BIOCIMMEDIATE = 0x80044270;
    internal const uint BIOCSHDRCMPLT = 0x80044275;
    internal const uint BIOCSSEESENT = 0x80044277;
    internal const uint BIOCSDLT = 0x80044278;
    internal const uint BIOCSEXTHDR = 0x8004427C; // Apple's own
    internal const uint BIOCSDIRECTION = 0x8004428B; // since macOS 14
}

/// <summary>struct bpf_hdr (net/bpf.h): what stands before each frame of a read. Its 18th byte may be its last: see bh_hdrlen.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_hdr
{
    internal timeval32 bh_tstamp;
    internal uint bh_caplen;
    internal uint bh_datalen;
    internal ushort bh_hdrlen;
    private ushort _padding;
}

/// <summary>struct bpf_insn (net/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_insn
{
    internal ushort code;
    internal byte jt;
    internal byte jf;
    internal uint k;
}

/// <summary>struct bpf_program (net/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_program
{
    internal uint bf_len;
    private uint _padding;
    internal bpf_insn* bf_insns;
}

/// <summary>struct bpf_stat (net/bpf.h): the low halves of the kernel's counters.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_stat
{
    internal uint bs_recv;
    internal uint bs_drop;
}

/// <summary>struct timeval (sys/_types/_timeval.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct timeval
{
    internal long tv_sec;
    internal int tv_usec;
    private int _padding;
}
