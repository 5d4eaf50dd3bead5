using System.Diagnostics.CodeAnalysis;
using Sonde.Packets.Filters;

namespace Sonde.Link.Linux;

/// <summary>Rewrites a filter for cooked frames to what the kernel sees of them: the same frame without the header that is built here.</summary>
internal static class CookedProgram
{
    private const uint Protocol = Bpf.Ancillary;
    private const uint HardwareType = Bpf.Ancillary + 28;

    /// <summary>Rewrites a program.</summary>
    /// <returns><see langword="false"/> when it asks for something that the kernel does not tell its filters, such as the sender's address.</returns>
    internal static bool TryRewrite(ReadOnlySpan<BpfInstruction> program, [NotNullWhen(true)] out BpfInstruction[]? rewritten)
    {
        rewritten = null;

        // Where each instruction comes to stand: those that ask for the frame's length are followed by one that adds the header's.
        int[] places = new int[program.Length + 1];
        for (int at = 0; at < program.Length; at++)
        {
            places[at + 1] = places[at] + (IsLength(program[at]) ? 2 : 1);
        }

        var result = new BpfInstruction[places[^1]];
        for (int at = 0; at < program.Length; at++)
        {
            BpfInstruction instruction = program[at];
            if (!TryPlace(ref instruction) || !TryLead(ref instruction, at, places))
            {
                return false;
            }

            result[places[at]] = instruction;
            if (IsLength(instruction))
            {
                result[places[at] + 1] = new BpfInstruction(Bpf.Alu | Bpf.Add, 0, 0, CookedHeader.Size);
            }
        }

        rewritten = result;
        return true;
    }

    private static bool IsLength(BpfInstruction instruction) => instruction.Code == (Bpf.Ld | Bpf.Len);

    private static bool TryPlace(ref BpfInstruction instruction)
    {
        uint k = instruction.K;
        switch ((int)instruction.Code)
        {
            case Bpf.Ld | Bpf.Abs | Bpf.W:
            case Bpf.Ld | Bpf.Abs | Bpf.H:
            case Bpf.Ld | Bpf.Abs | Bpf.B:
                if (k >= Bpf.Ancillary)
                {
                    return true;
                }

                if (k >= CookedHeader.Size)
                {
                    break;
                }

                uint? known = (k, Bpf.Size(instruction.Code)) switch
                {
                    (0, Bpf.H) => Protocol,
                    (4, Bpf.W) => Bpf.InterfaceIndex,
                    (8, Bpf.H) => HardwareType,
                    (10, Bpf.B) => Bpf.PacketType,
                    _ => null,
                };
                instruction = instruction with { K = known ?? 0 };
                return known is not null;
            case Bpf.Ld | Bpf.Ind | Bpf.W:
            case Bpf.Ld | Bpf.Ind | Bpf.H:
            case Bpf.Ld | Bpf.Ind | Bpf.B:
            case Bpf.Ldx | Bpf.Msh | Bpf.B:
                if (k < CookedHeader.Size)
                {
                    return false;
                }

                break;
            case Bpf.Ldx | Bpf.Len:
                return false; // the index register cannot be added to
            default:
                return true;
        }

        // Where the sum of index and offset wraps around, or offsets are negative, what is meant depends on where the frame begins.
        instruction = instruction with { K = k - CookedHeader.Size };
        return k <= int.MaxValue;
    }

    private static bool TryLead(ref BpfInstruction instruction, int at, int[] places)
    {
        if (Bpf.Class(instruction.Code) != Bpf.Jmp)
        {
            return true;
        }

        int behind = places[at] + 1;
        if (instruction.Code == (Bpf.Jmp | Bpf.Ja))
        {
            instruction = instruction with { K = (uint)(places[at + 1 + (int)instruction.K] - behind) };
            return true;
        }

        int whenTrue = places[at + 1 + instruction.JumpTrue] - behind;
        int whenFalse = places[at + 1 + instruction.JumpFalse] - behind;
        instruction = instruction with { JumpTrue = (byte)whenTrue, JumpFalse = (byte)whenFalse };
        return whenTrue <= byte.MaxValue && whenFalse <= byte.MaxValue;
    }
}
