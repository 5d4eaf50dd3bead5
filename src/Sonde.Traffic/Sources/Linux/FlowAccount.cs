using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Writes the end that programs which count have in common: they add what they saw to the counters of its flow, which are made when it is new.</summary>
/// <remarks>
/// Most packets follow one of the same flow on the same processor: they cost no call but one, and touch no memory that another processor writes.
/// </remarks>
/// <param name="code">The program.</param>
/// <param name="flows">Where it counts.</param>
/// <param name="top">Where on the stack its room begins, counted downwards; what is above is the program's.</param>
[SupportedOSPlatform("linux")]
internal sealed class FlowAccount(BpfAssembler code, KernelFlows flows, int top)
{
    /// <summary>Where the key of <see cref="KernelFlow"/> stands on the stack.</summary>
    internal int Key { get; } = top - KernelFlow.KeySize;

    private int Value => Key - KernelFlow.ValueSize;

    /// <summary>Where the interface stands on the stack, in four bytes.</summary>
    internal int InterfaceIndex => Value + KernelFlow.InterfaceIndex;

    private int Place => Value - 8;

    private int Index => Place - 8;

    /// <summary>Adds r9 bytes in r7 packets with the signs in r8 to the flow of the key on the stack; r6 is lost.</summary>
    /// <param name="isSent">Whether they were sent.</param>
    /// <param name="gathers">Whether processors gather first; kernels before 5.12 have not the instruction.</param>
    /// <param name="completeKey">Writes what completes the key, where the table is asked for it: the comparison with a place does without. r7 to r9 must stay.</param>
    /// <param name="done">Where the program goes on.</param>
    internal void Write(bool isSent, bool gathers, Action? completeKey, BpfLabel done)
    {
        BpfLabel direct = code.DefineLabel();
        LoadPlaces(code, flows, Index);
        code.JumpIf(BpfCondition.Equal, R0, 0, done).Move(R6, R0);
        if (gathers)
        {
            code.Move(R1, 1).AtomicExchange(R6, KernelGathering.Busy, R1, BpfSize.Double).JumpIf(BpfCondition.NotEqual, R1, 0, direct);
            Gather(isSent, completeKey, done);
        }

        code.Mark(direct);
        MakeValue(isSent, completeKey);
        code.Move(R7, R10).Compute(BpfOperation.Add, R7, Key).Move(R9, R10).Compute(BpfOperation.Add, R9, Value);
        BpfLabel full = code.DefineLabel();
        AddToTable(done, full);
        code.Jump(done).Mark(full);
        AddToOverflow();
        code.Jump(done);
    }

    /// <summary>Leaves the places of this processor in r0, or 0; r1 to r5 are lost.</summary>
    /// <param name="code">The program.</param>
    /// <param name="flows">Where it counts.</param>
    /// <param name="index">Room for a number of four bytes on the stack.</param>
    internal static void LoadPlaces(BpfAssembler code, KernelFlows flows, int index)
    {
        code.LoadMapValue(R1, flows.Side).Load(R1, R1, 0, BpfSize.Word).Store(R10, index, R1, BpfSize.Word).LoadMap(R1, flows.Gathered);
        code.Move(R2, R10).Compute(BpfOperation.Add, R2, index).Call(BpfHelper.MapLookup);
    }

    // r6 has the places. The flow is in its place, or takes it.
    private void Gather(bool isSent, Action? completeKey, BpfLabel done)
    {
        BpfLabel isOther = code.DefineLabel();
        BpfLabel isFree = code.DefineLabel();
        BpfLabel full = code.DefineLabel();

        // Sockets are numbered one after another, and one of UDP may send to many ports: the low byte of the remote one.
        code
            .Load(R4, R10, Key + KernelFlow.Cookie, BpfSize.Double)
            .Load(R3, R10, Key + KernelFlow.RemotePort + 1, BpfSize.Byte)
            .Compute(BpfOperation.Xor, R3, R4)
            .Compute(BpfOperation.And, R3, KernelGathering.FlowCount - 1)
            .Compute(BpfOperation.ShiftLeft, R3, KernelGathering.FlowShift)
            .Compute(BpfOperation.Add, R3, R6);
        for (int at = 0; at < KernelFlow.ComparedSize; at += sizeof(ulong))
        {
            code
                .Load(R1, R10, Key + at, BpfSize.Double)
                .Load(R2, R3, KernelGathering.Flows + at, BpfSize.Double)
                .JumpIf(BpfCondition.NotEqual, R1, R2, isOther);
        }

        const int At = KernelGathering.Flows + KernelFlow.KeySize;
        BpfLabel noSigns = code.DefineLabel();
        int direction = isSent ? sizeof(long) : 0;
        Add(KernelFlow.Bytes, R9);
        Add(KernelFlow.Packets, R7);
        code.Move(R7, 1);
        Add(KernelFlow.Units, R7);
        code
            .Load(R1, R10, InterfaceIndex, BpfSize.Word)
            .Store(R3, At + KernelFlow.InterfaceIndex, R1, BpfSize.Word)
            .JumpIf(BpfCondition.Equal, R8, 0, noSigns)
            .Load(R1, R3, At + KernelFlow.Signs, BpfSize.Word)
            .Compute(BpfOperation.Or, R1, R8)
            .Store(R3, At + KernelFlow.Signs, R1, BpfSize.Word)
            .Mark(noSigns)
            .Store(R6, KernelGathering.Busy, 0, BpfSize.Double)
            .Jump(done);

        code.Mark(isOther).Store(R10, Place, R3, BpfSize.Double);
        MakeValue(isSent, completeKey);
        code
            .Load(R7, R10, Place, BpfSize.Double)
            .Compute(BpfOperation.Add, R7, KernelGathering.Flows)
            .Load(R1, R7, KernelFlow.Cookie, BpfSize.Double)
            .JumpIf(BpfCondition.Equal, R1, 0, isFree)
            .Move(R9, R7).Compute(BpfOperation.Add, R9, KernelFlow.KeySize);
        AddToTable(isFree, full);
        code.Jump(isFree).Mark(full);
        AddToOverflow();
        code.Mark(isFree);
        for (int at = 0; at < KernelFlow.KeySize; at += sizeof(ulong))
        {
            code.Load(R1, R10, Key + at, BpfSize.Double).Store(R7, at, R1, BpfSize.Double);
        }

        for (int at = 0; at < KernelFlow.ValueSize; at += sizeof(ulong))
        {
            code.Load(R1, R10, Value + at, BpfSize.Double).Store(R7, KernelFlow.KeySize + at, R1, BpfSize.Double);
        }

        code.Store(R6, KernelGathering.Busy, 0, BpfSize.Double).Jump(done);

        void Add(int counter, BpfRegister what) => code
            .Load(R1, R3, At + counter + direction, BpfSize.Double)
            .Compute(BpfOperation.Add, R1, what)
            .Store(R3, At + counter + direction, R1, BpfSize.Double);
    }

