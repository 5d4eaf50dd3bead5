namespace Sonde.Packets.Filters;

/// <summary>Reads an expression from left to right and has the generator build each test as soon as it is complete.</summary>
/// <remarks>
/// The order matters: <c>vlan</c>, <c>mpls</c> and <c>pppoes</c> change what the words after them mean, wherever these stand.
/// <c>and</c> and <c>or</c> bind equally and to the left.
/// </remarks>
internal sealed class FilterParser
{
    private const int DeepestNesting = 200;

    private readonly FilterLexer _lexer;
    private readonly FilterGenerator _generate;
    private FilterToken _token;
    private FilterToken _ahead;
    private int _depth;

    internal FilterParser(string expression, FilterGenerator generator)
    {
        _lexer = new FilterLexer(expression);
        _generate = generator;
        _token = _lexer.Next();
        _ahead = _token.Kind == TokenKind.End ? _token : _lexer.Next();
    }

    /// <summary>Reads everything; <see langword="null"/> for an empty expression.</summary>
    internal Predicate? Parse()
    {
        if (_token.Kind == TokenKind.End)
        {
            return null;
        }

        Part whole = ParseChain(null);
        return _token.Kind != TokenKind.End ? throw Unexpected("'and', 'or' or the end")
            : whole.Form == Form.Term ? whole.Predicate!
            : throw Error(whole.Position, whole.Form == Form.Operand
                ? "An operand must be preceded by what it is: host, net, port, proto ..."
                : "A value alone is no test: compare it (=, !=, <, <=, >, >=)");
    }

    // A chain of tests joined by and/or. A lone number or value is returned as such: its surroundings say what it is.
    private Part ParseChain(FilterQualifier? inherited)
    {
        Part left = ParseUnit(inherited);
        while (_token.Is("and") || _token.Is("or"))
        {
            bool isAnd = _token.Is("and");
            if (left.Form == Form.Number)
            {
                left = NumberAsOperand(left, inherited);
            }
            else if (left.Form == Form.Value)
            {
                throw Unexpected("a comparison (=, !=, <, <=, >, >=)");
            }

            Advance();
            Part right = ParseUnit(left.Qualifier);
            if (right.Form == Form.Number)
            {
                right = NumberAsOperand(right, left.Qualifier);
            }

            if (right.Form == Form.Value || (left.Form == Form.Operand && right.Form == Form.Term))
            {
                throw Error(right.Position, left.Form == Form.Operand ? "Only operands of the same kind may stand here" : "A value alone is no test: compare it");
            }

            Predicate joined = isAnd ? Predicate.And(left.Predicate!, right.Predicate!) : Predicate.Or(left.Predicate!, right.Predicate!);
            left = new Part(left.Form, left.Position, joined, right.Qualifier);
        }

        return left;
    }

    private Part ParseUnit(FilterQualifier? inherited)
    {
        if (++_depth > DeepestNesting)
        {
            throw Error(_token.Position, $"Nested more than {DeepestNesting} levels deep");
        }

        int start = _token.Position;
        Part part;
        if (_token.Is("!"))
        {
            Advance();
            part = ParseUnit(inherited);
            part = part.Form == Form.Number ? NumberAsOperand(part, inherited) : part;
            part = part.Predicate is null ? throw Error(part.Position, "Only a test can be negated")
                : part with { Predicate = Predicate.Not(part.Predicate), Position = start };
        }
        else
        {
            part = ParseArithmetic(ParsePrimary(inherited), 0, inherited);
            if (RelationOf(_token) is (int code, bool negated) && part.Form is Form.Number or Form.Value)
            {
                FilterValue left = AsValue(part);
                Advance();
                Part right = ParseArithmetic(ParsePrimary(inherited), 0, inherited);
                Predicate relation = _generate.Relation(code, left, AsValue(right), negated);
                part = new Part(Form.Term, start, relation, null);
            }
        }

        _depth--;
        return part;
    }

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

