using System.CommandLine;
using Sonde.Cli.Commands;
using Sonde.Packets.Files;

namespace Sonde.Cli.Frames;

/// <summary>The options that the commands which show frames have in common; each call makes a new one.</summary>
internal static class FrameOptions
{
    private static readonly (string Word, FrameTime Time)[] s_times =
    [
        ("local", FrameTime.Local),
        ("utc", FrameTime.Utc),
        ("date", FrameTime.Date),
        ("date-utc", FrameTime.UtcDate),
        ("epoch", FrameTime.Epoch),
        ("delta", FrameTime.Delta),
        ("elapsed", FrameTime.Elapsed),
        ("none", FrameTime.None),
    ];

    private static readonly (string Word, CaptureFormat Format)[] s_fileFormats = [("pcap", CaptureFormat.Pcap), ("pcapng", CaptureFormat.PcapNg)];

    /// <summary>--time.</summary>
    internal static Option<FrameTime> Time() => OptionWords.Choice(
        "--time",
        "How lines tell the time: time of day (local, utc), with its date (date, date-utc), seconds since 1970 (epoch), since the line before (delta), since the first (elapsed), or none.",
        "time format",
        s_times);

    /// <summary>--file-format.</summary>
    internal static Option<CaptureFormat> FileFormat() => OptionWords.Choice(
        "--file-format", "The format of the file written, when its name does not end in .pcap or .pcapng; pcapng by default.", "file format", s_fileFormats);

    /// <summary>--write.</summary>
    internal static Option<string?> Write() => new("--write", "-w")
    {
        Description = "Writes the packets to a capture file instead of printing them; - is standard output.",
        HelpName = "file",
    };

    /// <summary>FILTER, the last argument of a command: it takes all the words that are left.</summary>
    internal static Argument<string[]> Filter() => new("filter")
    {
        Description = "Which packets, in the language of tcpdump: 'tcp port 443 and not net 10.0.0.0/8'. Quote it, or the shell takes ( ) & | ! for itself.",
        HelpName = "filter",
        Arity = ArgumentArity.ZeroOrMore,
    };
}
