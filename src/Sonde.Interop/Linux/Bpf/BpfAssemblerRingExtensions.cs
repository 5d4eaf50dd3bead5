using System.Runtime.Versioning;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>Writing into a ring buffer so that nothing is lost silently.</summary>
[SupportedOSPlatform("linux")]
internal static class BpfAssemblerRingExtensions
{
    /// <summary>The map in which programs count the records that found their ring full; read by <see cref="BpfRingReader.ReadLost"/>.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static BpfMap CreateLostCounter(string name) => BpfMap.Create(BpfMapType.PerCpuArray, name, sizeof(uint), sizeof(long), 1);

    /// <summary>Copies a record from the stack into a ring; if the ring is full the loss is counted. R0 to R5 are lost.</summary>
    /// <param name="assembler">The program.</param>
    /// <param name="ring">A ring buffer map.</param>
    /// <param name="lost">The counter for what did not fit.</param>
    /// <param name="stackOffset">Where the record begins, from R10: negative.</param>
    /// <param name="length">Its bytes.</param>
    internal static BpfAssembler WriteToRing(this BpfAssembler assembler, BpfMap ring, BpfMap lost, int stackOffset, int length)
    {
        BpfLabel written = assembler.DefineLabel();

        // Zero flags: the kernel wakes the reader when it has caught up, which costs nothing while it is busy.
        return assembler
            .LoadMap(BpfRegister.R1, ring)
            .Move(BpfRegister.R2, BpfRegister.R10)
            .Compute(BpfOperation.Add, BpfRegister.R2, stackOffset)
            .Move(BpfRegister.R3, length)
            .Move(BpfRegister.R4, 0)
            .Call(BpfHelper.RingOutput)
            .JumpIf(BpfCondition.Equal, BpfRegister.R0, 0, written)
            .CountOne(lost, stackOffset)
            .Mark(written);
    }

    /// <summary>Adds one to the first counter of a per-CPU array. R0 to R5 are lost, and four bytes of stack.</summary>
    /// <param name="assembler">The program.</param>
    /// <param name="counter">A per-CPU array of 64-bit numbers.</param>
    /// <param name="scratch">Four bytes of stack that may be overwritten, from R10, divisible by four.</param>
    internal static BpfAssembler CountOne(this BpfAssembler assembler, BpfMap counter, int scratch)
    {
        BpfLabel absent = assembler.DefineLabel();
        return assembler
            .Store(BpfRegister.R10, scratch, 0, BpfSize.Word)
            .LoadMap(BpfRegister.R1, counter)
            .Move(BpfRegister.R2, BpfRegister.R10)
            .Compute(BpfOperation.Add, BpfRegister.R2, scratch)
            .Call(BpfHelper.MapLookup)
            .JumpIf(BpfCondition.Equal, BpfRegister.R0, 0, absent) // never, but the verifier wants it asked
            .Move(BpfRegister.R1, 1)
            .AtomicAdd(BpfRegister.R0, 0, BpfRegister.R1, BpfSize.Double) // a program on this processor may interrupt another one
            .Mark(absent);
    }
}
