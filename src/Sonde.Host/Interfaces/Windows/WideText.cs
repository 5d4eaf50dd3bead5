using System.Globalization;
using System.Text;

namespace Sonde.Host.Interfaces.Windows;

/// <summary>Turns UTF-16 that Windows never checked into text.</summary>
internal static class WideText
{
    /// <summary>The text up to its first zero; a surrogate without its other half appears as \uNNNN.</summary>
    internal static string ToText(ReadOnlySpan<char> source)
    {
        int end = source.IndexOf('\0');
        ReadOnlySpan<char> text = end < 0 ? source : source[..end];
        if (!text.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text.ToString();
        }

        var builder = new StringBuilder(text.Length);
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int consumed) == System.Buffers.OperationStatus.Done)
            {
                builder.Append(rune.ToString());
            }
            else
            {
                consumed = 1;
                builder.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[0]:X4}");
            }

            text = text[consumed..];
        }

        return builder.ToString();
    }
}
