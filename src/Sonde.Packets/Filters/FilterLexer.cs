using System.Net;
using System.Net.Sockets;

namespace Sonde.Packets.Filters;

/// <summary>Cuts an expression into tokens: always the longest that the language knows, as pcap's scanner does.</summary>
internal sealed class FilterLexer(string expression)
{
    // The longest textual IPv6 address is 45 characters; one more is enough to see that a candidate is too long.
    private const int LongestAddress = 46;

    private static readonly System.Buffers.SearchValues<char> s_hexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    private int _at;

    internal FilterToken Next()
    {
        while (_at < expression.Length && expression[_at] is ' ' or '\r' or '\n' or '\t')
        {
            _at++;
        }

        if (_at == expression.Length)
        {
            return new FilterToken(TokenKind.End, "", _at);
        }

        int start = _at;
        string? symbol = Symbol(start);
        int address = AddressLength(start);
        int word = WordLength(start);
        if (address > 0 && address >= word)
        {
            return Take(TokenKind.IPv6, address);
        }

        int mac = MacLength(start);
        if (mac > 0 && mac >= word)
        {
            return Take(TokenKind.Mac, mac);
        }

        if (word > 0)
        {
            return Word(expression.Substring(start, word));
        }

        if (expression[start] == '\\')
        {
            int end = start + 1;
            while (end < expression.Length && expression[end] is not (' ' or '!' or '(' or ')' or '\n' or '\t'))
            {
                end++;
            }

            if (end == start + 1)
            {
                throw Error(start, "A backslash must be followed by the name that it protects");
            }

            FilterToken escaped = Take(TokenKind.Name, end - start);
            return escaped with { Text = escaped.Text[1..] };
        }

        return symbol is not null ? Take(TokenKind.Symbol, symbol.Length)
            : throw Error(start, $"The character '{(char.IsControl(expression[start]) ? '?' : expression[start])}' has no meaning here");
    }

    internal PacketFilterException Error(int position, string problem) => new(expression, position, problem);

    private FilterToken Take(TokenKind kind, int length)
    {
        string text = expression.Substring(_at, length);
        FilterToken token = new(kind, text switch { "&&" => "and", "||" => "or", "==" => "=", _ => text }, _at);
        _at += length;
        return token;
    }

    private FilterToken Word(string text)
    {
        if (text == "not")
        {
            return Take(TokenKind.Symbol, text.Length) with { Text = "!" };
        }

        if (FilterNames.UnsupportedWords.Contains(text))
        {
            throw Error(_at, $"'{text}' asks for a link type or an encapsulation that this filter does not read");
        }

        if (FilterNames.Words.Contains(text) || FilterNames.Protocols.ContainsKey(text))
        {
            return Take(TokenKind.Word, text.Length);
        }

        if (FilterNames.Constants.TryGetValue(text, out uint value))
        {
            return Take(TokenKind.Number, text.Length) with { Value = value };
        }

        if (IsNumber(text))
        {
            return Take(TokenKind.Number, text.Length) with { Value = NumberOf(text, _at - text.Length) };
        }

        string[] parts = text.Split('.');
        return Take(parts.Length is >= 2 and <= 4 && Array.TrueForAll(parts, IsNumber) ? TokenKind.IPv4 : TokenKind.Name, text.Length);
    }

    /// <summary>The value of digits: hexadecimal after 0x, octal after 0, as C reads them.</summary>
    internal uint NumberOf(string text, int position)
    {
        int radix = text.Length < 2 || text[0] != '0' ? 10 : text[1] is 'x' or 'X' ? 16 : 8;
        ulong value = 0;
        foreach (char digit in radix == 16 ? text.AsSpan(2) : text.AsSpan())
        {
            int worth = char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
            if (worth >= radix)
            {
                throw Error(position, $"'{text}' is no octal number, as its leading 0 announces");
            }

            value = (value * (uint)radix) + (uint)worth;
            if (value > uint.MaxValue)
            {
                throw Error(position, $"'{text}' does not fit into 32 bits");
            }
        }

        return (uint)value;
    }

    private static bool IsNumber(string text) => text.Length > 0 && (text.Length > 2 && text[0] == '0' && text[1] is 'x' or 'X'
        ? text.AsSpan(2).ContainsAnyExcept(s_hexDigits) is false
        : text.AsSpan().ContainsAnyExceptInRange('0', '9') is false);

    private string? Symbol(int start)
    {
        ReadOnlySpan<char> rest = expression.AsSpan(start);
        foreach (string two in (ReadOnlySpan<string>)[">=", "<=", "!=", "==", "<<", ">>", "&&", "||"])
        {
            if (rest.StartsWith(two))
            {
                return two;
            }
        }

        return "+-*/%:[]!<>()&|^=".Contains(rest[0], StringComparison.Ordinal) ? rest[..1].ToString() : null;
    }

    // Letters and digits; inside also - _ and dots; the last is no - and no _.
    private int WordLength(int start)
    {
        if (!char.IsAsciiLetterOrDigit(expression[start]))
        {
            return 0;
        }

        int end = start + 1;
        int last = end;
        for (; end < expression.Length && (char.IsAsciiLetterOrDigit(expression[end]) || expression[end] is '-' or '_' or '.'); end++)
        {
            last = expression[end] is '-' or '_' ? last : end + 1;
        }

        return last - start;
    }

    private int AddressLength(int start)
    {
        int end = start;
        while (end < expression.Length && end - start < LongestAddress && (char.IsAsciiHexDigit(expression[end]) || expression[end] is ':' or '.'))
        {
            end++;
        }

        for (; end - start >= 2; end--)
        {
            ReadOnlySpan<char> text = expression.AsSpan(start, end - start);
            if (text.Count(':') >= 2 && IPAddress.TryParse(text, out IPAddress? address)
                && address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                return text.Length;
            }
        }

        return 0;
    }

    private int MacLength(int start)
    {
        int plain = Groups(start, 12, 1, '\0', true);
        int dotted = Groups(start, 4, 3, '.', true);
        int longest = Math.Max(plain, dotted);
        foreach (char separator in (ReadOnlySpan<char>)[':', '-', '.'])
        {
            longest = Math.Max(longest, Groups(start, 2, 6, separator, false));
        }

        return longest;
    }

    private int Groups(int start, int digits, int count, char separator, bool exactly)
    {
        int at = start;
        for (int group = 0; group < count; group++)
        {
            if (group > 0)
            {
                if (at >= expression.Length || expression[at] != separator)
                {
                    return 0;
                }

                at++;
            }

            int first = at;
            while (at < expression.Length && at - first < digits && char.IsAsciiHexDigit(expression[at]))
            {
                at++;
            }

            if (at == first || (exactly && at - first != digits))
            {
                return 0;
            }
        }

        return at - start;
    }
}
