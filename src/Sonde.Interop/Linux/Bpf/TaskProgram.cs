using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>Writes the program of the task iterator for the running kernel: its offsets come from BTF, field by field.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TaskProgram
{
    /// <summary>The function of the kernel that stands for this iterator in BTF.</summary>
    internal const string Target = "bpf_iter_task";

    // struct bpf_iter__task, the program's context: a pointer to bpf_iter_meta and one to the task. Both are part of the ABI of programs.
    private const int ContextMeta = 0;
    private const int ContextTask = 8;
    private const int MetaSequence = 0;

    private static readonly TaskRecord s_layout; // only its fields' places matter
    private static readonly Row[] s_rows = MakeRows();
    private readonly BpfAssembler _code = new();
    private readonly List<(Row Row, KernelField Field)> _found = [];
    private readonly Dictionary<string, KernelField> _bases = new(StringComparer.Ordinal);

    private TaskProgram()
    {
    }

    /// <summary>The code, for a program of type tracing that is attached to <see cref="Target"/>.</summary>
    internal BpfInstruction[] Instructions { get; private set; } = [];

    /// <summary>The groups that the program fills: what was asked for and this kernel has.</summary>
    internal TaskFields Available { get; private set; }

    /// <summary>Ways that this kernel does not have, of groups that were asked for.</summary>
    internal IReadOnlyList<string> Missing { get; private set; } = [];

    private static int Size => NativeStruct.SizeOf<TaskRecord>();

    /// <summary>Writes the program.</summary>
    /// <param name="btf">Of the running kernel.</param>
    /// <param name="wanted">The groups to read; <see cref="TaskFields.Core"/> always is.</param>
    /// <param name="reason">When the kernel's task_struct lacks a field of the core: which.</param>
    internal static TaskProgram? TryWrite(in Btf btf, TaskFields wanted, out string reason)
    {
        uint task = btf.Find(BtfKind.Struct, "task_struct"u8);
        if (task == 0)
        {
            reason = "the kernel's BTF has no struct task_struct";
            return null;
        }

        var program = new TaskProgram();
        program.Resolve(in btf, task, wanted | TaskFields.Core);
        if ((program.Available & TaskFields.Core) == TaskFields.None)
        {
            reason = $"the kernel's task_struct has no {string.Join(", ", program.Missing)}";
            return null;
        }

        program.Write();
        reason = string.Empty;
        return program;
    }

    private static Row[] MakeRows()
    {
        const string Task = "";
        const string Signal = "signal";
        const string Memory = "mm";
        const string Credentials = "real_cred";
        const string Namespaces = "nsproxy";
        const string Image = "mm.exe_file.f_inode";
        ref readonly TaskRecord r = ref s_layout;
        ref readonly TaskUsage u = ref s_layout.Usage;
        return
        [
            // Of every thread.
            new(TaskFields.Core, Task, At(in u.Flags), "flags") { IsUsage = true },
            new(TaskFields.Core, Task, At(in u.Pid), "pid") { IsUsage = true },
            new(TaskFields.Core, Task, At(in u.ThreadGroupId), "tgid") { IsUsage = true },
            new(TaskFields.Core, Task, At(in u.TickUserNanoseconds), "utime") { IsUsage = true, InSignal = "utime" },
            new(TaskFields.Core, Task, At(in u.TickSystemNanoseconds), "stime") { IsUsage = true, InSignal = "stime" },
            new(TaskFields.Core, Task, At(in u.RunNanoseconds), "se.sum_exec_runtime") { IsUsage = true, InSignal = "sum_sched_runtime" },
            new(TaskFields.Core, Task, At(in u.MinorFaults), "min_flt") { IsUsage = true, InSignal = "min_flt" },
            new(TaskFields.Core, Task, At(in u.MajorFaults), "maj_flt") { IsUsage = true, InSignal = "maj_flt" },
            new(TaskFields.Core, Task, At(in u.VoluntarySwitches), "nvcsw") { IsUsage = true, InSignal = "nvcsw" },
            new(TaskFields.Core, Task, At(in u.InvoluntarySwitches), "nivcsw") { IsUsage = true, InSignal = "nivcsw" },
            new(TaskFields.Io, Task, At(in u.ReadCallBytes), "ioac.rchar") { IsUsage = true, InSignal = "ioac.rchar" },
            new(TaskFields.Io, Task, At(in u.WriteCallBytes), "ioac.wchar") { IsUsage = true, InSignal = "ioac.wchar" },
            new(TaskFields.Io, Task, At(in u.ReadCalls), "ioac.syscr") { IsUsage = true, InSignal = "ioac.syscr" },
            new(TaskFields.Io, Task, At(in u.WriteCalls), "ioac.syscw") { IsUsage = true, InSignal = "ioac.syscw" },
            new(TaskFields.Io, Task, At(in u.StorageReadBytes), "ioac.read_bytes") { IsUsage = true, InSignal = "ioac.read_bytes" },
            new(TaskFields.Io, Task, At(in u.StorageWriteBytes), "ioac.write_bytes") { IsUsage = true, InSignal = "ioac.write_bytes" },
            new(TaskFields.Io, Task, At(in u.CancelledWriteBytes), "ioac.cancelled_write_bytes") { IsUsage = true, InSignal = "ioac.cancelled_write_bytes" },

            // Of the process. The second name is the one of older kernels.
            new(TaskFields.Core, Task, At(in r.StartBootNanoseconds), "start_boottime", "real_start_time"),
            new(TaskFields.Core, Task, At(in r.State), "__state", "state"),
            new(TaskFields.Core, Task, At(in r.ExitState), "exit_state"),
            new(TaskFields.Core, Task, At(in r.ExitCode), "exit_code"),
            new(TaskFields.Core, Task, At(in r.TraceFlags), "ptrace"),
            new(TaskFields.Core, Task, At(in r.Processor), "thread_info.cpu", "cpu"),
            new(TaskFields.Core, Task, At(in r.StaticPriority), "static_prio"),
            new(TaskFields.Core, Task, At(in r.Priority), "prio"),
            new(TaskFields.Core, Task, At(in r.RealTimePriority), "rt_priority"),
            new(TaskFields.Core, Task, At(in r.Policy), "policy"),
            new(TaskFields.Core, Task, At(in r.Name), "comm"),
            new(TaskFields.Core, Task, At(in r.ParentPid), "real_parent.tgid"),
            new(TaskFields.Core, Task, At(in r.ParentStartBootNanoseconds), "real_parent.group_leader.start_boottime", "real_parent.group_leader.real_start_time"),
            new(TaskFields.Core, Task, At(in r.TracerPid), "parent.pid"),
            new(TaskFields.Core, Signal, At(in r.Threads), "nr_threads"),
            new(TaskFields.Core, Signal, At(in r.ProcessGroupId), "pids[2].numbers[0].nr"),
            new(TaskFields.Core, Signal, At(in r.SessionId), "pids[3].numbers[0].nr"),
            new(TaskFields.Terminal, Signal, At(in r.TerminalMajor), "tty.driver.major"),
            new(TaskFields.Terminal, Signal, At(in r.TerminalMinorStart), "tty.driver.minor_start"),
            new(TaskFields.Terminal, Signal, At(in r.TerminalIndex), "tty.index"),
            new(TaskFields.OutOfMemory, Signal, At(in r.OutOfMemoryAdjustment), "oom_score_adj"),
            new(TaskFields.Memory, Memory, At(in r.FilePages), "rss_stat[0].count", "rss_stat.count[0].counter"),
            new(TaskFields.Memory, Memory, At(in r.AnonymousPages), "rss_stat[1].count", "rss_stat.count[1].counter"),
            new(TaskFields.Memory, Memory, At(in r.SwappedPages), "rss_stat[2].count", "rss_stat.count[2].counter"),
            new(TaskFields.Memory, Memory, At(in r.SharedMemoryPages), "rss_stat[3].count", "rss_stat.count[3].counter"),
            new(TaskFields.Memory, Memory, At(in r.VirtualPages), "total_vm"),
            new(TaskFields.Memory, Memory, At(in r.PeakResidentPages), "hiwater_rss"),
            new(TaskFields.Memory, Memory, At(in r.LockedPages), "locked_vm"),
            new(TaskFields.Image, Image, At(in r.ImageInode), "i_ino"),
            new(TaskFields.Image, Image, At(in r.ImageLinks), "i_nlink"),
            new(TaskFields.Image, Image, At(in r.ImageDevice), "i_sb.s_dev"),
            new(TaskFields.Executions, Task, At(in r.Executions), "self_exec_id"),
            new(TaskFields.PidInode, Task, At(in r.PidInode), "thread_pid.ino"),
            new(TaskFields.Sandbox, Task, At(in r.SeccompMode), "seccomp.mode"),
            new(TaskFields.Sandbox, Task, At(in r.AtomicFlags), "atomic_flags"),
            new(TaskFields.Audit, Task, At(in r.LoginUserId), "loginuid.val"),
            new(TaskFields.Audit, Task, At(in r.AuditSessionId), "sessionid"),
            new(TaskFields.Cgroup, Task, At(in r.CgroupId), "cgroups.dfl_cgrp.kn.id"),
            new(TaskFields.Credentials, Credentials, At(in r.Securebits), "securebits"),
            new(TaskFields.Credentials, Credentials, At(in r.RealUserId), "uid.val"),
            new(TaskFields.Credentials, Credentials, At(in r.EffectiveUserId), "euid.val"),
            new(TaskFields.Credentials, Credentials, At(in r.SavedUserId), "suid.val"),
            new(TaskFields.Credentials, Credentials, At(in r.FileSystemUserId), "fsuid.val"),
            new(TaskFields.Credentials, Credentials, At(in r.RealGroupId), "gid.val"),
            new(TaskFields.Credentials, Credentials, At(in r.EffectiveGroupId), "egid.val"),
            new(TaskFields.Credentials, Credentials, At(in r.SavedGroupId), "sgid.val"),
            new(TaskFields.Credentials, Credentials, At(in r.FileSystemGroupId), "fsgid.val"),
            new(TaskFields.Credentials, Credentials, At(in r.InheritableCapabilities), "cap_inheritable.val", "cap_inheritable.cap"),
            new(TaskFields.Credentials, Credentials, At(in r.PermittedCapabilities), "cap_permitted.val", "cap_permitted.cap"),
            new(TaskFields.Credentials, Credentials, At(in r.EffectiveCapabilities), "cap_effective.val", "cap_effective.cap"),
            new(TaskFields.Credentials, Credentials, At(in r.BoundingCapabilities), "cap_bset.val", "cap_bset.cap"),
            new(TaskFields.Credentials, Credentials, At(in r.AmbientCapabilities), "cap_ambient.val", "cap_ambient.cap"),
            new(TaskFields.Namespaces, Credentials, At(in r.UserNamespace), "user_ns.ns.inum"),
            new(TaskFields.Namespaces, Namespaces, At(in r.CgroupNamespace), "cgroup_ns.ns.inum"),
            new(TaskFields.Namespaces, Namespaces, At(in r.IpcNamespace), "ipc_ns.ns.inum"),
            new(TaskFields.Namespaces, Namespaces, At(in r.MountNamespace), "mnt_ns.ns.inum"),
            new(TaskFields.Namespaces, Namespaces, At(in r.NetworkNamespace), "net_ns.ns.inum"),
            new(TaskFields.Namespaces, Namespaces, At(in r.ChildPidNamespace), "pid_ns_for_children.ns.inum"),
            new(TaskFields.Namespaces, Namespaces, At(in r.TimeNamespace), "time_ns.ns.inum"),
            new(TaskFields.Namespaces, Namespaces, At(in r.UtsNamespace), "uts_ns.ns.inum"),
        ];
    }

    private static Place At<T>(ref readonly T field)
        where T : unmanaged =>
        new((int)Unsafe.ByteOffset(
            ref Unsafe.As<TaskRecord, byte>(ref Unsafe.AsRef(in s_layout)),
            ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in field))), NativeStruct.SizeOf<T>());

    private static BpfSize SizeOf(int bytes) => bytes switch
    {
        1 => BpfSize.Byte,
        2 => BpfSize.Half,
        4 => BpfSize.Word,
        _ => BpfSize.Double,
    };

    private void Resolve(in Btf btf, uint task, TaskFields wanted)
    {
        var missing = new List<string>();
        TaskFields lacking = TaskFields.None;
        foreach (Row row in s_rows)
        {
            if ((row.Group & wanted) == TaskFields.None)
            {
                continue;
            }

            if (TryBase(in btf, task, row.Base, out uint start)
                && TryResolve(in btf, start, row, out KernelField field)
                && (row.InSignal is null || (TryBase(in btf, task, "signal", out uint signal) && TrySignal(in btf, signal, row.InSignal))))
            {
                _found.Add((row, field));
                continue;
            }

            lacking |= row.Group;
            missing.Add(row.Base.Length == 0 ? row.Ways[0] : $"{row.Base}.{row.Ways[0]}");
        }

        // A group is there whole or not at all.
        _found.RemoveAll(found => (found.Row.Group & lacking) != TaskFields.None);
        Available = wanted & ~lacking;
        Missing = missing;
    }

    private bool TryBase(in Btf btf, uint task, string path, out uint structId)
    {
        structId = task;
        if (path.Length == 0)
        {
            return true;
        }

        if (!_bases.TryGetValue(path, out KernelField? field))
        {
            if (!btf.TryResolve(task, path, out field))
            {
                return false;
            }

            _bases.Add(path, field);
        }

        structId = field.PointeeId;
        return structId != 0;
    }

    private static bool TryResolve(in Btf btf, uint start, Row row, out KernelField field)
    {
        foreach (string way in row.Ways)
        {
            // Capabilities were two words of 32 bits before 6.3: eight bytes either way, and read at once.
            if (btf.TryResolve(start, way, out field) && (field.IsScalar || field.Size == row.Place.Size) && field.BitCount == 0)
            {
                return true;
            }
        }

        field = null!; // read only after success
        return false;
    }

    private bool TrySignal(in Btf btf, uint signal, string way)
    {
        if (!_bases.ContainsKey("signal/" + way))
        {
            if (!btf.TryResolve(signal, way, out KernelField field))
            {
                return false;
            }

            _bases.Add("signal/" + way, field);
        }

        return true;
    }

    private void Write()
    {
        BpfLabel done = _code.DefineLabel();
        BpfLabel isProcess = _code.DefineLabel();
        int usageSize = NativeStruct.SizeOf<TaskUsage>();

        // r6 context, r7 task: null after the last one.
        _code
            .Move(R6, R1)
            .Load(R7, R6, ContextTask, BpfSize.Double)
            .JumpIf(BpfCondition.Equal, R7, 0, done);

        Zero(0, usageSize, isUsage: true);
        foreach ((Row row, KernelField field) in _found.Where(found => found.Row.IsUsage))
        {
            Copy(R7, row, field);
        }

        // A thread beside its process's first one: only what it used.
        _code
            .Load(R1, R10, Stack(At(in s_layout.Usage.Pid).Offset), BpfSize.Word)
            .Load(R2, R10, Stack(At(in s_layout.Usage.ThreadGroupId).Offset), BpfSize.Word)
            .JumpIf(BpfCondition.Equal, R1, R2, isProcess)
            .Store(R10, Stack(0), unchecked((int)TaskRecords.Thread), BpfSize.Word);
        WriteOut(usageSize);
        _code.Jump(done);

        _code
            .Mark(isProcess)
            .Store(R10, Stack(0), TaskRecordsProcess, BpfSize.Word);
        Zero(usageSize, Size, isUsage: false);
        foreach (IGrouping<string, (Row Row, KernelField Field)> part in _found.Where(found => !found.Row.IsUsage).GroupBy(found => found.Row.Base))
        {
            BpfRegister start = R7;
            if (part.Key.Length > 0)
            {
                _code.LoadField(R8, R7, _bases[part.Key]);
                start = R8;
            }

            foreach ((Row row, KernelField field) in part)
            {
                Copy(start, row, field);
            }

            if (part.Key == "signal")
            {
                AddEndedThreads();
            }
        }

        WriteOut(Size);
        _code.Mark(done).Return(0);
        Instructions = _code.Build();
    }

    private const int TaskRecordsProcess = unchecked((int)TaskRecords.Process);

    // What threads that ended used up stands in the signal struct (r8).
    private void AddEndedThreads()
    {
        foreach ((Row row, KernelField _) in _found.Where(found => found.Row.InSignal is not null))
        {
            _code
                .LoadField(R2, R8, _bases["signal/" + row.InSignal])
                .Load(R1, R10, Stack(row.Place.Offset), BpfSize.Double)
                .Compute(BpfOperation.Add, R1, R2)
                .Store(R10, Stack(row.Place.Offset), R1, BpfSize.Double);
        }
    }

    // The stack is not cleared, and what is not written must not go out: zeros wherever no field will stand.
    private void Zero(int from, int to, bool isUsage)
    {
        bool[] written = new bool[to];
        foreach ((Row row, KernelField _) in _found.Where(found => found.Row.IsUsage == isUsage))
        {
            written.AsSpan(row.Place.Offset, row.Place.Size).Fill(true);
        }

        for (int offset = from; offset < to; offset += sizeof(ulong))
        {
            if (written.AsSpan(offset, sizeof(ulong)).Contains(false))
            {
                _code.Store(R10, Stack(offset), 0, BpfSize.Double);
            }
        }
    }

    private void Copy(BpfRegister start, Row row, KernelField field)
    {
        if (row.Place.Size <= sizeof(ulong))
        {
            // What is longer here than in the kernel is a number that only counts up, or a size that it has once had: zeros above.
            KernelField read = field.IsScalar ? field : field with { Size = row.Place.Size };
            _code.LoadField(R1, start, read);
            if (read is { IsSigned: true, Size: < sizeof(uint) })
            {
                int above = 64 - (read.Size * 8);
                _code.Compute(BpfOperation.ShiftLeft, R1, above).Compute(BpfOperation.ShiftRightSigned, R1, above);
            }

            _code.Store(R10, Stack(row.Place.Offset), R1, SizeOf(row.Place.Size));
            return;
        }

        // A name: eight bytes at a time.
        for (int done = 0; done < row.Place.Size; done += sizeof(ulong))
        {
            _code
                .LoadField(R1, start, field with { Offset = field.Offset + done, Size = sizeof(ulong) })
                .Store(R10, Stack(row.Place.Offset + done), R1, BpfSize.Double);
        }
    }

    // bpf_seq_write(meta->seq, record, size). Its result is not looked at: when the buffer is full the kernel runs the program for this task again.
    private void WriteOut(int size) => _code
        .Load(R1, R6, ContextMeta, BpfSize.Double)
        .Load(R1, R1, MetaSequence, BpfSize.Double)
        .Move(R2, R10)
        .Compute(BpfOperation.Add, R2, Stack(0))
        .Move(R3, size)
        .Call(BpfHelper.SequenceWrite);

    private static int Stack(int offset) => offset - Size;

    private readonly record struct Place(int Offset, int Size);

    /// <summary>One field: where it stands in our record, and where the kernel has it.</summary>
    private sealed record Row(TaskFields Group, string Base, Place Place, params string[] Ways)
    {
        internal bool IsUsage { get; init; }

        /// <summary>Where the signal struct keeps the sum of threads that ended.</summary>
        internal string? InSignal { get; init; }
    }
}
