using Sonde.Interop.MacOS;
using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.Link.MacOS;

/// <summary>The program that lets frames pass: what was asked for, in the form that a BPF device takes.</summary>
internal sealed class MacOSFrameFilter
{
    /// <summary>The most instructions that the kernel of macOS takes (BPF_MAXINSNS); that of Linux takes eight times as many.</summary>
    internal const int MaxKernelLength = 512;

    /// <summary>Loads from here on ask the kernel of Linux for what it knows beside the frame; that of macOS finds no such byte.</summary>
    private const uint FirstAncillary = 0xFFFF_F000;

    private const ushort LoadMask = 0xE7; // class and mode, whatever the size
    private const ushort LoadHalfword = Darwin.BPF_LD | Darwin.BPF_H | Darwin.BPF_ABS;
    private const ushort JumpIfEqual = Darwin.BPF_JMP | Darwin.BPF_JEQ | Darwin.BPF_K;
    private const ushort Return = Darwin.BPF_RET | Darwin.BPF_K;
    private const uint EtherTypeOffset = 12;

    private readonly BpfInstruction[] _program;

    private MacOSFrameFilter(BpfInstruction[] program) => _program = program;

    /// <summary>What to run over a frame here when the kernel does not.</summary>
    internal ReadOnlySpan<BpfInstruction> Program => _program;

    /// <summary>Whether the kernel can be asked to run it. It may still refuse: it knows neither remainders nor exclusive or.</summary>
    internal bool FitsKernel => _program.Length <= MaxKernelLength && !Array.Exists(_program, static one =>
        (one.Code & LoadMask) == (Darwin.BPF_LD | Darwin.BPF_ABS) && one.K >= FirstAncillary);

    /// <summary>Puts the filter, the EtherType, the directions and the snap length of the options into one program.</summary>
    /// <exception cref="PacketFilterException">The filter has no meaning for this link type.</exception>
    internal static MacOSFrameFilter Create(FrameDeviceOptions options, LinkType linkType, bool showsNothing)
    {
        uint keep = (uint)options.SnapLength;
        if (showsNothing)
        {
            return new MacOSFrameFilter([new BpfInstruction(Return, 0, 0, 0)]);
        }

        ReadOnlySpan<BpfInstruction> asked =
            !options.Program.IsEmpty ? options.Program.Span
            : string.IsNullOrEmpty(options.Filter) ? [new BpfInstruction(Return, 0, 0, keep)]
            : PacketFilter.Compile(
                options.Filter,
                linkType,
                new PacketFilterOptions { SnapLength = options.SnapLength, IPv4Mask = options.IPv4Mask, IPv6Family = Darwin.AF_INET6 }).Program;

        BpfInstruction[] program = options.EtherType == 0
            ? asked.ToArray()
            : [
                new BpfInstruction(LoadHalfword, 0, 0, EtherTypeOffset),
                new BpfInstruction(JumpIfEqual, 1, 0, options.EtherType),
                new BpfInstruction(Return, 0, 0, 0),
                .. asked, // jumps are relative, so that it runs as well behind the test
            ];

        // No ioctl sets a snap length: what the program returns is how much is kept.
        for (int at = 0; at < program.Length; at++)
        {
            if (program[at].Code == Return && program[at].K > keep)
            {
                program[at] = program[at] with { K = keep };
            }
        }

        return new MacOSFrameFilter(program);
    }

    /// <summary>The program as the kernel takes it.</summary>
    internal static bpf_insn[] ToKernel(ReadOnlySpan<BpfInstruction> program)
    {
        var instructions = new bpf_insn[program.Length];
        for (int at = 0; at < program.Length; at++)
        {
            BpfInstruction one = program[at];
            instructions[at] = new bpf_insn { code = one.Code, jt = one.JumpTrue, jf = one.JumpFalse, k = one.K };
        }

        return instructions;
    }

    /// <summary>A program that lets everything pass whole.</summary>
    internal static bpf_insn[] PassAll => [new bpf_insn { code = Return, k = int.MaxValue }];
}
