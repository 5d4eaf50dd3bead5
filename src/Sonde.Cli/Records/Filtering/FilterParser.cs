using System.Text;

namespace Sonde.Cli.Records.Filtering;

/// <summary>Understands a filter by recursive descent, at most so many brackets deep.</summary>
internal sealed class FilterParser<T>(string text, RecordFields<T> fields)
{
    private const int MaxLength = 16 * 1024;
    private const int MaxDepth = 64;
    private static readonly string[] s_operators = ["!=", "<=", ">=", ":", "=", "<", ">", "~"];

    private readonly HashSet<RecordField<T>> _used = [];
    private int _at;
    private int _depth;

    internal RecordFilter<T> Parse()
    {
        if (text.Length > MaxLength)
        {
            throw Problem(MaxLength, $"a filter has at most {MaxLength} characters");
        }

        Func<T, bool> filter = ParseOr();
        SkipBlanks();
        return _at < text.Length
            ? throw Problem(_at, text[_at] == ')' ? "no bracket is open here" : "expected 'and', 'or' or the end")
            : new RecordFilter<T>(filter, _used);
    }

    private Func<T, bool> ParseOr()
    {
        Func<T, bool> left = ParseAnd();
        while (TryWord("or"))
        {
            Func<T, bool> first = left;
            Func<T, bool> second = ParseAnd();
            left = record => first(record) || second(record);
        }

        return left;
    }

    private Func<T, bool> ParseAnd()
    {
        Func<T, bool> left = ParseNot();
        while (TryWord("and"))
        {
            Func<T, bool> first = left;
            Func<T, bool> second = ParseNot();
            left = record => first(record) && second(record);
        }

        return left;
    }

    private Func<T, bool> ParseNot()
    {
        int start = _at;
        if (++_depth > MaxDepth)
        {
            throw Problem(start, $"brackets and 'not' are nested more than {MaxDepth} deep");
        }

        try
        {
            if (TryWord("not"))
            {
                Func<T, bool> inner = ParseNot();
                return record => !inner(record);
            }

            SkipBlanks();
            if (_at < text.Length && text[_at] == '(')
            {
                int open = _at++;
                Func<T, bool> inner = ParseOr();
                SkipBlanks();
                if (_at >= text.Length || text[_at] != ')')
                {
                    throw Problem(_at < text.Length ? _at : open, _at < text.Length ? "expected 'and', 'or' or ')'" : "this bracket is not closed");
                }

                _at++;
                return inner;
            }

            return ParseComparison();
        }
        finally
        {
            _depth--;
        }
    }

    private Func<T, bool> ParseComparison()
    {
        SkipBlanks();
        int start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '.' or '-'))
        {
            _at++;
        }

        if (_at == start)
        {
            throw Problem(start, start == text.Length ? "expected a field, as in name:nginx" : "expected a field here, as in name:nginx");
        }

        string name = text[start.._at];
        if (!fields.TryFind(name, out RecordField<T>? field))
        {
            throw Problem(start, fields.NearestTo(name) is { } near ? $"there is no field '{name}': did you mean '{near}'?" : $"there is no field '{name}'");
        }

        SkipBlanks();
        int operatorAt = _at;
        string? comparison = Array.Find(s_operators, one => string.CompareOrdinal(text, _at, one, 0, one.Length) == 0)
            ?? throw Problem(_at, $"expected one of : = != < > <= >= ~ after '{name}'");
        _at += comparison.Length;
        SkipBlanks();
        int valueAt = _at;
        bool isQuoted = _at < text.Length && text[_at] is '"' or '\'';
        string value = isQuoted ? ParseQuoted() : ParseBare();
        if (value.Length == 0 && !isQuoted)
        {
            throw Problem(valueAt, $"expected a value after '{comparison}'");
        }

        _used.Add(field);
        return new FilterComparison<T>(field, text, operatorAt, valueAt).Make(comparison, value, isQuoted);
    }

    private string ParseBare()
    {
        // A bracket that was opened in the value, as in a regular expression, closes in it.
        int start = _at;
        int open = 0;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]))
        {
            open += text[_at] == '(' ? 1 : text[_at] == ')' ? -1 : 0;
            if (open < 0)
            {
                break;
            }

            _at++;
        }

        return text[start.._at];
    }

    private string ParseQuoted()
    {
        int start = _at;
        char quote = text[_at++];
        var value = new StringBuilder();
        while (_at < text.Length && text[_at] != quote)
        {
            // A backslash makes a quote or a backslash plain; before anything else it is one, as regular expressions need it.
            if (text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] is '\\' or '"' or '\'' && (text[_at + 1] == quote || text[_at + 1] == '\\'))
            {
                _at++;
            }

            value.Append(text[_at++]);
        }

        if (_at >= text.Length)
        {
            throw Problem(start, "this quote is not closed");
        }

        _at++;
        return value.ToString();
    }

    private bool TryWord(string word)
    {
        SkipBlanks();
        int end = _at + word.Length;
        if (string.Compare(text, _at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) != 0
            || (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] != '('))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }

    private FilterException Problem(int at, string problem) => new(text, at, problem);
}
