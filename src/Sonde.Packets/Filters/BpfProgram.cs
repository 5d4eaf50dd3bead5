using System.Buffers.Binary;

namespace Sonde.Packets.Filters;

/// <summary>Checks and runs classic BPF programs.</summary>
public static class BpfProgram
{
    /// <summary>The most instructions a kernel accepts (BPF_MAXINSNS).</summary>
    public const int MaximumLength = 4096;

    /// <summary>Says whether a kernel would accept a program: known codes, jumps forward and inside, scratch words that exist, a return at the end.</summary>
    public static bool IsValid(ReadOnlySpan<BpfInstruction> program)
    {
        if (program.Length is 0 or > MaximumLength)
        {
            return false;
        }

        for (int at = 0; at < program.Length; at++)
        {
            BpfInstruction instruction = program[at];
            long left = program.Length - at - 1;
            bool known = Bpf.Class(instruction.Code) switch
            {
                Bpf.Ld => IsLoad(instruction),
                Bpf.Ldx => instruction.Code is (Bpf.Ldx | Bpf.Imm) or (Bpf.Ldx | Bpf.Len) or (Bpf.Ldx | Bpf.Msh | Bpf.B)
                    || (instruction.Code == (Bpf.Ldx | Bpf.Mem) && instruction.K < Bpf.MemoryWords),
                Bpf.St or Bpf.Stx => instruction.Code <= Bpf.Stx && instruction.K < Bpf.MemoryWords,
                Bpf.Alu => IsArithmetic(instruction),
                Bpf.Jmp => instruction.Code == (Bpf.Jmp | Bpf.Ja)
                    ? instruction.K < left
                    : (instruction.Code & ~(Bpf.X | 0xF0)) == Bpf.Jmp && Bpf.Operation(instruction.Code) is >= Bpf.Jeq and <= Bpf.Jset
                        && instruction.JumpTrue < left && instruction.JumpFalse < left,
                Bpf.Ret => instruction.Code is Bpf.Ret or (Bpf.Ret | Bpf.A),
                _ => instruction.Code is (Bpf.Misc | Bpf.Tax) or (Bpf.Misc | Bpf.Txa),
            };
            if (!known)
            {
                return false;
            }
        }

        return Bpf.Class(program[^1].Code) == Bpf.Ret;
    }

    /// <summary>Runs a program over a frame.</summary>
    /// <returns>How many bytes to keep: 0 rejects the packet. A load past the captured bytes, or an invalid program, rejects too.</returns>
    /// <remarks>Allocates nothing and never throws, whatever the bytes. <paramref name="wireLength"/> is what <c>len</c> means.</remarks>
    public static uint Run(ReadOnlySpan<BpfInstruction> program, ReadOnlySpan<byte> frame, int wireLength, in PacketMetadata metadata = default)
    {
        uint a = 0;
        uint x = 0;
        Span<uint> memory = stackalloc uint[Bpf.MemoryWords];
        memory.Clear();
        int at = 0;
        while ((uint)at < (uint)program.Length)
        {
            BpfInstruction instruction = program[at++];
            uint k = instruction.K;
            switch ((int)instruction.Code)
            {
                case Bpf.Ret: return k;
                case Bpf.Ret | Bpf.A: return a;
                case Bpf.Ld | Bpf.Abs | Bpf.W:
                case Bpf.Ld | Bpf.Abs | Bpf.H:
                case Bpf.Ld | Bpf.Abs | Bpf.B:
                    if (!(k >= Bpf.Ancillary ? TryLoadMetadata(k, metadata, out a) : TryLoad(frame, instruction.Code, k, out a)))
                    {
                        return 0;
                    }

                    break;
                case Bpf.Ld | Bpf.Ind | Bpf.W:
                case Bpf.Ld | Bpf.Ind | Bpf.H:
                case Bpf.Ld | Bpf.Ind | Bpf.B:
                    if (!TryLoad(frame, instruction.Code, unchecked(x + k), out a))
                    {
                        return 0;
                    }

                    break;
                case Bpf.Ldx | Bpf.Msh | Bpf.B:
                    if (k >= (uint)frame.Length)
                    {
                        return 0;
                    }

                    x = (uint)(frame[(int)k] & 0x0F) << 2;
                    break;
                case Bpf.Ld | Bpf.Imm: a = k; break;
                case Bpf.Ldx | Bpf.Imm: x = k; break;
                case Bpf.Ld | Bpf.Len: a = (uint)wireLength; break;
                case Bpf.Ldx | Bpf.Len: x = (uint)wireLength; break;
                case Bpf.Ld | Bpf.Mem: a = memory[(int)(k & 15)]; break;
                case Bpf.Ldx | Bpf.Mem: x = memory[(int)(k & 15)]; break;
                case Bpf.St: memory[(int)(k & 15)] = a; break;
                case Bpf.Stx: memory[(int)(k & 15)] = x; break;
                case Bpf.Jmp | Bpf.Ja: at = (int)Math.Min(at + (long)k, program.Length); break;
                case Bpf.Misc | Bpf.Tax: x = a; break;
                case Bpf.Misc | Bpf.Txa: a = x; break;
                default:
                    uint operand = Bpf.Source(instruction.Code) == Bpf.X ? x : k;
                    if (Bpf.Class(instruction.Code) == Bpf.Jmp)
                    {
                        at += Holds(instruction.Code, a, operand) ? instruction.JumpTrue : instruction.JumpFalse;
                    }
                    else if (Bpf.Class(instruction.Code) != Bpf.Alu || !TryCompute(Bpf.Operation(instruction.Code), a, operand, out a))
                    {
                        return 0;
                    }

                    break;
            }
        }

        return 0;
    }

