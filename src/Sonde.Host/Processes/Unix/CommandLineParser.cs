using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Redaction;

namespace Sonde.Host.Processes.Unix;

/// <summary>Turns the bytes of arguments, each with a zero behind it, into text: /proc/PID/cmdline of Linux, KERN_PROCARGS2 of macOS.</summary>
internal static class CommandLineParser
{
    // A command line of single bytes would make as many strings; nobody reads the ten-thousandth argument.
    private const int MaxArguments = 8192;

    /// <summary>Splits at zeros, masks secrets unless told not to; never throws.</summary>
    /// <param name="bytes">The file's contents; not empty.</param>
    /// <param name="isTruncated">Whether there was more.</param>
    /// <param name="showSecrets">Whether to leave everything as it is.</param>
    internal static ProcessArguments Parse(ReadOnlySpan<byte> bytes, bool isTruncated, bool showSecrets)
    {
        // The kernel ends the last argument with a zero, unless the process wrote a text of its own over its arguments.
        bool isOneText = !isTruncated && bytes[^1] != 0;
        ReadOnlySpan<byte> rest = bytes[^1] == 0 ? bytes[..^1] : bytes;
        var values = new List<string>();
        while (true)
        {
            int end = rest.IndexOf((byte)0);
            values.Add(SystemText.Of(end < 0 ? rest : rest[..end]));
            if (end < 0)
            {
                break;
            }

            if (values.Count == MaxArguments)
            {
                isTruncated = true;
                break;
            }

            rest = rest[(end + 1)..];
        }

        // "nginx: worker process" and then nothing but zeros: the room of the arguments that stood there before.
        if (values.Count > 1 && values[0].Contains(' ') && values.TrueForAll(static value => value.Length == 0 || value.Contains(' ')) && values.FindLastIndex(static value => value.Length > 0) == 0)
        {
            values.RemoveRange(1, values.Count - 1);
            isOneText = true;
        }

        int masked = showSecrets ? 0 : SecretMask.Apply(values);
        return new ProcessArguments(values.ToArray(), masked, isTruncated, isOneText, string.Join(' ', values));
    }
}
