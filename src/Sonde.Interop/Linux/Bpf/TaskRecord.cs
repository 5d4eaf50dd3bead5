using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>char comm[16]: at most 15 bytes of name, then zeros; any bytes but zero and slash may stand in it.</summary>
[InlineArray(16)]
internal struct TaskName
{
    private byte _first;
}

/// <summary>What a task used up; the program writes it for every thread, and a process's record holds the sum.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TaskUsage
{
    /// <summary>Which record this begins: see <see cref="TaskRecords"/>.</summary>
    internal uint Kind;

    /// <summary>PF_* bits: 0x00200000 is a kernel thread.</summary>
    internal uint Flags;

    internal int Pid;

    internal int ThreadGroupId;

    /// <summary>Time in user mode as the timer's ticks saw it, in ns; see <see cref="TaskRecord.GetCpuTime()"/>.</summary>
    internal ulong TickUserNanoseconds;

    /// <summary>Time in kernel mode as the timer's ticks saw it, in ns.</summary>
    internal ulong TickSystemNanoseconds;

    /// <summary>Time on a processor as the scheduler measured it, in ns: exact, but not split.</summary>
    internal ulong RunNanoseconds;

    internal ulong MinorFaults;

    internal ulong MajorFaults;

    /// <summary>Bytes asked for in read calls (rchar).</summary>
    internal ulong ReadCallBytes;

    /// <summary>Bytes given to write calls (wchar).</summary>
    internal ulong WriteCallBytes;

    internal ulong ReadCalls;

    internal ulong WriteCalls;

    /// <summary>Bytes fetched from storage.</summary>
    internal ulong StorageReadBytes;

    /// <summary>Bytes that went, or will go, to storage.</summary>
    internal ulong StorageWriteBytes;

    /// <summary>Bytes counted as written that were truncated away before they got there.</summary>
    internal ulong CancelledWriteBytes;
}

