using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.MacOS;

// sys/stat.h, stdlib.h, and what sys/proc_info.h says of files.
internal static unsafe partial class LibSystem
{
    // x86_64 keeps the name without a suffix for programs of the time of 32-bit inode numbers.
    [LibraryImport(Library, EntryPoint = "stat$INODE64", SetLastError = true)]
    internal static partial int stat_x64(byte* path, stat* facts);

    [LibraryImport(Library, EntryPoint = "stat", SetLastError = true)]
    internal static partial int stat_arm64(byte* path, stat* facts);

    /// <summary>The name below /dev of a device, in <paramref name="buffer"/>; null or "??" when there is none.</summary>
    [LibraryImport(Library)]
    internal static partial byte* devname_r(uint device, ushort type, byte* buffer, int size);
}

/// <summary>struct timespec (sys/_types/_timespec.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct timespec
{
    internal long tv_sec;
    internal long tv_nsec;
}

/// <summary>struct stat (sys/stat.h) with inode numbers of 64 bits.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
internal struct stat
{
    [FieldOffset(0)] internal int st_dev;
    [FieldOffset(4)] internal ushort st_mode;
    [FieldOffset(8)] internal ulong st_ino;
    [FieldOffset(16)] internal uint st_uid;
    [FieldOffset(20)] internal uint st_gid;
    [FieldOffset(48)] internal timespec st_mtimespec;
    [FieldOffset(64)] internal timespec st_ctimespec;
    [FieldOffset(96)] internal long st_size;
}

/// <summary>struct vnode_info_path (sys/proc_info.h): a file and its path.</summary>
[StructLayout(LayoutKind.Explicit, Size = 1176)]
internal struct vnode_info_path
{
    [FieldOffset(0)] internal uint vst_dev;
    [FieldOffset(8)] internal ulong vst_ino;
    [FieldOffset(40)] internal long vst_mtime;
    [FieldOffset(48)] internal long vst_mtimensec;
    [FieldOffset(56)] internal long vst_ctime;
    [FieldOffset(64)] internal long vst_ctimensec;
    [FieldOffset(88)] internal long vst_size;
    [FieldOffset(152)] internal PathBytes vip_path;
}

/// <summary>char[MAXPATHLEN].</summary>
[InlineArray(1024)]
internal struct PathBytes
{
    private byte _first;
}

/// <summary>struct proc_vnodepathinfo (sys/proc_info.h): working and root folder.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct proc_vnodepathinfo
{
    internal vnode_info_path pvi_cdir;
    internal vnode_info_path pvi_rdir;
}

/// <summary>struct proc_regioninfo (sys/proc_info.h): a piece of the address space.</summary>
[StructLayout(LayoutKind.Explicit, Size = 96)]
internal struct proc_regioninfo
{
    [FieldOffset(80)] internal ulong pri_address;
    [FieldOffset(88)] internal ulong pri_size;
}

/// <summary>struct proc_regionwithpathinfo (sys/proc_info.h): a piece of the address space and the file that is mapped there.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct proc_regionwithpathinfo
{
    internal proc_regioninfo prp_prinfo;
    internal vnode_info_path prp_vip;
}

/// <summary>struct proc_archinfo (sys/proc_info_private.h): cpu_type_t and cpu_subtype_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct proc_archinfo
{
    internal int p_cputype;
    internal int p_cpusubtype;
}

/// <summary>struct proc_pidcoalitioninfo (sys/proc_info_private.h): the coalitions for resources and for lack of memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct proc_pidcoalitioninfo
{
    internal TwoNumbers coalition_id;
    internal ulong reserved1;
    internal ulong reserved2;
    internal ulong reserved3;
}

/// <summary>uint64_t[2].</summary>
[InlineArray(2)]
internal struct TwoNumbers
{
    private ulong _first;
}
