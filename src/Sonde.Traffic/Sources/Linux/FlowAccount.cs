using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Writes the end that programs which count have in common: they add what they saw to the entry of its flow, which is made when it is new.</summary>
/// <param name="code">The program.</param>
/// <param name="key">Where on the stack the key of <see cref="KernelFlow"/> stands.</param>
/// <param name="value">Room for a value on the stack.</param>
/// <param name="interfaceIndex">Where the interface stands on the stack.</param>
/// <param name="index">Room for a number of four bytes on the stack.</param>
[SupportedOSPlatform("linux")]
internal sealed class FlowAccount(BpfAssembler code, int key, int value, int interfaceIndex, int index)
{
    /// <summary>Adds r9 bytes in r7 packets with the signs in r8; r6 is lost.</summary>
    /// <param name="isSent">Whether they were sent.</param>
    /// <param name="holder">Holds the table of flows that is being filled.</param>
    /// <param name="overflow">A per-CPU array of one set of counters, for what finds the table full.</param>
    /// <param name="done">Where the program goes on.</param>
    internal void Write(bool isSent, BpfMap holder, BpfMap overflow, BpfLabel done)
    {
        BpfLabel add = code.DefineLabel();
        BpfLabel full = code.DefineLabel();
        code
            .Store(R10, index, 0, BpfSize.Word)
            .LoadMap(R1, holder);
        Point(R2, index);
        code.Call(BpfHelper.MapLookup).JumpIf(BpfCondition.Equal, R0, 0, full).Move(R6, R0);
        Find();
        code.JumpIf(BpfCondition.NotEqual, R0, 0, add);
        for (int at = 0; at < KernelFlow.ValueSize; at += sizeof(ulong))
        {
            code.Store(R10, value + at, 0, BpfSize.Double);
        }

        // Another processor may be first: then its entry is the one that counts.
        code.Move(R1, R6);
        Point(R2, key);
        Point(R3, value);
        code.Move(R4, (int)BpfUpdateMode.Insert).Call(BpfHelper.MapUpdate);
        Find();
        code
            .JumpIf(BpfCondition.Equal, R0, 0, full)
            .Mark(add);
        Add(isSent);
        code
            .Load(R1, R10, interfaceIndex, BpfSize.Word)
            .Store(R0, KernelFlow.InterfaceIndex, R1, BpfSize.Word)
            .JumpIf(BpfCondition.Equal, R8, 0, done)
            .Load(R1, R0, KernelFlow.Signs, BpfSize.Word)
            .Compute(BpfOperation.Or, R1, R8)
            .Store(R0, KernelFlow.Signs, R1, BpfSize.Word)
            .Jump(done)
            .Mark(full)
            .LoadMap(R1, overflow);
        Point(R2, index);
        code.Call(BpfHelper.MapLookup).JumpIf(BpfCondition.Equal, R0, 0, done);
        Add(isSent);
    }

    private void Find()
    {
        code.Move(R1, R6);
        Point(R2, key);
        code.Call(BpfHelper.MapLookup);
    }

    // Of each pair of counters, received comes first.
    private void Add(bool isSent)
    {
        int direction = isSent ? sizeof(long) : 0;
        code
            .AtomicAdd(R0, KernelFlow.Bytes + direction, R9, BpfSize.Double)
            .AtomicAdd(R0, KernelFlow.Packets + direction, R7, BpfSize.Double)
            .Move(R1, 1)
            .AtomicAdd(R0, KernelFlow.Units + direction, R1, BpfSize.Double);
    }

    private void Point(BpfRegister register, int stack) => code.Move(register, R10).Compute(BpfOperation.Add, register, stack);
}
