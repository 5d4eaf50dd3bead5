using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.Interop.Tests.Bpf;

/// <summary>Encodings against bytes that LLVM's assembler gives for the same text.</summary>
[SupportedOSPlatform("linux")]
public sealed class BpfAssemblerTests
{
    [Fact]
    public void An_instruction_is_the_eight_bytes_of_the_kernels_struct()
    {
        var one = new BpfInstruction(0x7B, R10, R6, -8, 0x01020304);

        Assert.Equal(8, NativeStruct.SizeOf<BpfInstruction>());
        Assert.Equal("7B6AF8FF04030201", Convert.ToHexString(NativeStruct.AsBytes(one)));
        Assert.Equal((R10, R6, (short)-8, 0x01020304), (one.Destination, one.Source, one.Offset, one.Immediate));
    }

    // llvm-mc -triple=bpfel -show-encoding prints these bytes for the texts in the third column.
    public static TheoryData<string, string, string> Encodings() => new()
    {
        { "move", "BF16000000000000", "r6 = r1" },
        { "move constant", "B7000000FFFFFFFF", "r0 = -1" },
        { "move wide", "180100008877665500000000 44332211".Replace(" ", string.Empty, StringComparison.Ordinal), "r1 = 0x1122334455667788" },
        { "add", "0702000000FFFFFF", "r2 += -256" },
        { "subtract 32", "1C32000000000000", "w2 -= w3" },
        { "shift", "7708000020000000", "r8 >>= 32" },
        { "shift signed", "C708000020000000", "r8 s>>= 32" },
        { "negate", "8703000000000000", "r3 = -r3" },
        { "swap", "DC02000010000000", "r2 = be16 r2" },
        { "load", "7917080000000000", "r7 = *(u64 *)(r1 +8)" },
        { "load byte", "71120100 00000000".Replace(" ", string.Empty, StringComparison.Ordinal), "r2 = *(u8 *)(r1 +1)" },
        { "store", "632AFCFF00000000", "*(u32 *)(r10 -4) = r2" },
        { "store constant", "6A0AF0FF07000000", "*(u16 *)(r10 -16) = 7" },
        { "atomic add", "DB10000000000000", "lock *(u64 *)(r0 +0) += r1" },
        { "atomic exchange", "DB160000E1000000", "r1 = atomic64_xchg((u64 *)(r6 +0), r1)" },
        { "call", "8500000005000000", "call bpf_ktime_get_ns#5" },
        { "exit", "9500000000000000", "exit" },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Instructions_are_encoded_as_LLVM_encodes_them(string what, string bytes, string text)
    {
        var assembler = new BpfAssembler();
        _ = what switch
        {
            "move" => assembler.Move(R6, R1),
            "move constant" => assembler.Move(R0, -1),
            "move wide" => assembler.MoveWide(R1, 0x1122334455667788),
            "add" => assembler.Compute(BpfOperation.Add, R2, -256),
            "subtract 32" => assembler.Compute32(BpfOperation.Subtract, R2, R3),
            "shift" => assembler.Compute(BpfOperation.ShiftRight, R8, 32),
            "shift signed" => assembler.Compute(BpfOperation.ShiftRightSigned, R8, 32),
            "negate" => assembler.Negate(R3),
            "swap" => assembler.SwapNetworkOrder(R2, 16),
            "load" => assembler.Load(R7, R1, 8, BpfSize.Double),
            "load byte" => assembler.Load(R2, R1, 1, BpfSize.Byte),
            "store" => assembler.Store(R10, -4, R2, BpfSize.Word),
            "store constant" => assembler.Store(R10, -16, 7, BpfSize.Half),
            "atomic add" => assembler.AtomicAdd(R0, 0, R1, BpfSize.Double),
            "atomic exchange" => assembler.AtomicExchange(R6, 0, R1, BpfSize.Double),
            "call" => assembler.Call(BpfHelper.KernelTimeNanoseconds),
            _ => assembler.Exit(),
        };

        BpfInstruction[] code = assembler.Build();

        Assert.Equal(bytes, Convert.ToHexString(MemoryMarshal.AsBytes<BpfInstruction>(code)));
        Assert.Equal($"0: ({code[0].Code:x2}) {text}{Environment.NewLine}", BpfText.Of(code));
    }

    [Fact]
    public void Jumps_count_from_the_instruction_after_them_forwards_and_backwards()
    {
        var assembler = new BpfAssembler();
        BpfLabel again = assembler.DefineLabel();
        BpfLabel done = assembler.DefineLabel();
        BpfInstruction[] code = assembler
            .Mark(again)
            .JumpIf(BpfCondition.Equal, R1, 0, done)
            .Compute(BpfOperation.Subtract, R1, 1)
            .MoveWide(R2, 5)
            .JumpIf32(BpfCondition.SignedLess, R1, R2, again)
            .Jump(again)
            .Mark(done)
            .Return(0)
            .Build();

        string[] lines = BpfText.Of(code).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                "0: (15) if r1 == 0x0 goto pc+5",
                "1: (17) r1 -= 1",
                "2: (18) r2 = 0x5",
                "4: (ce) if w1 s< w2 goto pc-5",
                "5: (05) goto pc-6",
                "6: (b7) r0 = 0",
                "7: (95) exit",
            ],
            lines);
    }

    [Fact]
    public void A_label_without_a_place_and_one_with_two_are_found()
    {
        var assembler = new BpfAssembler();
        BpfLabel label = assembler.DefineLabel();
        assembler.Jump(label);

        Assert.Throws<InvalidOperationException>(() => assembler.Build());
        assembler.Mark(label);
        Assert.Throws<InvalidOperationException>(() => assembler.Mark(label));
    }

    [Fact]
    public void A_jump_that_does_not_fit_its_instruction_is_refused()
    {
        var assembler = new BpfAssembler();
        BpfLabel far = assembler.DefineLabel();
        assembler.Jump(far);
        for (int i = 0; i <= short.MaxValue; i++)
        {
            assembler.Move(R0, 0);
        }

        assembler.Mark(far).Exit();

        Assert.Throws<InvalidOperationException>(() => assembler.Build());
    }

    [Fact]
    public void Offsets_that_do_not_fit_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BpfAssembler().Load(R0, R1, 40_000, BpfSize.Byte));

    [Fact]
    public void A_field_behind_two_pointers_takes_three_loads()
    {
        BpfInstruction[] code = new BpfAssembler().LoadField(R2, R7, new KernelField([16, 24], 4, 4)).Build();

        Assert.Equal(
            ["r2 = *(u64 *)(r7 +16)", "r2 = *(u64 *)(r2 +24)", "r2 = *(u32 *)(r2 +4)"],
            code.Select(one => one.ToString()));
    }

    [Theory]
    [InlineData(false, ">>=")]
    [InlineData(true, "s>>=")]
    public void A_bitfield_is_shifted_out_of_its_word(bool isSigned, string shift)
    {
        BpfInstruction[] code = new BpfAssembler().LoadField(R2, R7, new KernelField([], 8, 4) { BitShift = 5, BitCount = 3, IsSigned = isSigned }).Build();

        Assert.Equal(["r2 = *(u32 *)(r7 +8)", "r2 <<= 56", $"r2 {shift} 61"], code.Select(one => one.ToString()));
    }

    [Fact]
    public void Instructions_that_nobody_writes_are_printed_too()
    {
        var random = new Random(20261121);
        byte[] bytes = new byte[8 * 4096];
        random.NextBytes(bytes);

        string text = BpfText.Of(MemoryMarshal.Cast<byte, BpfInstruction>(bytes));

        Assert.InRange(text.Split(Environment.NewLine).Length, 2048, 4097);
    }
}
