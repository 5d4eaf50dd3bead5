using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Linux;

// fcntl.h, linux/stat.h, sys/auxv.h, linux/ioprio.h: what reading /proc needs besides the calls of ProcFiles.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const int O_PATH = 0x200000;
    internal const int AT_FDCWD = -100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int SEEK_SET = 0;
    internal const uint STATX_BASIC_STATS = 0x7FF;
    internal const int AT_CLKTCK = 17;
    internal const int ESRCH = 3;
    internal const int ENAMETOOLONG = 36;
    internal const int IOPRIO_WHO_PROCESS = 1;

    /// <summary>How many clock ticks of /proc make a second.</summary>
    internal static int ClockTicksPerSecond => getauxval(AT_CLKTCK) is var ticks and > 0 ? (int)ticks : 100;

    /// <summary>The I/O priority of a process, class and level in one number as linux/ioprio.h packs them; negative for an error number.</summary>
    internal static int GetIoPriority(int pid)
    {
        // The number of ioprio_get(2), which no C library wraps.
        long number = Architecture.IsX64 ? 252 : Architecture.IsArm64 ? 31 : -1;
        long priority = syscall(number, IOPRIO_WHO_PROCESS, pid);
        return priority >= 0 ? (int)priority : -Marshal.GetLastPInvokeError();
    }

    [LibraryImport(Unix.LibC.Library)]
    private static partial nuint getauxval(nuint type);

    // syscall(2) is variadic: right as declared on Linux, where variadic arguments travel like others.
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    private static partial long syscall(long number, long argument1, long argument2);
}

/// <summary>struct statx_timestamp (linux/stat.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct statx_timestamp
{
    internal long tv_sec;
    internal uint tv_nsec;
    internal int __reserved;
}

/// <summary>struct statx (linux/stat.h): the same on every processor, unlike struct stat.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct statx
{
    [FieldOffset(0)] internal uint stx_mask;
    [FieldOffset(16)] internal uint stx_nlink;
    [FieldOffset(20)] internal uint stx_uid;
    [FieldOffset(24)] internal uint stx_gid;
    [FieldOffset(28)] internal ushort stx_mode;
    [FieldOffset(32)] internal ulong stx_ino;
    [FieldOffset(40)] internal ulong stx_size;
    [FieldOffset(96)] internal statx_timestamp stx_ctime;
    [FieldOffset(112)] internal statx_timestamp stx_mtime;
    [FieldOffset(136)] internal uint stx_dev_major;
    [FieldOffset(140)] internal uint stx_dev_minor;
}
