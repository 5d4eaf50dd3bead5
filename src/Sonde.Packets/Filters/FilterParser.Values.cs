namespace Sonde.Packets.Filters;

/// <content>Arithmetic, the bytes of headers, comparisons.</content>
internal sealed partial class FilterParser
{
    // Operators by strength. % and ^ have none of their own in pcap's grammar: they take everything to their right.
    private Part ParseArithmetic(Part left, int weakest, FilterQualifier? inherited)
    {
        while (left.Form is Form.Number or Form.Value && StrengthOf(_token) is int strength && (strength == 0 || strength > weakest))
        {
            FilterToken sign = _token;
            FilterValue first = AsValue(left);
            Advance();
            if (++_depth > DeepestNesting)
            {
                throw Error(_token.Position, $"Nested more than {DeepestNesting} levels deep");
            }

            FilterValue second = AsValue(ParseArithmetic(ParsePrimary(inherited), strength, inherited));
            _depth--;
            left = new Part(Form.Value, left.Position, null, null, Value: _generate.Arithmetic(OperationOf(sign), first, second, sign.Position));
        }

        return left;
    }

    private Part ParseAccessor()
    {
        FilterToken protocol = _token;
        Advance();
        Expect("[");
        if (++_depth > DeepestNesting)
        {
            throw Error(protocol.Position, $"Nested more than {DeepestNesting} levels deep");
        }

        FilterValue index = AsValue(ParseArithmetic(ParsePrimary(null), 0, null));
        _depth--;
        uint size = 1;
        int sizeAt = _token.Position;
        if (_token.Is(":"))
        {
            Advance();
            sizeAt = _token.Position;
            size = ExpectNumber("how many bytes to read: 1, 2 or 4");
        }

        Expect("]");
        if (size is not (1 or 2 or 4))
        {
            throw Error(sizeAt, "1, 2 or 4 bytes can be read at once");
        }

        _generate.At(protocol.Position);
        return new Part(Form.Value, protocol.Position, null, null, Value: _generate.Load(FilterNames.Protocols[protocol.Text], index, (int)size));
    }

    private FilterValue AsValue(Part part) => part.Form switch
    {
        Form.Value => part.Value!,
        Form.Number => _generate.Constant(part.Number, part.Position),
        _ => throw Error(part.Position, "Expected a value: a number, len, or a protocol's bytes such as ip[6:2]"),
    };

    private static (int Code, bool Negated)? RelationOf(FilterToken token) => token.Kind != TokenKind.Symbol ? null : token.Text switch
    {
        ">" => (Bpf.Jgt, false),
        ">=" => (Bpf.Jge, false),
        "=" => (Bpf.Jeq, false),
        "<=" => (Bpf.Jgt, true),
        "<" => (Bpf.Jge, true),
        "!=" => (Bpf.Jeq, true),
        _ => null,
    };

    private static int? StrengthOf(FilterToken token) => token.Kind != TokenKind.Symbol ? null : token.Text switch
    {
        "|" => 1,
        "&" => 2,
        "<<" or ">>" => 3,
        "+" or "-" => 4,
        "*" or "/" => 5,
        "%" or "^" => 0,
        _ => null,
    };

    private static int OperationOf(FilterToken sign) => sign.Text switch
    {
        "|" => Bpf.Or,
        "&" => Bpf.And,
        "<<" => Bpf.Lsh,
        ">>" => Bpf.Rsh,
        "+" => Bpf.Add,
        "-" => Bpf.Sub,
        "*" => Bpf.Mul,
        "/" => Bpf.Div,
        "%" => Bpf.Mod,
        _ => Bpf.Xor,
    };
}
