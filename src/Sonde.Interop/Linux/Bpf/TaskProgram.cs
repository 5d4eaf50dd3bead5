using System.Runtime.Versioning;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>Writes the program of the task iterator for the running kernel, by a <see cref="TaskPlan"/>.</summary>
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

    // Where pointers on the way to a field are kept, the task itself first. r1 and r2 are for values.
    private static readonly BpfRegister[] s_pointers = [R7, R8, R9, R3, R4, R5]; // as many as TaskPlan.MaxHops, and one

    private readonly BpfAssembler _code = new();
    private readonly TaskPlan _plan;
    private readonly List<int> _followed = []; // the pointers that registers hold now, by their offsets from r7 on

    private TaskProgram(TaskPlan plan) => _plan = plan;

    /// <summary>The code, for a program of type tracing that is attached to <see cref="Target"/>.</summary>
    internal BpfInstruction[] Instructions { get; private set; } = [];

    /// <summary>The groups that the program fills: what was asked for and this kernel has.</summary>
    internal TaskFields Available => _plan.Available;

    /// <summary>Ways that this kernel does not have, of groups that were asked for.</summary>
    internal IReadOnlyList<string> Missing => _plan.Missing;

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

        var program = new TaskProgram(new TaskPlan(in btf, task, wanted | TaskFields.Core));
        if ((program.Available & TaskFields.Core) == TaskFields.None)
        {
            reason = $"the kernel's task_struct has no {string.Join(", ", program.Missing)}";
            return null;
        }

        program.Write();
        reason = string.Empty;
        return program;
    }

    private static BpfSize SizeOf(int bytes) => bytes switch
    {
        1 => BpfSize.Byte,
        2 => BpfSize.Half,
        4 => BpfSize.Word,
        _ => BpfSize.Double,
    };

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
        foreach (TaskPlan.Entry entry in _plan.Entries)
        {
            if (entry.Row.IsUsage)
            {
                Copy(entry.Field, entry.Row.Place);
            }
        }

        // A thread beside its process's first one: only what it used.
        _code
            .Load(R1, R10, Stack(TaskPlan.Pid.Offset), BpfSize.Word)
            .Load(R2, R10, Stack(TaskPlan.ThreadGroupId.Offset), BpfSize.Word)
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
        foreach (TaskPlan.Entry entry in _plan.Entries)
        {
            if (entry.Ended is { } ended)
            {
                AddTo(ended, entry.Row.Place);
            }
        }

        foreach (TaskPlan.Entry entry in _plan.Entries)
        {
            if (!entry.Row.IsUsage)
            {
                Copy(entry.Field, entry.Row.Place);
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
        foreach (TaskPlan.Entry entry in _plan.Entries)
        {
            written.AsSpan(entry.Row.Place.Offset, entry.Row.Place.Size).Fill(true);
        }

        TaskPlan.Place handles = TaskPlan.OpenHandles;
        if ((Available & TaskFields.Handles) != TaskFields.None)
        {
            // Counted before; and the field beside it, when nobody writes it, is cleared on its own.
            written.AsSpan(handles.Offset, handles.Size).Fill(true);
            TaskPlan.Place beside = TaskPlan.OutOfMemoryAdjustment;
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

    private void AddTo(KernelField field, TaskPlan.Place place) => _code
        .LoadField(R1, Follow(field), field with { Hops = [] })
        .Load(R2, R10, Stack(place.Offset), BpfSize.Double)
        .Compute(BpfOperation.Add, R1, R2)
        .Store(R10, Stack(place.Offset), R1, BpfSize.Double);

    private void Copy(KernelField field, TaskPlan.Place place)
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
        int count = Stack(TaskPlan.OpenHandles.Offset);
        int word = Stack(TaskPlan.ShownUserNanoseconds.Offset);
        BpfLabel next = _code.DefineLabel();
        BpfLabel large = _code.DefineLabel();
        BpfLabel end = _code.DefineLabel();
        BpfRegister table = Follow(_plan.HandlesSize!); // both were found, or the group is not available
        _code
            .LoadField(R2, table, _plan.HandlesSize! with { Hops = [] })
            .LoadField(R1, table, _plan.HandlesBits! with { Hops = [] })
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
}
