using System.Runtime.CompilerServices;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>What the program of the task iterator copies: the fields of a <see cref="TaskRecord"/>, and where the running kernel has each by its BTF.</summary>
internal sealed class TaskPlan
{
    /// <summary>The most pointers on the way to a field.</summary>
    internal const int MaxHops = 5;

    private static readonly TaskRecord s_layout; // only its fields' places matter
    private static readonly Row[] s_rows = MakeRows();
    private readonly List<Entry> _entries = [];
    private readonly KernelField? _handlesSize;
    private readonly KernelField? _handlesBits;

    /// <summary>Finds the fields of the wanted groups.</summary>
    /// <param name="btf">Of the running kernel.</param>
    /// <param name="task">Its struct task_struct.</param>
    /// <param name="wanted">The groups.</param>
    internal TaskPlan(in Btf btf, uint task, TaskFields wanted)
    {
        var missing = new List<string>();
        TaskFields lacking = TaskFields.None;
        foreach (Row row in s_rows)
        {
            if ((row.Group & wanted) == TaskFields.None)
            {
                continue;
            }

            KernelField? field = TryResolve(in btf, task, row.Ways, row.Place);
            KernelField? ended = row.Ended is null ? null : TryResolve(in btf, task, [row.Ended], row.Place);
            if (field is null || (row.Ended is not null && ended is null))
            {
                lacking |= row.Group;
                missing.Add(field is null ? row.Ways[0] : row.Ended!); // null only where the first condition holds
                continue;
            }

            _entries.Add(new Entry(row, field, ended));
        }

        if ((wanted & TaskFields.Handles) != TaskFields.None
            && (!btf.TryResolve(task, "files.fdt.max_fds", out _handlesSize) || !btf.TryResolve(task, "files.fdt.open_fds", out _handlesBits)))
        {
            lacking |= TaskFields.Handles;
            missing.Add("files.fdt");
        }

        // A group is there whole or not at all.
        _entries.RemoveAll(entry => (entry.Row.Group & lacking) != TaskFields.None);
        Available = wanted & ~lacking;
        Missing = missing;
    }

    /// <summary>The fields to copy, as the table below has them.</summary>
    internal IReadOnlyList<Entry> Entries => _entries;

    /// <summary>How many descriptors the table of open ones holds; null without <see cref="TaskFields.Handles"/>.</summary>
    internal KernelField? HandlesSize => _handlesSize;

    /// <summary>The bits of those that are open.</summary>
    internal KernelField? HandlesBits => _handlesBits;

    /// <summary>The groups that are there: what was asked for and this kernel has.</summary>
    internal TaskFields Available { get; }

    /// <summary>Ways that this kernel does not have, of groups that were asked for.</summary>
    internal IReadOnlyList<string> Missing { get; }

    internal static Place Pid => At(in s_layout.Usage.Pid);

    internal static Place ThreadGroupId => At(in s_layout.Usage.ThreadGroupId);

    internal static Place OpenHandles => At(in s_layout.OpenHandles);

    internal static Place OutOfMemoryAdjustment => At(in s_layout.OutOfMemoryAdjustment);

    internal static Place ShownUserNanoseconds => At(in s_layout.ShownUserNanoseconds);

