namespace Sonde.Packets.Filters;

/// <summary>One instruction of a classic BPF program, laid out as the kernel's struct sock_filter.</summary>
/// <param name="Code">Class, mode, size and operand source.</param>
/// <param name="JumpTrue">How many instructions a conditional jump skips when its test holds.</param>
/// <param name="JumpFalse">How many instructions a conditional jump skips when its test fails.</param>
/// <param name="K">The operand.</param>
public readonly record struct BpfInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint K);