    // What this packet counts for, on the stack: r7 to r9 are free after it. Of each pair of counters, received comes first.
    private void MakeValue(bool isSent, Action? completeKey)
    {
        completeKey?.Invoke();
        int direction = isSent ? sizeof(long) : 0;
        code
            .Store(R10, Value + KernelFlow.Signs, R8, BpfSize.Word)
            .Store(R10, Value + KernelFlow.Bytes + direction, R9, BpfSize.Double)
            .Store(R10, Value + KernelFlow.Packets + direction, R7, BpfSize.Double)
            .Store(R10, Value + KernelFlow.Units + direction, 1, BpfSize.Double);
        foreach (int counter in (ReadOnlySpan<int>)[KernelFlow.Bytes, KernelFlow.Packets, KernelFlow.Units])
        {
            code.Store(R10, Value + counter + sizeof(long) - direction, 0, BpfSize.Double);
        }
    }

    // Adds the value at r9 to the entry of the key at r7; r8 is lost.
    private void AddToTable(BpfLabel done, BpfLabel full)
    {
        BpfLabel add = code.DefineLabel();
        code
            .Store(R10, Index, 0, BpfSize.Word)
            .LoadMap(R1, flows.Holder)
            .Move(R2, R10).Compute(BpfOperation.Add, R2, Index)
            .Call(BpfHelper.MapLookup)
            .JumpIf(BpfCondition.Equal, R0, 0, full)
            .Move(R8, R0);
        Find();

        // Another processor may be first with a new one: then its entry is the one that counts.
        code
            .JumpIf(BpfCondition.NotEqual, R0, 0, add)
            .Move(R1, R8).Move(R2, R7).Move(R3, R9).Move(R4, (int)BpfUpdateMode.Insert).Call(BpfHelper.MapUpdate)
            .JumpIf(BpfCondition.Equal, R0, 0, done);
        Find();
        code.JumpIf(BpfCondition.Equal, R0, 0, full).Mark(add);
        AddCounters(0);
        BpfLabel noSigns = code.DefineLabel();
        code
            .Load(R1, R9, KernelFlow.InterfaceIndex, BpfSize.Word)
            .Store(R0, KernelFlow.InterfaceIndex, R1, BpfSize.Word)
            .Load(R1, R9, KernelFlow.Signs, BpfSize.Word)
            .JumpIf(BpfCondition.Equal, R1, 0, noSigns)
            .Load(R2, R0, KernelFlow.Signs, BpfSize.Word)
            .Compute(BpfOperation.Or, R2, R1)
            .Store(R0, KernelFlow.Signs, R2, BpfSize.Word)
            .Mark(noSigns);
    }

    private void Find() => code.Move(R1, R8).Move(R2, R7).Call(BpfHelper.MapLookup);

    private void AddToOverflow()
    {
        code.Move(R0, R6);
        AddCounters(KernelGathering.Overflow);
    }

    private void AddCounters(int to)
    {
        for (int at = 0; at < KernelFlow.CountersSize; at += sizeof(long))
        {
            BpfLabel nothing = code.DefineLabel();
            code
                .Load(R1, R9, at, BpfSize.Double)
                .JumpIf(BpfCondition.Equal, R1, 0, nothing)
                .AtomicAdd(R0, to + at, R1, BpfSize.Double)
                .Mark(nothing);
        }
    }
}
