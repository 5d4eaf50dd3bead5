namespace Sonde.Packets.Filters;

/// <content>Arithmetic, lengths and relations.</content>
internal sealed partial class FilterGenerator
{
    internal static Predicate Less(uint length) => Predicate.Not(Compare([Make(Bpf.Ld | Bpf.Len)], Bpf.Jgt, length));

    internal static Predicate.Test Greater(uint length) => Compare([Make(Bpf.Ld | Bpf.Len)], Bpf.Jge, length);

    // pcap's "byte N & M" and "byte N | M" load nothing and test the empty accumulator; equal verdicts matter more than sense here.
    internal Predicate Byte(char sign, uint index, uint value) => sign switch
    {
        '=' => Field(From.Link, index, Bpf.B, value),
        '<' => Predicate.Not(Field(From.Link, index, Bpf.B, value, jump: Bpf.Jge)),
        '>' => Field(From.Link, index, Bpf.B, value, jump: Bpf.Jgt),
        _ => Predicate.Not(Compare([Make(Bpf.Alu | (sign == '&' ? Bpf.And : Bpf.Or), value)], Bpf.Jeq, 0)),
    };

    internal FilterValue Constant(uint value, int position)
    {
        At(position);
        int register = TakeRegister();
        return new FilterValue([Make(Bpf.Ld | Bpf.Imm, value), Make(Bpf.St, (uint)register)], register);
    }

    internal FilterValue Length()
    {
        int register = TakeRegister();
        return new FilterValue([Make(Bpf.Ld | Bpf.Len), Make(Bpf.St, (uint)register)], register);
    }

    internal static FilterValue Negate(FilterValue value)
    {
        value.Statements.Add(Make(Bpf.Ld | Bpf.Mem, (uint)value.Register));
        value.Statements.Add(Make(Bpf.Alu | Bpf.Neg));
        value.Statements.Add(Make(Bpf.St, (uint)value.Register));
        return value;
    }

    internal FilterValue Arithmetic(int operation, FilterValue left, FilterValue right, int position)
    {
        At(position);
        Statement last = right.Statements[0];
        bool isConstant = last.Code == (Bpf.Ld | Bpf.Imm);
        if (isConstant && operation is Bpf.Div or Bpf.Mod && last.K == 0)
        {
            throw Error("Division by zero");
        }

        if (isConstant && operation is Bpf.Lsh or Bpf.Rsh && last.K > 31)
        {
            throw Error("A shift by more than 31 bits leaves nothing");
        }

        // As in pcap, only the left operand's condition survives: the packet is not asked whether it has what the right one reads.
        left.Statements.AddRange(right.Statements);
        left.Statements.Add(Make(Bpf.Ldx | Bpf.Mem, (uint)right.Register));
        left.Statements.Add(Make(Bpf.Ld | Bpf.Mem, (uint)left.Register));
        left.Statements.Add(Make(Bpf.Alu | Bpf.X | operation));
        _registers[left.Register] = false;
        _registers[right.Register] = false;
        left.Register = TakeRegister();
        left.Statements.Add(Make(Bpf.St, (uint)left.Register));
        return left;
    }

    /// <summary>Bytes of a header, at a computed offset.</summary>
    internal FilterValue Load(string protocol, FilterValue index, int size)
    {
        int register = TakeRegister();
        _registers[index.Register] = false;
        int width = size switch { 4 => Bpf.W, 2 => Bpf.H, _ => Bpf.B };
        List<Statement> statements = index.Statements;
        switch (protocol)
        {
            case "ether":
                AddShifted(statements, index, _linkShift);
                statements.Add(Make(Bpf.Ld | Bpf.Ind | width, _linkStart));
                break;
            case "ip" or "arp" or "rarp" or "atalk" or "decnet" or "sca" or "lat" or "moprc" or "mopdl" or "ip6":
                AddIndexed(statements, index, width, 0);
                Require(index, Protocol(protocol));
                break;
            case "sctp" or "tcp" or "udp" or "icmp" or "igmp" or "igrp" or "pim" or "vrrp" or "carp":
                statements.AddRange(LoadHeaderLength());
                statements.Add(Make(Bpf.Ld | Bpf.Mem, (uint)index.Register));
                statements.Add(Make(Bpf.Alu | Bpf.Add | Bpf.X));
                statements.Add(Make(Bpf.Misc | Bpf.Tax));
                statements.Add(Make(Bpf.Ld | Bpf.Ind | width, _payload + _network));
                Predicate first = Predicate.And(Protocol(protocol), FirstFragment());
                first = index.Condition is null ? first : Predicate.And(index.Condition, first);
                index.Condition = Predicate.And(Protocol("ip"), first);
                break;
            case "icmp6":
                Require(index, Protocol("ip6"));
                Require(index, Field(From.Network, 6, Bpf.B, 58));
                AddIndexed(statements, index, width, 40);
                break;
            default:
                throw Error($"The bytes of '{protocol}' cannot be read");
        }

        index.Register = register;
        statements.Add(Make(Bpf.St, (uint)register));
        return index;
    }

    internal Predicate Relation(int code, FilterValue left, FilterValue right, bool negated)
    {
        List<Statement> statements = [.. left.Statements, .. right.Statements];
        statements.Add(Make(Bpf.Ldx | Bpf.Mem, (uint)right.Register));
        statements.Add(Make(Bpf.Ld | Bpf.Mem, (uint)left.Register));
        Predicate test;
        if (code == Bpf.Jeq)
        {
            statements.Add(Make(Bpf.Alu | Bpf.Sub | Bpf.X));
            test = Compare(statements, Bpf.Jeq, 0);
        }
        else
        {
            test = Compare(statements, code | Bpf.X, 0);
        }

        test = negated ? Predicate.Not(test) : test;
        _registers[left.Register] = false;
        _registers[right.Register] = false;
        Predicate? condition = left.Condition is null ? right.Condition
            : right.Condition is null ? left.Condition
            : Predicate.And(left.Condition, right.Condition);
        return condition is null ? test : Predicate.And(condition, test);
    }

    private void AddIndexed(List<Statement> statements, FilterValue index, int width, uint offset)
    {
        AddShifted(statements, index, _payloadShift);
        statements.Add(Make(Bpf.Ld | Bpf.Ind | width, _payload + _network + offset));
    }

    // Leaves the index in X, moved by what a register says, if any.
    private static void AddShifted(List<Statement> statements, FilterValue index, int shift)
    {
        statements.Add(Make(Bpf.Ldx | Bpf.Mem, (uint)(shift < 0 ? index.Register : shift)));
        if (shift >= 0)
        {
            statements.Add(Make(Bpf.Ld | Bpf.Mem, (uint)index.Register));
            statements.Add(Make(Bpf.Alu | Bpf.Add | Bpf.X));
            statements.Add(Make(Bpf.Misc | Bpf.Tax));
        }
    }

    private static void Require(FilterValue value, Predicate condition) =>
        value.Condition = value.Condition is null ? condition : Predicate.And(value.Condition, condition);
}
