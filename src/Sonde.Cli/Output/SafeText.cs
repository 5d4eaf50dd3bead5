using System.Globalization;
using System.Text;

namespace Sonde.Cli.Output;

/// <summary>Makes text from the system safe to print: names of interfaces, processes and files may hold any byte, escape sequences included.</summary>
internal static class SafeText
{
    /// <summary>The text without control characters, line ends or direction marks: each becomes a visible escape.</summary>
    internal static string OneLine(string text)
    {
        if (!NeedsEscape(text))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            Append(safe, c);
        }

        return safe.ToString();
    }

    /// <summary>A TSV cell: one line, no tab; a backslash is doubled, so that escapes can be undone.</summary>
    internal static string TsvCell(string text)
    {
        if (!text.Contains('\\') && !NeedsEscape(text))
        {
            return text;
        }

        var cell = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            if (c == '\\')
            {
                cell.Append(@"\\");
            }
            else
            {
                Append(cell, c);
            }
        }

        return cell.ToString();
    }

    /// <summary>Whether <see cref="OneLine"/> would change the text.</summary>
    internal static bool NeedsEscape(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (IsUnsafe(c))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static void Append(StringBuilder target, char c)
    {
        switch (c)
        {
            case '\t':
                target.Append(@"\t");
                break;
            case '\n':
                target.Append(@"\n");
                break;
            case '\r':
                target.Append(@"\r");
                break;
            default:
                if (!IsUnsafe(c))
                {
                    target.Append(c);
                }
                else
                {
                    target.Append(c < 0x100 ? "\\x" : "\\u").Append(((int)c).ToString(c < 0x100 ? "x2" : "x4", CultureInfo.InvariantCulture));
                }

                break;
        }
    }
}
