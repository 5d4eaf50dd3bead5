namespace Sonde.Interop.Linux.Bpf;

/// <summary>Groups of fields of a <see cref="TaskRecord"/>: what is asked for, and what this kernel can tell.</summary>
/// <remarks>A group that is not read costs nothing and leaves zeros; so zero means something only in groups that are available.</remarks>
[Flags]
internal enum TaskFields
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>What every record has: ids, parent, start, state, times, faults, threads, priorities, name.</summary>
    Core = 1,

    /// <summary>Sizes in memory.</summary>
    Memory = 2,

    /// <summary>Bytes and calls of reading and writing (CONFIG_TASK_IO_ACCOUNTING).</summary>
    Io = 4,

    /// <summary>The controlling terminal.</summary>
    Terminal = 8,

    /// <summary>User and group ids, capabilities, securebits.</summary>
    Credentials = 16,

    /// <summary>Seccomp mode and no_new_privs (CONFIG_SECCOMP).</summary>
    Sandbox = 32,

    /// <summary>Login user and session (CONFIG_AUDIT).</summary>
    Audit = 64,

    /// <summary>Inode numbers of namespaces.</summary>
    Namespaces = 128,

    /// <summary>The id of the cgroup in the unified hierarchy.</summary>
    Cgroup = 256,

    /// <summary>Device and inode of the running file, and how many names it has left.</summary>
    Image = 512,

    /// <summary>How often the process executed a program: changes when the same process becomes another program.</summary>
    Executions = 1024,

    /// <summary>The inode of the process in pidfs, never used twice (kernel 6.9).</summary>
    PidInode = 2048,

    /// <summary>Adjustment of the out-of-memory killer.</summary>
    OutOfMemory = 4096,

    /// <summary>How many descriptors are open.</summary>
    Handles = 8192,

    /// <summary>Where the running file was found: equal numbers in one walk are one path.</summary>
    ImagePath = 16384,

    /// <summary>The user and system time that the kernel showed last, below which it never goes again.</summary>
    ShownTime = 32768,

    /// <summary>The tier of every cycle.</summary>
    EveryCycle = Core | Memory | Io | Terminal | Executions | Handles | ShownTime,

    /// <summary>All of them.</summary>
    All = EveryCycle | Credentials | Sandbox | Audit | Namespaces | Cgroup | Image | PidInode | OutOfMemory | ImagePath,
}
