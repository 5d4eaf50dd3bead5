using System.Runtime.InteropServices;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>struct bpf_insn (linux/bpf.h): eight bytes; loads of 64-bit constants take two of them.</summary>
/// <remarks>The two registers are bitfields in C: the destination in the low half of the byte on little-endian machines, which are all that .NET runs on here.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction
{
    internal BpfInstruction(int code, BpfRegister destination, BpfRegister source, short offset, int immediate)
    {
        Code = (byte)code;
        Registers = (byte)((int)destination | ((int)source << 4));
        Offset = offset;
        Immediate = immediate;
    }

    /// <summary>Class, size or operation, and mode.</summary>
    internal byte Code { get; }

    /// <summary>Destination and source.</summary>
    internal byte Registers { get; }

    internal short Offset { get; }

    internal int Immediate { get; }

    internal BpfRegister Destination => (BpfRegister)(Registers & 0x0F);

    internal BpfRegister Source => (BpfRegister)(Registers >> 4);

    internal int Class => Code & 0x07;

    /// <summary>Whether this is the first half of a load of a 64-bit constant.</summary>
    internal bool IsWide => Code == (BpfAbi.BPF_LD | BpfAbi.BPF_IMM | BpfAbi.BPF_DW);

    public override string ToString() => BpfText.Of(this, default);
}

/// <summary>The registers of a program.</summary>
internal enum BpfRegister : byte
{
    /// <summary>What calls and the program itself return.</summary>
    R0,

    /// <summary>First argument of calls; at the start the context. R1 to R5 are lost in a call.</summary>
    R1,
    R2,
    R3,
    R4,
    R5,

    /// <summary>R6 to R9 survive calls.</summary>
    R6,
    R7,
    R8,
    R9,

    /// <summary>The end of the stack's 512 bytes; read only.</summary>
    R10,
}

/// <summary>How many bytes a load or store moves.</summary>
internal enum BpfSize : byte
{
    Byte = BpfAbi.BPF_B,
    Half = BpfAbi.BPF_H,
    Word = BpfAbi.BPF_W,
    Double = BpfAbi.BPF_DW,
}

/// <summary>Arithmetic on registers.</summary>
internal enum BpfOperation : byte
{
    Add = BpfAbi.BPF_ADD,
    Subtract = BpfAbi.BPF_SUB,
    Multiply = BpfAbi.BPF_MUL,
    Divide = BpfAbi.BPF_DIV,
    Or = BpfAbi.BPF_OR,
    And = BpfAbi.BPF_AND,
    ShiftLeft = BpfAbi.BPF_LSH,
    ShiftRight = BpfAbi.BPF_RSH,
    Modulo = BpfAbi.BPF_MOD,
    Xor = BpfAbi.BPF_XOR,
    Move = BpfAbi.BPF_MOV,
    ShiftRightSigned = BpfAbi.BPF_ARSH,
}

/// <summary>What a jump compares its two operands for.</summary>
internal enum BpfCondition : byte
{
    Equal = BpfAbi.BPF_JEQ,
    NotEqual = BpfAbi.BPF_JNE,
    Greater = BpfAbi.BPF_JGT,
    GreaterOrEqual = BpfAbi.BPF_JGE,
    Less = BpfAbi.BPF_JLT,
    LessOrEqual = BpfAbi.BPF_JLE,
    SignedGreater = BpfAbi.BPF_JSGT,
    SignedGreaterOrEqual = BpfAbi.BPF_JSGE,
    SignedLess = BpfAbi.BPF_JSLT,
    SignedLessOrEqual = BpfAbi.BPF_JSLE,

    /// <summary>Any bit in common.</summary>
    AnyBit = BpfAbi.BPF_JSET,
}