    private Part ParsePrimary(FilterQualifier? inherited)
    {
        FilterToken token = _token;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Advance();
                return new Part(Form.Number, token.Position, null, null, token.Value);
            case TokenKind.IPv4 or TokenKind.IPv6 or TokenKind.Mac or TokenKind.Name:
                return new Part(Form.Operand, token.Position, ParseLiteral(inherited), inherited);
            case TokenKind.Symbol when token.Text == "(":
                return ParseParenthesis(inherited);
            case TokenKind.Symbol when token.Text == "-":
                Advance();
                if (++_depth > DeepestNesting)
                {
                    throw Error(token.Position, $"Nested more than {DeepestNesting} levels deep");
                }

                FilterValue inner = AsValue(ParseArithmetic(ParsePrimary(inherited), 100, inherited));
                _depth--;
                return new Part(Form.Value, token.Position, null, null, Value: FilterGenerator.Negate(inner));
            case TokenKind.Word when token.Text is "len" or "length":
                Advance();
                return new Part(Form.Value, token.Position, null, null, Value: _generate.Length());
            case TokenKind.Word when FilterNames.Protocols.ContainsKey(token.Text) && _ahead.Is("["):
                return ParseAccessor();
            case TokenKind.Word:
                return ParseTerm();
            default:
                throw Unexpected("a test (host, net, port, a protocol, a comparison ...)");
        }
    }

    private Part ParseParenthesis(FilterQualifier? inherited)
    {
        int start = _token.Position;
        Advance();
        if (++_depth > DeepestNesting)
        {
            throw Error(start, $"Nested more than {DeepestNesting} levels deep");
        }

        Part inner = ParseChain(inherited);
        _depth--;
        Expect(")");
        return inner.Form == Form.Term ? inner with { Position = start, Qualifier = inherited } : inner with { Position = start };
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

    private Part ParseTerm()
    {
        FilterToken start = _token;
        _generate.At(start.Position);
        string protocol = "";
        if (FilterNames.Protocols.TryGetValue(_token.Text, out string? canonical))
        {
            protocol = canonical;
            Advance();
            if (_token.Kind != TokenKind.Word || FilterNames.Protocols.ContainsKey(_token.Text)
                || _token.Text is not ("src" or "dst" or "host" or "net" or "port" or "portrange" or "proto" or "protochain" or "gateway" or "broadcast" or "multicast"))
            {
                return Term(start, _generate.Protocol(protocol));
            }
        }

        FilterToken word = _token;
        Advance();
        switch (word.Text)
        {
            case "broadcast": return Term(start, _generate.Broadcast(protocol));
            case "multicast": return Term(start, _generate.Multicast(protocol));
            case "less": return Term(start, FilterGenerator.Less(ExpectNumber("a length in bytes")));
            case "greater": return Term(start, FilterGenerator.Greater(ExpectNumber("a length in bytes")));
            case "inbound": return Term(start, _generate.Direction(outgoing: false));
            case "outbound": return Term(start, _generate.Direction(outgoing: true));
            case "ifindex": return Term(start, _generate.Interface(ExpectNumber("the index of an interface")));
            case "vlan": return Term(start, _generate.Vlan(OptionalNumber()));
            case "mpls": return Term(start, _generate.Mpls(OptionalNumber()));
            case "pppoed": return Term(start, _generate.LinkProtocol(0x8863));
            case "pppoes": return Term(start, _generate.PppoeSession(OptionalNumber()));
            case "byte": return Term(start, ParseByteTest());
            case "gateway": throw Error(word.Position, "'gateway' needs a host name, and names are not looked up");
            case "protochain": throw Error(word.Position, "'protochain' needs a loop, which no kernel runs: test the header you expect with 'proto'");
            default: return ParseOperands(start, word, protocol);
        }
    }

    private Part ParseOperands(FilterToken start, FilterToken word, string protocol)
    {
        string direction = "";
        string kind = "";
        if (word.Text is "src" or "dst")
        {
            direction = word.Text;
            if ((_token.Is("or") || _token.Is("and")) && _ahead.Kind == TokenKind.Word && _ahead.Text is "src" or "dst" && _ahead.Text != word.Text)
            {
                direction = _token.Text;
                Advance();
                Advance();
            }

            if (_token.Kind == TokenKind.Word && _token.Text is "host" or "net" or "port" or "portrange")
            {
                kind = _token.Text;
                Advance();
            }
        }
        else if (word.Text is "host" or "net" or "port" or "portrange" or "proto")
        {
            kind = word.Text;
        }
        else
        {
            throw Error(word.Position, $"'{word.Text}' cannot begin a test");
        }

        FilterQualifier qualifier = new(protocol, direction, kind);
        Part operand = ParseOperand(qualifier);
        return new Part(Form.Term, start.Position, operand.Predicate, qualifier);
    }

    // What follows the qualifying words: a literal, a number, a negation, or several of them in parentheses.
    private Part ParseOperand(FilterQualifier qualifier)
    {
        FilterToken token = _token;
        if (token.Is("!"))
        {
            if (++_depth > DeepestNesting)
            {
                throw Error(token.Position, $"Nested more than {DeepestNesting} levels deep");
            }

            Advance();
            Part inner = ParseOperand(qualifier);
            _depth--;
            return inner with { Predicate = Predicate.Not(inner.Predicate!) };
        }

        if (token.Kind == TokenKind.Number)
        {
            Advance();
            return NumberAsOperand(new Part(Form.Number, token.Position, null, null, token.Value), qualifier);
        }

        if (token.Is("("))
        {
            Part group = ParseParenthesis(qualifier);
            return group.Form switch
            {
                Form.Number => NumberAsOperand(group, qualifier),
                Form.Operand => group,
                _ => throw Error(group.Position, $"Expected {Wanted(qualifier)}, or several of them joined by 'and' or 'or'"),
            };
        }

        return token.Kind is TokenKind.IPv4 or TokenKind.IPv6 or TokenKind.Mac or TokenKind.Name
            ? new Part(Form.Operand, token.Position, ParseLiteral(qualifier), qualifier)
            : throw Unexpected(Wanted(qualifier));
    }

    private static string Wanted(FilterQualifier qualifier) => qualifier.Kind switch
    {
        "net" => "a network (10.0.0.0/8)",
        "port" => "a port (a number or a service name)",
        "portrange" => "a range of ports (6000-6008)",
        "proto" => "a protocol (a number, or a name after a backslash)",
        _ => "an address",
    };

    private Predicate ParseLiteral(FilterQualifier? qualifier)
    {
        FilterToken token = _token;
        if (qualifier is null)
        {
            throw Error(token.Position, $"{token} must be preceded by what it is: host, net, port, proto ...");
        }

        Advance();
        _generate.At(token.Position);
        if (token.Kind == TokenKind.IPv4 && _token.Is("mask"))
        {
            Advance();
            FilterToken mask = _token.Kind == TokenKind.IPv4 ? _token : throw Unexpected("a mask (255.255.0.0)");
            Advance();
            return _generate.MaskedIPv4(token, mask, qualifier);
        }

        if (token.Kind is TokenKind.IPv4 or TokenKind.IPv6 && _token.Is("/"))
        {
            Advance();
            uint length = ExpectNumber("the length of the prefix in bits");
            return token.Kind == TokenKind.IPv4 ? _generate.IPv4Prefix(token, length, qualifier) : _generate.IPv6(token, length, qualifier);
        }

        return token.Kind switch
        {
            TokenKind.IPv4 => _generate.IPv4(token, qualifier),
            TokenKind.IPv6 => _generate.IPv6(token, 128, qualifier),
            TokenKind.Mac => _generate.Mac(token, qualifier),
            _ => _generate.Name(token, qualifier),
        };
    }

    private Predicate ParseByteTest()
    {
        uint index = ExpectNumber("the offset of the byte");
        FilterToken sign = _token.Kind == TokenKind.Symbol && _token.Text is "&" or "|" or "<" or ">" or "=" ? _token : throw Unexpected("one of & | < > =");
        Advance();
        return _generate.Byte(sign.Text[0], index, ExpectNumber("the value to compare with"));
    }

    private Part NumberAsOperand(Part number, FilterQualifier? qualifier)
    {
        _generate.At(number.Position);
        return qualifier is null
            ? throw Error(number.Position, "A number must be preceded by what it is (host, net, port, proto ...) or be compared")
            : new Part(Form.Operand, number.Position, _generate.Number(number.Number, qualifier), qualifier);
    }

    private FilterValue AsValue(Part part) => part.Form switch
    {
        Form.Value => part.Value!,
        Form.Number => _generate.Constant(part.Number, part.Position),
        _ => throw Error(part.Position, "Expected a value: a number, len, or a protocol's bytes such as ip[6:2]"),
    };

    private static Part Term(FilterToken start, Predicate predicate) => new(Form.Term, start.Position, predicate, null);

    private uint? OptionalNumber()
    {
        if (_token.Kind != TokenKind.Number && !(_token.Is("(") && _ahead.Kind == TokenKind.Number))
        {
            return null;
        }

        return ExpectNumber("a number");
    }

    private uint ExpectNumber(string wanted)
    {
        int open = 0;
        for (; _token.Is("("); open++)
        {
            Advance();
        }

        uint value = _token.Kind == TokenKind.Number ? _token.Value : throw Unexpected(wanted);
        Advance();
        for (; open > 0; open--)
        {
            Expect(")");
        }

        return value;
    }

    private void Expect(string symbol)
    {
        if (!_token.Is(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }

        Advance();
    }

    private void Advance()
    {
        _token = _ahead;
        if (_ahead.Kind != TokenKind.End)
        {
            _ahead = _lexer.Next();
        }
    }

    private PacketFilterException Unexpected(string wanted) => Error(_token.Position, $"Expected {wanted}, found {_token}");

    private PacketFilterException Error(int position, string problem) => _lexer.Error(position, problem);

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

    private enum Form
    {
        Number,
        Value,
        Operand,
        Term,
    }

    private sealed record Part(Form Form, int Position, Predicate? Predicate, FilterQualifier? Qualifier, uint Number = 0, FilterValue? Value = null);
}
