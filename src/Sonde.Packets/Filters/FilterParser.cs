namespace Sonde.Packets.Filters;

/// <summary>Reads an expression from left to right and has the generator build each test as soon as it is complete.</summary>
/// <remarks>
/// The order matters: <c>vlan</c>, <c>mpls</c> and <c>pppoes</c> change what the words after them mean, wherever these stand.
/// <c>and</c> and <c>or</c> bind equally and to the left.
/// </remarks>
internal sealed partial class FilterParser
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

    private Part NumberAsOperand(Part number, FilterQualifier? qualifier)
    {
        _generate.At(number.Position);
        return qualifier is null
            ? throw Error(number.Position, "A number must be preceded by what it is (host, net, port, proto ...) or be compared")
            : new Part(Form.Operand, number.Position, _generate.Number(number.Number, qualifier), qualifier);
    }

    private static Part Term(FilterToken start, Predicate predicate) => new(Form.Term, start.Position, predicate, null);

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

    private enum Form
    {
        Number,
        Value,
        Operand,
        Term,
    }

    private sealed record Part(Form Form, int Position, Predicate? Predicate, FilterQualifier? Qualifier, uint Number = 0, FilterValue? Value = null);
}