    private static Row[] MakeRows()
    {
        ref readonly TaskRecord r = ref s_layout;
        ref readonly TaskUsage u = ref s_layout.Usage;
        return
        [
            // Of every thread.
            new(TaskFields.Core, At(in u.Flags), "flags") { IsUsage = true },
            new(TaskFields.Core, At(in u.Pid), "pid") { IsUsage = true },
            new(TaskFields.Core, At(in u.ThreadGroupId), "tgid") { IsUsage = true },
            new(TaskFields.Core, At(in u.TickUserNanoseconds), "utime") { IsUsage = true, Ended = "signal.utime" },
            new(TaskFields.Core, At(in u.TickSystemNanoseconds), "stime") { IsUsage = true, Ended = "signal.stime" },
            new(TaskFields.Core, At(in u.RunNanoseconds), "se.sum_exec_runtime") { IsUsage = true, Ended = "signal.sum_sched_runtime" },
            new(TaskFields.Core, At(in u.MinorFaults), "min_flt") { IsUsage = true, Ended = "signal.min_flt" },
            new(TaskFields.Core, At(in u.MajorFaults), "maj_flt") { IsUsage = true, Ended = "signal.maj_flt" },
            new(TaskFields.Io, At(in u.ReadCallBytes), "ioac.rchar") { IsUsage = true, Ended = "signal.ioac.rchar" },
            new(TaskFields.Io, At(in u.WriteCallBytes), "ioac.wchar") { IsUsage = true, Ended = "signal.ioac.wchar" },
            new(TaskFields.Io, At(in u.ReadCalls), "ioac.syscr") { IsUsage = true, Ended = "signal.ioac.syscr" },
            new(TaskFields.Io, At(in u.WriteCalls), "ioac.syscw") { IsUsage = true, Ended = "signal.ioac.syscw" },
            new(TaskFields.Io, At(in u.StorageReadBytes), "ioac.read_bytes") { IsUsage = true, Ended = "signal.ioac.read_bytes" },
            new(TaskFields.Io, At(in u.StorageWriteBytes), "ioac.write_bytes") { IsUsage = true, Ended = "signal.ioac.write_bytes" },
            new(TaskFields.Io, At(in u.CancelledWriteBytes), "ioac.cancelled_write_bytes") { IsUsage = true, Ended = "signal.ioac.cancelled_write_bytes" },

            // Of the process. The second name is the one of older kernels.
            new(TaskFields.Core, At(in r.StartBootNanoseconds), "start_boottime", "real_start_time"),
            new(TaskFields.Core, At(in r.State), "__state", "state"),
            new(TaskFields.Core, At(in r.ExitState), "exit_state"),
            new(TaskFields.Core, At(in r.ExitCode), "exit_code"),
            new(TaskFields.Core, At(in r.TraceFlags), "ptrace"),
            new(TaskFields.Core, At(in r.Processor), "thread_info.cpu", "cpu"),
            new(TaskFields.Core, At(in r.StaticPriority), "static_prio"),
            new(TaskFields.Core, At(in r.Priority), "prio"),
            new(TaskFields.Core, At(in r.RealTimePriority), "rt_priority"),
            new(TaskFields.Core, At(in r.Policy), "policy"),
            new(TaskFields.Core, At(in r.Name), "comm"),
            new(TaskFields.Core, At(in r.VoluntarySwitches), "nvcsw"),
            new(TaskFields.Core, At(in r.InvoluntarySwitches), "nivcsw"),
            new(TaskFields.Core, At(in r.ParentPid), "real_parent.tgid"),
            new(TaskFields.Core, At(in r.ParentStartBootNanoseconds), "real_parent.group_leader.start_boottime", "real_parent.group_leader.real_start_time"),
            new(TaskFields.Core, At(in r.TracerPid), "parent.pid"),
            new(TaskFields.Core, At(in r.Threads), "signal.nr_threads"),
            new(TaskFields.Core, At(in r.ProcessGroupId), "signal.pids[2].numbers[0].nr"),
            new(TaskFields.Core, At(in r.SessionId), "signal.pids[3].numbers[0].nr"),
            new(TaskFields.ShownTime, At(in r.ShownUserNanoseconds), "signal.prev_cputime.utime"),
            new(TaskFields.ShownTime, At(in r.ShownSystemNanoseconds), "signal.prev_cputime.stime"),
            new(TaskFields.Terminal, At(in r.TerminalMajor), "signal.tty.driver.major"),
            new(TaskFields.Terminal, At(in r.TerminalMinorStart), "signal.tty.driver.minor_start"),
            new(TaskFields.Terminal, At(in r.TerminalIndex), "signal.tty.index"),
            new(TaskFields.OutOfMemory, At(in r.OutOfMemoryAdjustment), "signal.oom_score_adj"),
            new(TaskFields.Memory, At(in r.FilePages), "mm.rss_stat[0].count", "mm.rss_stat.count[0].counter"),
            new(TaskFields.Memory, At(in r.AnonymousPages), "mm.rss_stat[1].count", "mm.rss_stat.count[1].counter"),
            new(TaskFields.Memory, At(in r.SwappedPages), "mm.rss_stat[2].count", "mm.rss_stat.count[2].counter"),
            new(TaskFields.Memory, At(in r.SharedMemoryPages), "mm.rss_stat[3].count", "mm.rss_stat.count[3].counter"),
            new(TaskFields.Memory, At(in r.VirtualPages), "mm.total_vm"),
            new(TaskFields.Memory, At(in r.PeakResidentPages), "mm.hiwater_rss"),
            new(TaskFields.Memory, At(in r.PeakVirtualPages), "mm.hiwater_vm"),
            new(TaskFields.Memory, At(in r.LockedPages), "mm.locked_vm"),
            new(TaskFields.ImagePath, At(in r.ImageEntry), "mm.exe_file.f_path.dentry"),
            new(TaskFields.ImagePath, At(in r.ImageMount), "mm.exe_file.f_path.mnt"),
            new(TaskFields.Image, At(in r.ImageInode), "mm.exe_file.f_inode.i_ino"),
            new(TaskFields.Image, At(in r.ImageLinks), "mm.exe_file.f_inode.i_nlink"),
            new(TaskFields.Image, At(in r.ImageDevice), "mm.exe_file.f_inode.i_sb.s_dev"),
            new(TaskFields.Executions, At(in r.Executions), "self_exec_id"),
            new(TaskFields.PidInode, At(in r.PidInode), "thread_pid.ino"),
            new(TaskFields.Namespaces, At(in r.PidNamespaceLevel), "thread_pid.level"),
            new(TaskFields.Sandbox, At(in r.SeccompMode), "seccomp.mode"),
            new(TaskFields.Sandbox, At(in r.SeccompFilters), "seccomp.filter_count.counter"),
            new(TaskFields.Sandbox, At(in r.AtomicFlags), "atomic_flags"),
            new(TaskFields.Audit, At(in r.LoginUserId), "loginuid.val"),
            new(TaskFields.Audit, At(in r.AuditSessionId), "sessionid"),
            new(TaskFields.Cgroup, At(in r.CgroupId), "cgroups.dfl_cgrp.kn.id"),
            new(TaskFields.Cgroup, At(in r.CgroupSet), "cgroups"),
            new(TaskFields.Credentials, At(in r.Securebits), "real_cred.securebits"),
            new(TaskFields.Credentials, At(in r.RealUserId), "real_cred.uid.val"),
            new(TaskFields.Credentials, At(in r.EffectiveUserId), "real_cred.euid.val"),
            new(TaskFields.Credentials, At(in r.SavedUserId), "real_cred.suid.val"),
            new(TaskFields.Credentials, At(in r.FileSystemUserId), "real_cred.fsuid.val"),
            new(TaskFields.Credentials, At(in r.RealGroupId), "real_cred.gid.val"),
            new(TaskFields.Credentials, At(in r.EffectiveGroupId), "real_cred.egid.val"),
            new(TaskFields.Credentials, At(in r.SavedGroupId), "real_cred.sgid.val"),
            new(TaskFields.Credentials, At(in r.FileSystemGroupId), "real_cred.fsgid.val"),
            new(TaskFields.Credentials, At(in r.InheritableCapabilities), "real_cred.cap_inheritable.val", "real_cred.cap_inheritable.cap"),
            new(TaskFields.Credentials, At(in r.PermittedCapabilities), "real_cred.cap_permitted.val", "real_cred.cap_permitted.cap"),
            new(TaskFields.Credentials, At(in r.EffectiveCapabilities), "real_cred.cap_effective.val", "real_cred.cap_effective.cap"),
            new(TaskFields.Credentials, At(in r.BoundingCapabilities), "real_cred.cap_bset.val", "real_cred.cap_bset.cap"),
            new(TaskFields.Credentials, At(in r.AmbientCapabilities), "real_cred.cap_ambient.val", "real_cred.cap_ambient.cap"),
            new(TaskFields.Namespaces, At(in r.UserNamespace), "real_cred.user_ns.ns.inum"),
            new(TaskFields.Namespaces, At(in r.CgroupNamespace), "nsproxy.cgroup_ns.ns.inum"),
            new(TaskFields.Namespaces, At(in r.IpcNamespace), "nsproxy.ipc_ns.ns.inum"),
            new(TaskFields.Namespaces, At(in r.MountNamespace), "nsproxy.mnt_ns.ns.inum"),
            new(TaskFields.Namespaces, At(in r.NetworkNamespace), "nsproxy.net_ns.ns.inum"),
            new(TaskFields.Namespaces, At(in r.ChildPidNamespace), "nsproxy.pid_ns_for_children.ns.inum"),
            new(TaskFields.Namespaces, At(in r.TimeNamespace), "nsproxy.time_ns.ns.inum"),
            new(TaskFields.Namespaces, At(in r.UtsNamespace), "nsproxy.uts_ns.ns.inum"),
        ];
    }

