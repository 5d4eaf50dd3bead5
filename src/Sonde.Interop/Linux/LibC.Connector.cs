using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

// sys/socket.h, time.h: what the process connector needs beside netlink.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const int CLOCK_MONOTONIC = 1;
    internal const int CLOCK_BOOTTIME = 7;

    /// <summary>How much longer the system has been up, sleep included, than it was awake, in nanoseconds: what turns a moment of an event into one of a start.</summary>
    internal static long SleptNanoseconds
    {
        get
        {
            timespec boot;
            timespec awake;

            // SAFETY: both calls fill a local; these clocks are on every kernel since 2.6.39.
            return clock_gettime(CLOCK_MONOTONIC, &awake) != 0 || clock_gettime(CLOCK_BOOTTIME, &boot) != 0
                ? 0
                : Math.Max(0, ((boot.tv_sec - awake.tv_sec) * 1_000_000_000) + boot.tv_nsec - awake.tv_nsec);
        }
    }

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int recvmmsg(FileDescriptor fd, mmsghdr* messages, uint count, int flags, timespec* timeout);

    [LibraryImport(Unix.LibC.Library)]
    private static partial int clock_gettime(int clock, timespec* time);
}

/// <summary>Numbers of linux/connector.h and linux/cn_proc.h: no calls, so that parsers use them on every OS.</summary>
internal static class Connector
{
    internal const int NETLINK_CONNECTOR = 11;
    internal const uint CN_IDX_PROC = 1;
    internal const uint CN_VAL_PROC = 1;
    internal const uint PROC_CN_MCAST_LISTEN = 1;
    internal const uint PROC_EVENT_NONE = 0;
    internal const uint PROC_EVENT_FORK = 0x00000001;
    internal const uint PROC_EVENT_EXEC = 0x00000002;
    internal const uint PROC_EVENT_UID = 0x00000004;
    internal const uint PROC_EVENT_GID = 0x00000040;
    internal const uint PROC_EVENT_SID = 0x00000080;
    internal const uint PROC_EVENT_PTRACE = 0x00000100;
    internal const uint PROC_EVENT_COMM = 0x00000200;
    internal const uint PROC_EVENT_COREDUMP = 0x40000000;
    internal const uint PROC_EVENT_EXIT = 0x80000000;
}

/// <summary>struct cn_msg (linux/connector.h), without the data that follows it; its id is two numbers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cn_msg
{
    internal uint idx;
    internal uint val;
    internal uint seq;
    internal uint ack;
    internal ushort len;
    internal ushort flags;
}

/// <summary>The head of struct proc_event (linux/cn_proc.h): what all events begin with; one of the structs below follows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct proc_event_head
{
    internal uint what;
    internal uint cpu;
    internal ulong timestamp_ns;
}

/// <summary>struct fork_proc_event (linux/cn_proc.h). What the kernel calls pid is a thread, tgid the process.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct fork_proc_event
{
    internal int parent_pid;
    internal int parent_tgid;
    internal int child_pid;
    internal int child_tgid;
}

/// <summary>struct exec_proc_event (linux/cn_proc.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct exec_proc_event
{
    internal int process_pid;
    internal int process_tgid;
}

/// <summary>struct exit_proc_event (linux/cn_proc.h); kernels before 4.18 send it without the parent.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct exit_proc_event
{
    internal int process_pid;
    internal int process_tgid;
    internal uint exit_code;
    internal uint exit_signal;
    internal int parent_pid;
    internal int parent_tgid;
}
