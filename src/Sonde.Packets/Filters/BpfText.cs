namespace Sonde.Packets.Filters;

/// <summary>Writes programs as <c>tcpdump -d</c> does.</summary>
internal static class BpfText
{
    private static readonly string[] s_operations = ["add", "sub", "mul", "div", "or", "and", "lsh", "rsh", "neg", "mod", "xor"];
    private static readonly string[] s_jumps = ["ja", "jeq", "jgt", "jge", "jset"];

    internal static string Of(ReadOnlySpan<BpfInstruction> program)
    {
        System.Text.StringBuilder text = new();
        for (int at = 0; at < program.Length; at++)
        {
            BpfInstruction instruction = program[at];
            (string name, string operand) = Describe(instruction, at);
            bool conditional = Bpf.Class(instruction.Code) == Bpf.Jmp && Bpf.Operation(instruction.Code) != Bpf.Ja;
            string line = conditional
                ? $"({at:000}) {name,-8} {operand,-16} jt {at + 1 + instruction.JumpTrue}\tjf {at + 1 + instruction.JumpFalse}"
                : $"({at:000}) {name,-8} {operand}";
            text.Append(at == 0 ? "" : "\n").Append(line);
        }

        return text.ToString();
    }

    private static (string Name, string Operand) Describe(BpfInstruction instruction, int at)
    {
        int code = instruction.Code;
        uint k = instruction.K;
        string size = Bpf.Size(code) switch { Bpf.H => "h", Bpf.B => "b", _ => "" };
        string constant = Bpf.Source(code) == Bpf.X ? "x" : $"#0x{k:x}";
        return (Bpf.Class(code), Bpf.Mode(code)) switch
        {
            (Bpf.Ret, _) => ("ret", code == Bpf.Ret ? $"#{k}" : ""),
            (Bpf.Ld, Bpf.Abs) => ("ld" + size, $"[{Place(k)}]"),
            (Bpf.Ld, Bpf.Ind) => ("ld" + size, $"[x + {(int)k}]"),
            (Bpf.Ld, Bpf.Imm) => ("ld", $"#0x{k:x}"),
            (Bpf.Ld, Bpf.Len) => ("ld", "#pktlen"),
            (Bpf.Ld, Bpf.Mem) => ("ld", $"M[{k}]"),
            (Bpf.Ldx, Bpf.Imm) => ("ldx", $"#0x{k:x}"),
            (Bpf.Ldx, Bpf.Msh) => ("ldxb", $"4*([{k}]&0xf)"),
            (Bpf.Ldx, Bpf.Mem) => ("ldx", $"M[{k}]"),
            (Bpf.Ldx, _) => ("ldx", "#pktlen"),
            (Bpf.St, _) => ("st", $"M[{k}]"),
            (Bpf.Stx, _) => ("stx", $"M[{k}]"),
            (Bpf.Misc, _) => (code == (Bpf.Misc | Bpf.Txa) ? "txa" : "tax", ""),
            (Bpf.Jmp, _) when Bpf.Operation(code) == Bpf.Ja => ("ja", $"{at + 1 + k}"),
            (Bpf.Jmp, _) => (s_jumps[Math.Min(Bpf.Operation(code) >> 4, s_jumps.Length - 1)], constant),
            _ when Bpf.Operation(code) == Bpf.Neg => ("neg", ""),
            _ when Bpf.Operation(code) is Bpf.Lsh or Bpf.Rsh => (s_operations[Bpf.Operation(code) >> 4], Bpf.Source(code) == Bpf.X ? "x" : $"#{k}"),
            _ => (s_operations[Math.Min(Bpf.Operation(code) >> 4, s_operations.Length - 1)], constant),
        };
    }

    private static string Place(uint offset) => offset switch
    {
        Bpf.PacketType => "type",
        Bpf.InterfaceIndex => "ifidx",
        Bpf.VlanTag => "vlan_tci",
        Bpf.VlanTagPresent => "vlanp",
        _ => $"{(int)offset}",
    };
}