    private static Place At<T>(ref readonly T field)
        where T : unmanaged =>
        new((int)Unsafe.ByteOffset(
            ref Unsafe.As<TaskRecord, byte>(ref Unsafe.AsRef(in s_layout)),
            ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in field))), NativeStruct.SizeOf<T>());

    private static KernelField? TryResolve(in Btf btf, uint task, string[] ways, Place place)
    {
        foreach (string way in ways)
        {
            // Capabilities were two words of 32 bits before 6.3: eight bytes either way, and read at once.
            if (btf.TryResolve(task, way, out KernelField field)
                && (field.IsScalar || field.Size == place.Size)
                && field.BitCount == 0
                && field.Hops.Length <= MaxHops)
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>Where a field stands in our record.</summary>
    internal readonly record struct Place(int Offset, int Size);

    /// <summary>One field: where it stands in our record, and where the kernel has it, from task_struct on.</summary>
    internal sealed record Row(TaskFields Group, Place Place, params string[] Ways)
    {
        internal bool IsUsage { get; init; }

        /// <summary>Where the sum of threads that ended is kept.</summary>
        internal string? Ended { get; init; }
    }

    /// <summary>A field that this kernel has.</summary>
    internal sealed record Entry(Row Row, KernelField Field, KernelField? Ended);
}
