using System.Globalization;
using System.Text;
using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.MacOS;

/// <summary>Reads the entitlements in a code signature: a property list in XML, whose top is a dictionary.</summary>
/// <remarks>
/// Knows as much of XML as property lists use. There are no entities but the five of XML and numbers, nothing is fetched, no depth or length is
/// believed: whoever signs a program for himself writes here what he likes.
/// </remarks>
internal ref struct EntitlementsPlist
{
    internal const int MaxBytes = 256 * 1024;

    private const int MaxDepth = 16;
    private const int MaxEntries = 2048;
    private const int MaxValueLength = 4096;
    private const int MaxTextBytes = MaxValueLength - 16; // and the mark of the cut
    private const string Cut = " … (cut)";

    private readonly ReadOnlySpan<byte> _text;
    private int _at;
    private int _entries;

    private EntitlementsPlist(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>Reads all; never throws.</summary>
    /// <param name="xml">The property list.</param>
    /// <returns>Key and value in words: "true", a text, "[a, b]", "{key: value}"; failed, with how far it could be read, for what is no such list.</returns>
    internal static Reading<IReadOnlyDictionary<string, string>> Parse(ReadOnlySpan<byte> xml)
    {
        if (xml.Length > MaxBytes)
        {
            return Reading.Failed<IReadOnlyDictionary<string, string>>($"{xml.Length} bytes of entitlements are more than {MaxBytes}");
        }

        var plist = new EntitlementsPlist(xml.TrimEnd((byte)0));
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        return plist.TryReadTop(values)
            ? values
            : Reading.Failed<IReadOnlyDictionary<string, string>>($"the entitlements are no property list that can be read: it breaks off at byte {plist._at}, after {values.Count} entries");
    }

    private bool TryReadTop(Dictionary<string, string> values)
    {
        if (!TryReadTag(out ReadOnlySpan<byte> name, out bool isEmpty))
        {
            return false;
        }

        if (name.SequenceEqual("plist"u8) && (isEmpty || !TryReadTag(out name, out isEmpty)))
        {
            return false;
        }

        return name.SequenceEqual("dict"u8) && (isEmpty || TryReadDictionary(values, depth: 1));
    }

    private bool TryReadDictionary(Dictionary<string, string> values, int depth)
    {
        while (TryReadTag(out ReadOnlySpan<byte> name, out bool isEmpty))
        {
            if (name.SequenceEqual("/dict"u8))
            {
                return true;
            }

            if (!name.SequenceEqual("key"u8) || isEmpty || ++_entries > MaxEntries || !TryReadText("/key"u8, out string key) || !TryReadTag(out name, out isEmpty))
            {
                return false;
            }

            var value = new StringBuilder();
            if (!TryReadValue(name, isEmpty, value, depth))
            {
                return false;
            }

            values[key] = value.ToString();
        }

        return false;
    }

    private bool TryReadValue(ReadOnlySpan<byte> name, bool isEmpty, StringBuilder value, int depth)
    {
        if (name.SequenceEqual("true"u8) || name.SequenceEqual("false"u8))
        {
            Append(value, name.Length == 4 ? "true" : "false");
            return isEmpty || (TryReadTag(out ReadOnlySpan<byte> end, out _) && end.Length > 0 && end[0] == (byte)'/' && end[1..].SequenceEqual(name));
        }

        if (name.SequenceEqual("array"u8))
        {
            return TryReadArray(isEmpty, value, depth);
        }

        if (name.SequenceEqual("dict"u8))
        {
            return TryReadInner(isEmpty, value, depth);
        }

        foreach (ReadOnlyMemory<byte> one in s_texts)
        {
            if (one.Span[1..].SequenceEqual(name))
            {
                string text = string.Empty;
                bool isRead = isEmpty || TryReadText(one.Span, out text);
                Append(value, text);
                return isRead;
            }
        }

        return false;
    }

    private static readonly ReadOnlyMemory<byte>[] s_texts = ["/string"u8.ToArray(), "/integer"u8.ToArray(), "/real"u8.ToArray(), "/date"u8.ToArray(), "/data"u8.ToArray()];

    private bool TryReadArray(bool isEmpty, StringBuilder value, int depth)
    {
        Append(value, "[");
        bool isFirst = true;
        while (!isEmpty)
        {
            if (depth >= MaxDepth || ++_entries > MaxEntries || !TryReadTag(out ReadOnlySpan<byte> name, out bool isEmptyItem))
            {
                return false;
            }

            if (name.SequenceEqual("/array"u8))
            {
                break;
            }

            Append(value, isFirst ? string.Empty : ", ");
            isFirst = false;
            if (!TryReadValue(name, isEmptyItem, value, depth + 1))
            {
                return false;
            }
        }

        Append(value, "]");
        return true;
    }

    private bool TryReadInner(bool isEmpty, StringBuilder value, int depth)
    {
        var inner = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!isEmpty && (depth >= MaxDepth || !TryReadDictionary(inner, depth + 1)))
        {
            return false;
        }

        Append(value, $"{{{string.Join(", ", inner.Select(static pair => $"{pair.Key}: {pair.Value}"))}}}");
        return true;
    }

    // Goes to the next tag, past white space, declarations and comments; anything else there is an error.
    private bool TryReadTag(out ReadOnlySpan<byte> name, out bool isEmpty)
    {
        name = default;
        isEmpty = false;
        while (true)
        {
            ReadOnlySpan<byte> rest = _text[_at..];
            int open = rest.IndexOfAnyExcept(" \t\r\n"u8);
            if (open < 0 || rest[open] != (byte)'<')
            {
                return false;
            }

            rest = rest[open..];
            bool isComment = rest.StartsWith("<!--"u8);
            ReadOnlySpan<byte> closing = isComment ? "-->"u8 : ">"u8;
            int end = rest.IndexOf(closing);
            if (end < 0)
            {
                return false;
            }

            _at += open + end + closing.Length;
            if (isComment || (rest.Length > 1 && rest[1] is (byte)'?' or (byte)'!'))
            {
                continue;
            }

            ReadOnlySpan<byte> inside = rest[1..end];
            isEmpty = inside.EndsWith("/"u8);
            inside = isEmpty ? inside[..^1] : inside;
            int attributes = inside.IndexOfAny(" \t\r\n"u8);
            name = attributes < 0 ? inside : inside[..attributes];
            return true;
        }
    }

    // Reads up to the end tag: text may hold nothing else.
    private bool TryReadText(ReadOnlySpan<byte> endTag, out string text)
    {
        text = string.Empty;
        ReadOnlySpan<byte> rest = _text[_at..];
        int end = rest.IndexOf((byte)'<');
        if (end < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> raw = rest[..end];
        _at += end;
        bool isCut = raw.Length > MaxTextBytes;
        if (!TryUnescape(SystemText.Of(isCut ? raw[..MaxTextBytes] : raw), isCut, out text))
        {
            return false;
        }

        return TryReadTag(out ReadOnlySpan<byte> name, out _) && name.SequenceEqual(endTag);
    }

    private static bool TryUnescape(string raw, bool isCut, out string text)
    {
        if (!raw.Contains('&'))
        {
            text = isCut ? raw + Cut : raw;
            return true;
        }

        text = string.Empty;
        var plain = new StringBuilder(raw.Length);
        ReadOnlySpan<char> rest = raw;
        while (true)
        {
            int start = rest.IndexOf('&');
            plain.Append(start < 0 ? rest : rest[..start]);
            if (start < 0)
            {
                break;
            }

            rest = rest[(start + 1)..];
            int end = rest.IndexOf(';');
            if (end < 0 && isCut)
            {
                break; // the cut went through it
            }

            if (end is < 1 or > 10 || !TryAppendEntity(rest[..end], plain))
            {
                return false;
            }

            rest = rest[(end + 1)..];
        }

        text = plain.Append(isCut ? Cut : string.Empty).ToString();
        return true;
    }

    private static bool TryAppendEntity(ReadOnlySpan<char> name, StringBuilder plain)
    {
        char known = name switch
        {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => '\0',
        };
        if (known != '\0')
        {
            plain.Append(known);
            return true;
        }

        if (name[0] != '#' || name.Length < 2)
        {
            return false;
        }

        bool isHex = name[1] == 'x';
        if (int.TryParse(name[(isHex ? 2 : 1)..], isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out int number) && Rune.IsValid(number))
        {
            plain.Append(new Rune(number));
            return true;
        }

        return false;
    }

    private static void Append(StringBuilder value, string text)
    {
        if (value.Length + text.Length <= MaxValueLength)
        {
            value.Append(text);
        }
        else if (value.Length < MaxValueLength)
        {
            value.Append(text.AsSpan(0, MaxValueLength - value.Length)).Append(Cut);
        }
    }
}
