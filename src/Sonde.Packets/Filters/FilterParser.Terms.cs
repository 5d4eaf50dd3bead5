namespace Sonde.Packets.Filters;

/// <content>Tests that a word begins, and what such words are followed by.</content>
internal sealed partial class FilterParser
{
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
            case "llc": return Term(start, _generate.Llc(OptionalName()));
            case "geneve": return Term(start, _generate.Geneve(OptionalNumber()));
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

    private uint? OptionalNumber()
    {
        if (_token.Kind != TokenKind.Number && !(_token.Is("(") && _ahead.Kind == TokenKind.Number))
        {
            return null;
        }

        return ExpectNumber("a number");
    }

    private string? OptionalName()
    {
        if (_token.Kind != TokenKind.Name && !_token.Is("rnr"))
        {
            return null;
        }

        _generate.At(_token.Position);
        string name = _token.Text;
        Advance();
        return name;
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
}
