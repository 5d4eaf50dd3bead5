using System.Runtime.InteropServices;
using Sonde.Interop.Linux.Bpf;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.System.Tests.Bpf;

/// <summary>The least that an iterator over tasks can do: the id of every task that the kernel hands to it, threads included.</summary>
internal sealed class PidIterator : IBpfIteratorSink
{
    private readonly List<int> _ids = [];

    internal static BpfProgramSource Source(BpfAssembler? before = null)
    {
        using KernelBtf bytes = KernelBtf.Open();
        Assert.True(Btf.TryParse(bytes.Bytes, out Btf btf, out _));
        Assert.True(btf.TryResolve(btf.Find(BtfKind.Struct, "task_struct"u8), "pid", out KernelField pid));
        BpfAssembler code = before ?? new BpfAssembler();
        BpfLabel done = code.DefineLabel();
        code
            .Load(R2, R1, 8, BpfSize.Double)
            .JumpIf(BpfCondition.Equal, R2, 0, done)
            .LoadField(R2, R2, pid)
            .Store(R10, -8, R2, BpfSize.Word)
            .Load(R1, R1, 0, BpfSize.Double)
            .Load(R1, R1, 0, BpfSize.Double)
            .Move(R2, R10)
            .Compute(BpfOperation.Add, R2, -8)
            .Move(R3, sizeof(int))
            .Call(BpfHelper.SequenceWrite)
            .Mark(done)
            .Return(0);
        return new BpfProgramSource("sonde_pids", BpfProgramType.Tracing, code.Build())
        {
            AttachType = BpfAttachType.Iterator,
            AttachBtfId = btf.Find(BtfKind.Function, "bpf_iter_task"u8),
        };
    }

    internal static IReadOnlyCollection<int> Read()
    {
        using BpfProgram program = BpfProgram.Load(Source());
        using BpfLink link = BpfLink.AttachIterator(program);
        var sink = new PidIterator();
        BpfIterator.Walk(link, new byte[BpfIterator.BufferSize], sink);
        return sink._ids;
    }

    void IBpfIteratorSink.Take(ReadOnlySpan<byte> piece) => _ids.AddRange(MemoryMarshal.Cast<byte, int>(piece));
}
