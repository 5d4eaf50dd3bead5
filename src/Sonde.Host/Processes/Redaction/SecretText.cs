using System.Text;

namespace Sonde.Host.Processes.Redaction;

/// <summary>Masks the secrets inside of one piece of text: settings with a telling name, passwords in addresses, headers, tokens.</summary>
internal static class SecretText
{
    internal const string Mask = "***";

    private const string Separators = " \t\r\n&;,?|\"'()<>{}[]";
    private static readonly string[] s_headers = ["authorization:", "proxy-authorization:", "x-api-key:", "x-auth-token:", "cookie:", "set-cookie:", "private-token:"];
    private static readonly string[] s_schemes = ["bearer ", "basic ", "token "];

    /// <summary>The text without its secrets; the same object when there are none.</summary>
    internal static string Apply(string text)
    {
        if (text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            return Mask;
        }

        StringBuilder? masked = null;
        int copied = 0;
        int at = 0;
        while (at < text.Length)
        {
            (int start, int length) = Find(text, at);
            if (length == 0)
            {
                at++;
                continue;
            }

            (masked ??= new StringBuilder(text.Length)).Append(text, copied, start - copied).Append(Mask);
            copied = start + length;
            at = copied;
        }

        return masked?.Append(text, copied, text.Length - copied).ToString() ?? text;
    }

    /// <summary>The secret that is announced or begins exactly at a place; an empty one when there is none.</summary>
    private static (int Start, int Length) Find(string text, int at)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at);
        bool isBoundary = at == 0 || Separators.Contains(text[at - 1]) || text[at - 1] is '=' or ':' or '/' or '@';
        if (rest.StartsWith("://"))
        {
            return FindUserInfo(text, at + 3);
        }

        if (rest[0] is '=' or ':')
        {
            return FindSetting(text, at);
        }

        if (!isBoundary)
        {
            return default;
        }

        foreach (string scheme in s_schemes)
        {
            if (rest.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                int length = SecretShapes.WordLength(rest[scheme.Length..]);

                // "basic auth" and "token bucket" are words; what these schemes carry is longer than any.
                return length >= 16 ? (at + scheme.Length, length) : default;
            }
        }

        return (at, SecretShapes.SecretLength(rest));
    }

    // scheme://user:secret@host
    private static (int Start, int Length) FindUserInfo(string text, int start)
    {
        int end = start;
        while (end < text.Length && text[end] is not ('/' or '?' or '#' or ' ' or '"' or '\''))
        {
            end++;
        }

        int host = text.LastIndexOf('@', end - 1, end - start);
        int colon = host < 0 ? -1 : text.IndexOf(':', start, host - start);
        return colon >= 0 && host - colon > 1 ? (colon + 1, host - colon - 1) : default;
    }

    // name=secret, name: secret
    private static (int Start, int Length) FindSetting(string text, int separator)
    {
        int start = separator;
        while (start > 0 && !Separators.Contains(text[start - 1]) && text[start - 1] is not ('=' or ':' or '/'))
        {
            start--;
        }

        ReadOnlySpan<char> name = text.AsSpan(start, separator - start);
        int value = separator + 1;
        if (text[separator] == ':')
        {
            foreach (string header in s_headers)
            {
                if (text.AsSpan(start).StartsWith(header, StringComparison.OrdinalIgnoreCase))
                {
                    // A header's value has blanks, and ends with its line.
                    value += text.AsSpan(value).Length - text.AsSpan(value).TrimStart(' ').Length;
                    int line = text.AsSpan(value).IndexOfAny("\r\n\"'");
                    return (value, line < 0 ? text.Length - value : line);
                }
            }

            // "password:" followed by a blank is prose; an address like "[::1]:token" has no name before it.
            if (value < text.Length && text[value] is ' ' or '/')
            {
                return default;
            }
        }

        if (name.IsEmpty || value >= text.Length || !SecretWords.IsSecret(name))
        {
            return default;
        }

        // A quoted value ends with its quote; any other at a separator, of which a whole argument has none that counts.
        if (text[value] is '"' or '\'')
        {
            int quote = text.IndexOf(text[value], value + 1);
            return quote < 0 ? (value + 1, text.Length - value - 1) : (value + 1, quote - value - 1);
        }

        int length = text.AsSpan(value).IndexOfAny(start == 0 && !text.AsSpan(0, separator).ContainsAny(" ?") ? "\n" : " \t\r\n&;,\"'");
        return (value, length < 0 ? text.Length - value : length);
    }
}
