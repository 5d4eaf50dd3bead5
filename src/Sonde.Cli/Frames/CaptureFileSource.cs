using Sonde.Cli.Commands;
using Sonde.Cli.Errors;
using Sonde.Packets.Files;

namespace Sonde.Cli.Frames;

/// <summary>Opens capture files for reading and writing, with errors that say what to type.</summary>
internal static class CaptureFileSource
{
    // The words that the reader uses for compressed files, and what unpacks them.
    private static readonly (string Word, string Program)[] s_unpackers =
    [
        ("gzip", "gzip -dc"),
        ("zstd", "zstd -dc"),
        ("lz4", "lz4 -dc"),
        ("xz", "xz -dc"),
        ("bzip2", "bzip2 -dc"),
        ("zip archive", "unzip -p"),
    ];

    /// <summary>Opens a capture file, or standard input for "-".</summary>
    /// <param name="context">Whose output is flushed while a pipe has nothing to read.</param>
    /// <param name="path">The file.</param>
    /// <param name="stop">Ends the reading of a pipe.</param>
    /// <exception cref="UserErrorException">There is no such file, or it may not be read.</exception>
    internal static Stream OpenRead(CommandContext context, string path, CancellationToken stop)
    {
        if (path == CaptureFileName.Standard)
        {
            return Console.IsInputRedirected
                ? new StoppableInput(Console.OpenStandardInput(), context.Output.Flush, stop)
                : throw new UserErrorException(new UserError(
                    ExitCode.Usage,
                    "cannot read a capture from the terminal",
                    "- stands for standard input, and a capture file is no text that can be typed.",
                    "To read from a pipe: tcpdump -U -w - | sonde read -"));
        }

        try
        {
            // Unbuffered: the reader has a buffer of its own.
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return file.CanSeek ? file : new StoppableInput(file, context.Output.Flush, stop);
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            throw new UserErrorException(new UserError(ExitCode.Failure, $"cannot read '{path}'", "It is a directory.", $"To see what is in it: ls {ShellWord(path)}"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw CaptureFileName.Refused("cannot read", path, failure, $"To see whether it is there: ls -l {ShellWord(path)}");
        }
    }

    /// <summary>Creates a capture file, over one that is there; "-" is standard output.</summary>
    /// <exception cref="UserErrorException">It cannot be created, is being read, or would flood a terminal.</exception>
    internal static Stream OpenWrite(CommandContext context, string path)
    {
        if (path == CaptureFileName.Standard)
        {
            return !context.Output.Screen.IsTerminal
                ? context.Output.OpenBinary()
                : throw new UserErrorException(new UserError(
                    ExitCode.Usage,
                    "cannot write a capture file to the terminal",
                    "It is no text, and would garble the screen.",
                    "To write to a file: --write out.pcapng"));
        }

        try
        {
            // Not to be shared: the file that is being read would be emptied before it is read.
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw CaptureFileName.Refused("cannot write", path, failure);
        }
    }

    /// <summary>What to tell of a file that is none.</summary>
    internal static UserErrorException Refused(string path, CaptureEnding ending)
    {
        string detail = ending.Detail ?? ending.ToString();
        string name = path == CaptureFileName.Standard ? "standard input" : $"'{path}'";
        var advice = new List<string>();
        if (Array.Find(s_unpackers, one => detail.Contains(one.Word, StringComparison.Ordinal)) is { Program: { } program })
        {
            advice.Add($"To read what is in it: {program} {(path == CaptureFileName.Standard ? string.Empty : ShellWord(path) + " ")}| sonde read -");
        }
        else if (ending.Fault is CaptureFault.UnsupportedVariant)
        {
            advice.Add($"To convert it by Wireshark's tool: editcap -F pcapng {ShellWord(path)} out.pcapng");
        }
        else if (ending.Fault != CaptureFault.Empty)
        {
            advice.Add("Files that are read: pcap and pcapng, of either byte order, uncompressed.");
        }

        return new UserErrorException(new UserError(ExitCode.Failure, $"cannot read {name}: it is no capture file that is read here", Sentence(detail), advice));
    }

    /// <summary>A word that a shell takes as it stands.</summary>
    internal static string ShellWord(string text) =>
        text.Length > 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || "/._-+,:@%=".Contains(c, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Sentence(string detail) => char.ToUpperInvariant(detail[0]) + detail[1..] + ".";
}
