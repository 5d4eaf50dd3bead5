using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.MacOS;

// libproc.h, sys/proc_info.h, sys/resource.h, sys/sysctl.h, unistd.h, mach/mach_time.h.
internal static unsafe partial class LibSystem
{
    /// <summary>How many bytes were written; 0 with errno set, never -1, when it was refused.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int proc_pidinfo(int pid, int flavor, ulong argument, void* buffer, int size);

    /// <summary>The length of the path; 0 with errno set when it was refused.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int proc_pidpath(int pid, void* buffer, uint size);

    /// <summary>0, or -1 with errno set.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int proc_pid_rusage(int pid, int flavor, void* buffer);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsid(int pid);

    [LibraryImport(Library)]
    internal static partial int mach_timebase_info(mach_timebase_info* info);
}

/// <summary>struct kinfo_proc (sys/sysctl.h): a row of KERN_PROC_ALL, with those fields that the kernel fills.</summary>
[StructLayout(LayoutKind.Explicit, Size = 648)]
internal struct kinfo_proc
{
    [FieldOffset(0)] internal timeval __p_starttime;
    [FieldOffset(32)] internal int p_flag;
    [FieldOffset(36)] internal byte p_stat;
    [FieldOffset(40)] internal int p_pid;
    [FieldOffset(240)] internal byte p_priority;
    [FieldOffset(242)] internal sbyte p_nice;
    [FieldOffset(243)] internal ProcessNameBytes p_comm;
    [FieldOffset(392)] internal uint p_ruid;
    [FieldOffset(396)] internal uint p_svuid;
    [FieldOffset(400)] internal uint p_rgid;
    [FieldOffset(404)] internal uint p_svgid;
    [FieldOffset(420)] internal uint cr_uid;
    [FieldOffset(424)] internal short cr_ngroups;
    [FieldOffset(428)] internal GroupIds cr_groups;
    [FieldOffset(560)] internal int e_ppid;
    [FieldOffset(564)] internal int e_pgid;
    [FieldOffset(572)] internal uint e_tdev;
}

/// <summary>char[MAXCOMLEN + 1].</summary>
[InlineArray(17)]
internal struct ProcessNameBytes
{
    private byte _first;
}

/// <summary>gid_t[NGROUPS].</summary>
[InlineArray(16)]
internal struct GroupIds
{
    private uint _first;
}

/// <summary>struct proc_bsdinfo (sys/proc_info.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct proc_bsdinfo
{
    internal uint pbi_flags;
    internal uint pbi_status;
    internal uint pbi_xstatus;
    internal uint pbi_pid;
    internal uint pbi_ppid;
    internal uint pbi_uid;
    internal uint pbi_gid;
    internal uint pbi_ruid;
    internal uint pbi_rgid;
    internal uint pbi_svuid;
    internal uint pbi_svgid;
    internal uint rfu_1;
    internal SixteenBytes pbi_comm;
    internal LongProcessNameBytes pbi_name;
    internal uint pbi_nfiles;
    internal uint pbi_pgid;
    internal uint pbi_pjobc;
    internal uint e_tdev;
    internal uint e_tpgid;
    internal int pbi_nice;
    internal ulong pbi_start_tvsec;
    internal ulong pbi_start_tvusec;
}

/// <summary>char[MAXCOMLEN], or a UUID.</summary>
[InlineArray(16)]
internal struct SixteenBytes
{
    private byte _first;
}

/// <summary>char[2 * MAXCOMLEN].</summary>
[InlineArray(32)]
internal struct LongProcessNameBytes
{
    private byte _first;
}

/// <summary>struct proc_taskinfo (sys/proc_info.h); its times are Mach ticks, its counters end at 2^31-1.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct proc_taskinfo
{
    internal ulong pti_virtual_size;
    internal ulong pti_resident_size;
    internal ulong pti_total_user;
    internal ulong pti_total_system;
    internal ulong pti_threads_user;
    internal ulong pti_threads_system;
    internal int pti_policy;
    internal int pti_faults;
    internal int pti_pageins;
    internal int pti_cow_faults;
    internal int pti_messages_sent;
    internal int pti_messages_received;
    internal int pti_syscalls_mach;
    internal int pti_syscalls_unix;
    internal int pti_csw;
    internal int pti_threadnum;
    internal int pti_numrunning;
    internal int pti_priority;
}

/// <summary>struct proc_taskallinfo (sys/proc_info.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct proc_taskallinfo
{
    internal proc_bsdinfo pbsd;
    internal proc_taskinfo ptinfo;
}

/// <summary>struct proc_uniqidentifierinfo (sys/proc_info_private.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct proc_uniqidentifierinfo
{
    internal SixteenBytes p_uuid;
    internal ulong p_uniqueid;
    internal ulong p_puniqueid;
    internal int p_idversion;
    internal int p_orig_ppidversion;
    internal ulong p_reserve2;
    internal ulong p_reserve3;
}

/// <summary>struct rusage_info_v6 (sys/resource.h); version 4 is its beginning, up to ri_runnable_time. Times are Mach ticks.</summary>
[StructLayout(LayoutKind.Explicit, Size = 464)]
internal struct rusage_info_v6
{
    [FieldOffset(32)] internal ulong ri_pkg_idle_wkups;
    [FieldOffset(56)] internal ulong ri_wired_size;
    [FieldOffset(72)] internal ulong ri_phys_footprint;
    [FieldOffset(144)] internal ulong ri_diskio_bytesread;
    [FieldOffset(152)] internal ulong ri_diskio_byteswritten;
    [FieldOffset(248)] internal ulong ri_instructions;
    [FieldOffset(256)] internal ulong ri_cycles;
    [FieldOffset(336)] internal ulong ri_energy_nj;
}

/// <summary>struct mach_timebase_info (mach/mach_time.h): a Mach tick is numer / denom nanoseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct mach_timebase_info
{
    internal uint numer;
    internal uint denom;
}
