using Sonde.Cli.Errors;
using Sonde.Packets.Files;

namespace Sonde.Cli.Frames;

/// <summary>What format a capture file gets, by what was asked for or by the end of its name.</summary>
internal static class CaptureFileName
{
    /// <summary>How a user names standard input and output.</summary>
    internal const string Standard = "-";

    /// <summary>The format: as asked, else by the name, else pcapng.</summary>
    internal static CaptureFormat FormatOf(string path, CaptureFormat asked) =>
        asked != CaptureFormat.Unknown ? asked
        : path.EndsWith(".pcap", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".cap", StringComparison.OrdinalIgnoreCase)
            || path.EndsWith(".dmp", StringComparison.OrdinalIgnoreCase) ? CaptureFormat.Pcap
        : CaptureFormat.PcapNg;

    /// <summary>A failure to open or use a file, as an error for the user.</summary>
    /// <param name="what">What was wanted: "cannot read".</param>
    /// <param name="path">The file.</param>
    /// <param name="failure">What the system said.</param>
    /// <param name="advice">What to type, if anything helps.</param>
    internal static UserErrorException Refused(string what, string path, Exception failure, params IReadOnlyList<string> advice) => new(
        new UserError(
            failure is UnauthorizedAccessException ? ExitCode.NoPermission : ExitCode.Failure,
            $"{what} {(path == Standard ? "standard input or output" : $"'{path}'")}",
            Reason(failure),
            advice),
        failure);

    private static string Reason(Exception failure) => failure switch
    {
        FileNotFoundException => "There is no such file.",
        DirectoryNotFoundException => "There is no such directory.",
        UnauthorizedAccessException => "Permission denied.",
        _ => failure.Message,
    };
}
