using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Writes the program that notes the name with which a process ends: one that executed another program after it had connected is known by that.</summary>
[SupportedOSPlatform("linux")]
internal static class LastNameProgram
{
    internal const int KeySize = sizeof(int);
    internal const int Start = 0;
    internal const int Name = 8;
    internal const int ValueSize = Name + KernelOwner.NameSize;

    private const int Key = -8;
    private const int Value = Key - ValueSize;

    /// <summary>Writes it, for the tracepoint sched_process_exit, whose first argument is the task.</summary>
    /// <param name="btfId">The tracepoint's type.</param>
    /// <param name="task">Where the kernel keeps what is known of a process.</param>
    /// <param name="names">The table that it fills, by process id.</param>
    internal static BpfProgramSource Write(uint btfId, TaskOffsets task, BpfMap names)
    {
        var code = new BpfAssembler();
        BpfLabel done = code.DefineLabel();

        // Every thread comes by; the first one has the name of the process.
        code
            .Load(R6, R1, 0, BpfSize.Double)
            .LoadField(R7, R6, task.ThreadId)
            .LoadField(R1, R6, task.ProcessId)
            .JumpIf(BpfCondition.NotEqual, R7, R1, done)
            .Store(R10, Key, R1, BpfSize.Word)
            .LoadField(R1, R6, task.Start)
            .Store(R10, Value + Start, R1, BpfSize.Double);
        for (int at = 0; at < KernelOwner.NameSize; at += sizeof(ulong))
        {
            code.Load(R1, R6, task.Name.Offset + at, BpfSize.Double).Store(R10, Value + Name + at, R1, BpfSize.Double);
        }

        code
            .LoadMap(R1, names)
            .Move(R2, R10).Compute(BpfOperation.Add, R2, Key)
            .Move(R3, R10).Compute(BpfOperation.Add, R3, Value)
            .Move(R4, (int)BpfUpdateMode.Any).Call(BpfHelper.MapUpdate)
            .Mark(done)
            .Return(0);
        return new BpfProgramSource("sonde_ended", BpfProgramType.Tracing, code.Build()) { AttachType = BpfAttachType.TracepointBtf, AttachBtfId = btfId };
    }
}
