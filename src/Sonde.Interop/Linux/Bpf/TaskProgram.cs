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

    // 4,096 descriptors: where a table is larger, reading /proc costs little beside what the process itself costs.
    private const int MaxHandleWords = 64;

    private static readonly TaskRecord s_layout; // only its fields' places matter
    private static readonly Row[] s_rows = MakeRows();

    // Where pointers on the way to a field are kept, the task itself first. r1 and r2 are for values.
    private static readonly BpfRegister[] s_pointers = [R7, R8, R9, R3, R4, R5];
    private readonly BpfAssembler _code = new();
    private readonly List<Found> _found = [];
    private KernelField? _handlesSize;
    private KernelField? _handlesBits;
    private readonly List<int> _followed = []; // the pointers that registers hold now, by their offsets from r7 on

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

            KernelField? field = TryResolve(in btf, task, row.Ways, row.Place);
            KernelField? ended = row.Ended is null ? null : TryResolve(in btf, task, [row.Ended], row.Place);
            if (field is null || (row.Ended is not null && ended is null))
            {
                lacking |= row.Group;
                missing.Add(field is null ? row.Ways[0] : row.Ended!); // null only where the first condition holds
                continue;
            }

            _found.Add(new Found(row, field, ended));
        }

        if ((wanted & TaskFields.Handles) != TaskFields.None
            && (!btf.TryResolve(task, "files.fdt.max_fds", out _handlesSize) || !btf.TryResolve(task, "files.fdt.open_fds", out _handlesBits)))
        {
            lacking |= TaskFields.Handles;
            missing.Add("files.fdt");
        }

        // A group is there whole or not at all.
        _found.RemoveAll(found => (found.Row.Group & lacking) != TaskFields.None);
        Available = wanted & ~lacking;
        Missing = missing;
    }

    private static KernelField? TryResolve(in Btf btf, uint task, string[] ways, Place place)
    {
        foreach (string way in ways)
        {
            // Capabilities were two words of 32 bits before 6.3: eight bytes either way, and read at once.
            if (btf.TryResolve(task, way, out KernelField field)
                && (field.IsScalar || field.Size == place.Size)
                && field.BitCount == 0
                && field.Hops.Length < s_pointers.Length)
            {
                return field;
            }
        }

        return null;
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

        Zero(0, usageSize);
        foreach (Found found in _found)
        {
            if (found.Row.IsUsage)
            {
                Copy(found.Field, found.Row.Place);
            }
        }

        // A thread beside its process's first one: only what it used.
        _code
            .Load(R1, R10, Stack(At(in s_layout.Usage.Pid).Offset), BpfSize.Word)
            .Load(R2, R10, Stack(At(in s_layout.Usage.ThreadGroupId).Offset), BpfSize.Word)
            .JumpIf(BpfCondition.Equal, R1, R2, isProcess)
            .Store(R10, Stack(0), unchecked((int)TaskRecords.Thread), BpfSize.Word);
        WriteOut(usageSize);
        _code
            .Jump(done)
            .Mark(isProcess)
            .Store(R10, Stack(0), unchecked((int)TaskRecords.Process), BpfSize.Word);
        if ((Available & TaskFields.Handles) != TaskFields.None)
        {
            CountHandles();
        }

        Zero(usageSize, Size);

        // What threads that ended used up stands in the signal struct.
        foreach (Found found in _found)
        {
            if (found.Ended is { } ended)
            {
                AddTo(ended, found.Row.Place);
            }
        }

        foreach (Found found in _found)
        {
            if (!found.Row.IsUsage)
            {
                Copy(found.Field, found.Row.Place);
            }
        }

        WriteOut(Size);
        _code.Mark(done).Return(0);
        Instructions = _code.Build();
    }

    // The stack is not cleared, and what is not written must not go out: zeros wherever no field will stand.
    private void Zero(int from, int to)
    {
        bool[] written = new bool[Size];
        foreach (Found found in _found)
        {
            written.AsSpan(found.Row.Place.Offset, found.Row.Place.Size).Fill(true);
        }

        Place handles = At(in s_layout.OpenHandles);
        if ((Available & TaskFields.Handles) != TaskFields.None)
        {
            // Counted before; and the field beside it, when nobody writes it, is cleared on its own.
            written.AsSpan(handles.Offset, handles.Size).Fill(true);
            Place beside = At(in s_layout.OutOfMemoryAdjustment);
            if (from <= beside.Offset && beside.Offset < to && !written[beside.Offset])
            {
                _code.Store(R10, Stack(beside.Offset), 0, BpfSize.Word);
                written.AsSpan(beside.Offset, beside.Size).Fill(true);
            }
        }

        for (int offset = from; offset < to; offset += sizeof(ulong))
        {
            if (written.AsSpan(offset, sizeof(ulong)).Contains(false))
            {
                _code.Store(R10, Stack(offset), 0, BpfSize.Double);
            }
        }
    }

    // Loads the pointers on the way that no register holds yet. Each costs the verifier searches through the kernel's types by name (some tenths of a
    // millisecond on 6.18), so none is loaded twice in a row.
    private BpfRegister Follow(KernelField field)
    {
        int common = 0;
        while (common < _followed.Count && common < field.Hops.Length && _followed[common] == field.Hops[common])
        {
            common++;
        }

        _followed.RemoveRange(common, _followed.Count - common);
        for (int depth = common; depth < field.Hops.Length; depth++)
        {
            _code.Load(s_pointers[depth + 1], s_pointers[depth], field.Hops[depth], BpfSize.Double);
            _followed.Add(field.Hops[depth]);
        }

        return s_pointers[field.Hops.Length];
    }

    private void AddTo(KernelField field, Place place) => _code
        .LoadField(R1, Follow(field), field with { Hops = [] })
        .Load(R2, R10, Stack(place.Offset), BpfSize.Double)
        .Compute(BpfOperation.Add, R1, R2)
        .Store(R10, Stack(place.Offset), R1, BpfSize.Double);

    private void Copy(KernelField field, Place place)
    {
        BpfRegister from = Follow(field);
        field = field with { Hops = [] };
        if (place.Size <= sizeof(ulong))
        {
            // A number that is longer in the kernel than here is cut, one that is longer here is filled up: with its sign where it is short.
            field = field.IsScalar ? field : field with { Size = place.Size };
            _code.LoadField(R1, from, field);
            if (field is { IsSigned: true, Size: < sizeof(uint) })
            {
                int above = 64 - (field.Size * 8);
                _code.Compute(BpfOperation.ShiftLeft, R1, above).Compute(BpfOperation.ShiftRightSigned, R1, above);
            }

            _code.Store(R10, Stack(place.Offset), R1, SizeOf(place.Size));
            return;
        }

        // A name: eight bytes at a time.
        for (int done = 0; done < place.Size; done += sizeof(ulong))
        {
            _code
                .Load(R1, from, field.Offset + done, BpfSize.Double)
                .Store(R10, Stack(place.Offset + done), R1, BpfSize.Double);
        }
    }

    // As the kernel for the size of /proc/P/fd: the bits that are set in the table of open descriptors, a word of 64 at a time. Needs r8 and r9, and as a
    // place to read to a field that is written later.
    private void CountHandles()
    {
        int count = Stack(At(in s_layout.OpenHandles).Offset);
        int word = Stack(At(in s_layout.ShownUserNanoseconds).Offset);
        BpfLabel next = _code.DefineLabel();
        BpfLabel large = _code.DefineLabel();
        BpfLabel end = _code.DefineLabel();
        BpfRegister table = Follow(_handlesSize!); // both were found, or the group is not available
        _code
            .LoadField(R2, table, _handlesSize! with { Hops = [] })
            .LoadField(R1, table, _handlesBits! with { Hops = [] })
            .Move(R8, R1)
            .Move(R9, R2)
            .Compute(BpfOperation.Add, R9, 63)
            .Compute(BpfOperation.ShiftRight, R9, 6)
            .JumpIf(BpfCondition.Greater, R9, MaxHandleWords, large)
            .Store(R10, count, 0, BpfSize.Word)
            .Mark(next)
            .JumpIf(BpfCondition.Equal, R9, 0, end)
            .Move(R1, R10)
            .Compute(BpfOperation.Add, R1, word)
            .Move(R2, sizeof(ulong))
            .Move(R3, R8)
            .Call(BpfHelper.ProbeReadKernel)
            .Load(R1, R10, word, BpfSize.Double);
        CountBits();
        _code
            .Load(R2, R10, count, BpfSize.Word)
            .Compute(BpfOperation.Add, R1, R2)
            .Store(R10, count, R1, BpfSize.Word)
            .Compute(BpfOperation.Add, R8, sizeof(ulong))
            .Compute(BpfOperation.Subtract, R9, 1)
            .Jump(next)
            .Mark(large)
            .Store(R10, count, unchecked((int)TaskRecord.TooManyHandles), BpfSize.Word)
            .Mark(end);
        _followed.Clear(); // r8 and r9 hold something else now, and calls spoil the rest
    }

    // r1 = the number of bits in r1, by adding up neighbours: pairs, fours, eights, then all bytes by a multiplication. Uses r2 and r3.
    private void CountBits() => _code
        .Move(R2, R1)
        .Compute(BpfOperation.ShiftRight, R2, 1)
        .MoveWide(R3, 0x5555_5555_5555_5555)
        .Compute(BpfOperation.And, R2, R3)
        .Compute(BpfOperation.Subtract, R1, R2)
        .MoveWide(R3, 0x3333_3333_3333_3333)
        .Move(R2, R1)
        .Compute(BpfOperation.ShiftRight, R2, 2)
        .Compute(BpfOperation.And, R2, R3)
        .Compute(BpfOperation.And, R1, R3)
        .Compute(BpfOperation.Add, R1, R2)
        .Move(R2, R1)
        .Compute(BpfOperation.ShiftRight, R2, 4)
        .Compute(BpfOperation.Add, R1, R2)
        .MoveWide(R3, 0x0F0F_0F0F_0F0F_0F0F)
        .Compute(BpfOperation.And, R1, R3)
        .MoveWide(R3, 0x0101_0101_0101_0101)
        .Compute(BpfOperation.Multiply, R1, R3)
        .Compute(BpfOperation.ShiftRight, R1, 56);

    // bpf_seq_write(meta->seq, record, size). Its result is not looked at: when the buffer is full the kernel runs the program for this task again.
    private void WriteOut(int size)
    {
        _code
            .Load(R1, R6, ContextMeta, BpfSize.Double)
            .Load(R1, R1, MetaSequence, BpfSize.Double)
            .Move(R2, R10)
            .Compute(BpfOperation.Add, R2, Stack(0))
            .Move(R3, size)
            .Call(BpfHelper.SequenceWrite);
        _followed.Clear(); // a call spoils r1 to r5
    }

    private static int Stack(int offset) => offset - Size;

    private readonly record struct Place(int Offset, int Size);

    /// <summary>One field: where it stands in our record, and where the kernel has it, from task_struct on.</summary>
    private sealed record Row(TaskFields Group, Place Place, params string[] Ways)
    {
        internal bool IsUsage { get; init; }

        /// <summary>Where the sum of threads that ended is kept.</summary>
        internal string? Ended { get; init; }
    }

    private sealed record Found(Row Row, KernelField Field, KernelField? Ended);
}