    /// <summary>The arithmetic of the machine; fails on a division by zero.</summary>
    internal static bool TryCompute(int operation, uint left, uint right, out uint result)
    {
        result = operation switch
        {
            Bpf.Add => unchecked(left + right),
            Bpf.Sub => unchecked(left - right),
            Bpf.Mul => unchecked(left * right),
            Bpf.Div => right == 0 ? 0 : left / right,
            Bpf.Mod => right == 0 ? 0 : left % right,
            Bpf.And => left & right,
            Bpf.Or => left | right,
            Bpf.Xor => left ^ right,
            Bpf.Lsh => right < 32 ? left << (int)right : 0,
            Bpf.Rsh => right < 32 ? left >> (int)right : 0,
            Bpf.Neg => unchecked(0 - left),
            _ => 0,
        };
        return operation is not (Bpf.Div or Bpf.Mod) || right != 0;
    }

    /// <summary>The tests of the machine.</summary>
    internal static bool Holds(int code, uint left, uint right) => Bpf.Operation(code) switch
    {
        Bpf.Jeq => left == right,
        Bpf.Jgt => left > right,
        Bpf.Jge => left >= right,
        _ => (left & right) != 0,
    };

    private static bool TryLoad(ReadOnlySpan<byte> frame, int code, uint offset, out uint value)
    {
        value = 0;
        int size = Bpf.Size(code) switch { Bpf.W => 4, Bpf.H => 2, _ => 1 };
        if (offset > (uint)frame.Length || frame.Length - (int)offset < size)
        {
            return false;
        }

        ReadOnlySpan<byte> from = frame[(int)offset..];
        value = size switch
        {
            4 => BinaryPrimitives.ReadUInt32BigEndian(from),
            2 => BinaryPrimitives.ReadUInt16BigEndian(from),
            _ => from[0],
        };
        return true;
    }

    private static bool TryLoadMetadata(uint offset, in PacketMetadata metadata, out uint value)
    {
        value = offset switch
        {
            Bpf.PacketType => metadata.IsOutgoing ? 4u : 0u,
            Bpf.InterfaceIndex => (uint)metadata.InterfaceIndex,
            Bpf.VlanTag => metadata.VlanTag,
            Bpf.VlanTagPresent => metadata.HasVlanTag ? 1u : 0u,
            Bpf.VlanTpid => metadata.VlanProtocol,
            _ => 0,
        };
        return offset is Bpf.PacketType or Bpf.InterfaceIndex or Bpf.VlanTag or Bpf.VlanTagPresent or Bpf.VlanTpid;
    }

    private static bool IsLoad(BpfInstruction instruction) => instruction.Code switch
    {
        Bpf.Ld | Bpf.Imm or Bpf.Ld | Bpf.Len => true,
        Bpf.Ld | Bpf.Mem => instruction.K < Bpf.MemoryWords,
        Bpf.Ld | Bpf.Abs | Bpf.W or Bpf.Ld | Bpf.Abs | Bpf.H or Bpf.Ld | Bpf.Abs | Bpf.B => true,
        Bpf.Ld | Bpf.Ind | Bpf.W or Bpf.Ld | Bpf.Ind | Bpf.H or Bpf.Ld | Bpf.Ind | Bpf.B => true,
        _ => false,
    };

    private static bool IsArithmetic(BpfInstruction instruction)
    {
        int operation = Bpf.Operation(instruction.Code);
        bool constant = Bpf.Source(instruction.Code) == 0;
        return (instruction.Code & ~(Bpf.X | 0xF0)) == Bpf.Alu
            && operation <= Bpf.Xor
            && (operation != Bpf.Neg || constant)
            && (operation is not (Bpf.Div or Bpf.Mod) || !constant || instruction.K != 0)
            && (operation is not (Bpf.Lsh or Bpf.Rsh) || !constant || instruction.K < 32);
    }
}
