using System.Text;
using Sonde.Host.Processes.Redaction;

namespace Sonde.Host.Processes.Windows;

/// <summary>Splits a Windows command line as the C runtime does for a program's main, masks secrets, and puts it together again.</summary>
internal static class WindowsCommandLine
{
    private const int MaxArguments = 8192;

    /// <summary>Never throws.</summary>
    /// <param name="text">The line as the system keeps it.</param>
    /// <param name="isTruncated">Whether there was more.</param>
    /// <param name="showSecrets">Whether to leave everything as it is.</param>
    internal static ProcessArguments Parse(ReadOnlySpan<char> text, bool isTruncated, bool showSecrets)
    {
        int end = text.IndexOf('\0');
        string line = WellFormed(end < 0 ? text : text[..end]);
        List<string> values = Split(line, ref isTruncated);
        int masked = showSecrets ? 0 : SecretMask.Apply(values);
        return new ProcessArguments(values.ToArray(), masked, isTruncated, IsOneText: false, masked == 0 ? line : Join(values));
    }

    /// <summary>The arguments of a line, by the rules of CommandLineToArgvW: the first has no escapes, in others 2n backslashes before a quote are n, and "" in quotes is one.</summary>
    internal static List<string> Split(string line, ref bool isTruncated)
    {
        var values = new List<string>();
        int at = 0;
        while (at < line.Length && line[at] is ' ' or '\t')
        {
            at++;
        }

        if (at == line.Length)
        {
            return values;
        }

        var value = new StringBuilder();
        bool isQuoted = false;
        for (; at < line.Length && (isQuoted || line[at] is not (' ' or '\t')); at++)
        {
            if (line[at] == '"')
            {
                isQuoted = !isQuoted;
            }
            else
            {
                value.Append(line[at]);
            }
        }

        values.Add(value.ToString());
        while (true)
        {
            while (at < line.Length && line[at] is ' ' or '\t')
            {
                at++;
            }

            if (at >= line.Length)
            {
                return values;
            }

            if (values.Count == MaxArguments)
            {
                isTruncated = true;
                return values;
            }

            values.Add(Next(line, ref at, value.Clear()));
        }
    }

    private static string Next(string line, ref int at, StringBuilder value)
    {
        bool isQuoted = false;
        while (at < line.Length && (isQuoted || line[at] is not (' ' or '\t')))
        {
            int slashes = 0;
            while (at < line.Length && line[at] == '\\')
            {
                slashes++;
                at++;
            }

            if (at < line.Length && line[at] == '"')
            {
                value.Append('\\', slashes / 2);
                if (slashes % 2 == 1)
                {
                    value.Append('"');
                }
                else if (isQuoted && at + 1 < line.Length && line[at + 1] == '"')
                {
                    value.Append('"');
                    at++;
                }
                else
                {
                    isQuoted = !isQuoted;
                }

                at++;
            }
            else
            {
                value.Append('\\', slashes);
                if (at < line.Length && (isQuoted || line[at] is not (' ' or '\t')))
                {
                    value.Append(line[at++]);
                }
            }
        }

        return value.ToString();
    }

    /// <summary>Arguments as one line that splits into the same again.</summary>
    private static string Join(List<string> values)
    {
        var line = new StringBuilder();
        foreach (string value in values)
        {
            if (line.Length > 0)
            {
                line.Append(' ');
            }

            if (value.Length > 0 && value.AsSpan().IndexOfAny(" \t\"") < 0)
            {
                line.Append(value);
                continue;
            }

            line.Append('"');
            int slashes = 0;
            foreach (char each in value)
            {
                if (each == '"')
                {
                    line.Append('\\', slashes + 1);
                }

                slashes = each == '\\' ? slashes + 1 : 0;
                line.Append(each);
            }

            line.Append('\\', slashes).Append('"');
        }

        return line.ToString();
    }

    // Halves of a character (surrogates) without the other half cannot be written as UTF-8: they are shown as \uNNNN.
    private static string WellFormed(ReadOnlySpan<char> text)
    {
        var result = new StringBuilder(text.Length);
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
            {
                result.Append(rune);
            }
            else
            {
                result.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)text[0]:x4}");
                used = 1;
            }

            text = text[used..];
        }

        return result.ToString();
    }
}