/// <summary>A process as the kernel keeps it, at the moment when the iterator passed it.</summary>
/// <remarks>
/// Numbers are the kernel's own: pages, ns since boot, ids of the initial namespaces. Fields of groups that were not asked for, or that
/// this kernel does not have, are zero (<see cref="TaskIterator.Available"/>).
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct TaskRecord
{
    /// <summary>Of all threads that live, and of those that ended.</summary>
    internal TaskUsage Usage;

    /// <summary>When it was made, in ns since boot with suspend; ÷ (10⁹ / CLK_TCK) is field 22 of /proc/P/stat.</summary>
    internal ulong StartBootNanoseconds;

    /// <summary>The same of its parent: a parent that is younger than its child is another process with that id.</summary>
    internal ulong ParentStartBootNanoseconds;

    internal int ParentPid;

    internal int ProcessGroupId;

    internal int SessionId;

    /// <summary>Threads, itself included; 0 for a zombie that is being reaped.</summary>
    internal int Threads;

    /// <summary>TASK_* bits; see <see cref="GetState"/>.</summary>
    internal uint State;

    internal uint ExitState;

    /// <summary>As wait(2) would report it; set while it ends.</summary>
    internal int ExitCode;

    /// <summary>Whether somebody traces it (ptrace): then <see cref="TracerPid"/> is who.</summary>
    internal uint TraceFlags;

    internal int TracerPid;

    /// <summary>The processor that it runs on or ran on last.</summary>
    internal uint Processor;

    /// <summary>120 + nice.</summary>
    internal int StaticPriority;

    /// <summary>100 + what /proc/P/stat calls priority.</summary>
    internal int Priority;

    internal uint RealTimePriority;

    /// <summary>SCHED_*.</summary>
    internal uint Policy;

    internal TaskName Name;

    /// <summary>Of the first thread alone, as /proc/P/status has it.</summary>
    internal ulong VoluntarySwitches;

    /// <summary>Of the first thread alone.</summary>
    internal ulong InvoluntarySwitches;

    // TaskFields.ShownTime, in ns.
    internal ulong ShownUserNanoseconds;

    internal ulong ShownSystemNanoseconds;

    // TaskFields.Memory, in pages. As in /proc/P/stat the kernel's running sums, which may lag by a few dozen pages for each processor; so any of
    // the four may be negative for a moment.
    internal long FilePages;

    internal long AnonymousPages;

    internal long SwappedPages;

    internal long SharedMemoryPages;

    internal ulong VirtualPages;

    /// <summary>The most it had resident when somebody last looked; the peak is this or what is resident now, whichever is more.</summary>
    internal ulong PeakResidentPages;

    /// <summary>As <see cref="PeakResidentPages"/>, of address space.</summary>
    internal ulong PeakVirtualPages;

    internal ulong LockedPages;

    /// <summary><see cref="TaskFields.Executions"/>.</summary>
    internal ulong Executions;

    /// <summary><see cref="TaskFields.PidInode"/>.</summary>
    internal ulong PidInode;

    // TaskFields.Terminal.
    internal int TerminalMajor;

    internal int TerminalMinorStart;

    internal int TerminalIndex;

    // TaskFields.Credentials. The real_cred of the kernel: what /proc/P/status shows.
    internal uint Securebits;

    internal uint RealUserId;

    internal uint EffectiveUserId;

    internal uint SavedUserId;

    internal uint FileSystemUserId;

    internal uint RealGroupId;

    internal uint EffectiveGroupId;

    internal uint SavedGroupId;

    internal uint FileSystemGroupId;

    internal ulong InheritableCapabilities;

    internal ulong PermittedCapabilities;

    internal ulong EffectiveCapabilities;

    internal ulong BoundingCapabilities;

    internal ulong AmbientCapabilities;

    // TaskFields.Sandbox.

    /// <summary>0 none, 1 strict, 2 filter.</summary>
    internal int SeccompMode;

    /// <summary>Bit 0 is no_new_privs.</summary>
    internal uint AtomicFlags;

    internal int SeccompFilters;

    /// <summary>How deep its pid namespace lies (<see cref="TaskFields.Namespaces"/>): 0 is the initial one.</summary>
    internal int PidNamespaceLevel;

    // TaskFields.Audit: 0xFFFFFFFF is unset.
    internal uint LoginUserId;

    internal uint AuditSessionId;

    // TaskFields.Namespaces.
    internal uint CgroupNamespace;

    internal uint IpcNamespace;

    internal uint MountNamespace;

    internal uint NetworkNamespace;

    /// <summary>Where its children will be: its own too, unless it called unshare(CLONE_NEWPID) (/proc/P/ns/pid_for_children).</summary>
    internal uint ChildPidNamespace;

    internal uint TimeNamespace;

    internal uint UserNamespace;

    internal uint UtsNamespace;

    // TaskFields.Cgroup.

    /// <summary>Its group in the unified hierarchy; never used twice.</summary>
    internal ulong CgroupId;

    /// <summary>Where the kernel keeps the list of its groups in all hierarchies: equal numbers in one walk are equal groups. Not to be shown to anybody.</summary>
    internal ulong CgroupSet;

    // TaskFields.Image.
    internal ulong ImageInode;

    /// <summary>The kernel's own dev_t: major in the upper 12 bits, minor in the lower 20.</summary>
    internal uint ImageDevice;

    /// <summary>0 when the file was deleted (or never had a name).</summary>
    internal uint ImageLinks;

    /// <summary><see cref="TaskFields.OutOfMemory"/>.</summary>
    internal int OutOfMemoryAdjustment;

    /// <summary><see cref="TaskFields.Handles"/>; <see cref="TooManyHandles"/> when there were too many to count in the kernel.</summary>
    internal uint OpenHandles;

    // TaskFields.ImagePath: addresses in the kernel, to be compared and not to be shown to anybody.
    internal ulong ImageEntry;

    internal ulong ImageMount;

    /// <summary>Of <see cref="OpenHandles"/>: the table of descriptors is larger than the program looks through.</summary>
    internal const uint TooManyHandles = uint.MaxValue;

    /// <summary>Whether this is a thread of the kernel itself.</summary>
    internal readonly bool IsKernelThread => (Usage.Flags & 0x0020_0000) != 0;

    /// <summary>Pages in memory as /proc/P/stat counts them: each part at least zero.</summary>
    internal readonly long ResidentPages => Math.Max(FilePages, 0) + Math.Max(AnonymousPages, 0) + Math.Max(SharedMemoryPages, 0);

    /// <summary>The controlling terminal as /proc/P/stat encodes it; 0 for none.</summary>
    internal readonly int TerminalDevice
    {
        get
        {
            int minor = TerminalMinorStart + TerminalIndex;
            return TerminalMajor == 0 ? 0 : (minor & 0xFF) | (TerminalMajor << 8) | ((minor & ~0xFF) << 12);
        }
    }

    /// <summary>The name without its zeros: whatever bytes the process chose.</summary>
    [UnscopedRef]
    internal readonly ReadOnlySpan<byte> NameBytes
    {
        get
        {
            ReadOnlySpan<byte> name = Name;
            int end = name.IndexOf((byte)0);
            return end < 0 ? name : name[..end];
        }
    }

    /// <summary>The state as /proc/P/stat and ps print it: R S D T t X Z P I.</summary>
    internal readonly char GetState() => StateLetter(State, ExitState);

    /// <summary>User and system time as /proc/P/stat has them: what the scheduler measured, split as the ticks saw it.</summary>
    /// <remarks>
    /// The kernel does the same and also never lets either go back; here a thread that ends between its leader's turn and its own is missing
    /// from one reading. A caller that computes rates keeps the larger of the old and the new value.
    /// </remarks>
    internal readonly (ulong User, ulong System) GetCpuTime() => GetCpuTime(0, 0);

    /// <summary>The same, and never less than what was told before.</summary>
    internal readonly (ulong User, ulong System) GetCpuTime(ulong toldUser, ulong toldSystem) => KeepUp(
        Usage.RunNanoseconds,
        SplitRunTime(Usage.RunNanoseconds, Usage.TickUserNanoseconds, Usage.TickSystemNanoseconds),
        Math.Max(ShownUserNanoseconds, toldUser),
        Math.Max(ShownSystemNanoseconds, toldSystem));

    /// <summary>The letter for the kernel's two words of state.</summary>
    internal static char StateLetter(uint state, uint exitState)
    {
        const uint Idle = 0x402; // uninterruptible, and not counted as load
        const uint WaitsForLock = 0x1000; // of real-time kernels
        const uint Frozen = 0x8000;
        const uint Reported = 0x7F;
        if (state == Idle)
        {
            return 'I';
        }

        if (state is WaitsForLock or Frozen)
        {
            return 'D';
        }

        uint bits = (state | exitState) & Reported;
        return bits == 0 ? 'R' : "SDTtXZP"[31 - System.Numerics.BitOperations.LeadingZeroCount(bits)];
    }

    /// <summary>Lets neither part go back, as the kernel does: what the one has too much the other has less.</summary>
    internal static (ulong User, ulong System) KeepUp(ulong run, (ulong User, ulong System) split, ulong user, ulong system)
    {
        if (user + system >= run)
        {
            return (user, system);
        }

        ulong inKernel = Math.Max(split.System, system);
        return inKernel <= run && run - inKernel >= user ? (run - inKernel, inKernel) : (user, run - user);
    }

    /// <summary>Splits exact time in the proportion of sampled times.</summary>
    internal static (ulong User, ulong System) SplitRunTime(ulong run, ulong tickUser, ulong tickSystem)
    {
        // As kernel/sched/cputime.c: never sampled in the one mode means all of it was in the other; never sampled at all, in user mode.
        if (tickSystem == 0)
        {
            return (run, 0);
        }

        if (tickUser == 0)
        {
            return (0, run);
        }

        ulong system = (ulong)((UInt128)run * tickSystem / (tickUser + (UInt128)tickSystem));
        return (run - system, system);
    }
}
