using System.CommandLine;
using Sonde.Cli.Frames;
using Sonde.Cli.Output;
using Sonde.Link;
using Sonde.Packets.Files;

namespace Sonde.Cli.Commands;

/// <summary>`sonde capture`: the frames of interfaces as lines, records, statistics, or capture files.</summary>
internal static class CaptureCommand
{
    private const string Path = "sonde capture";
    private const double LongestTime = 10 * 365 * 86400.0;

    internal static Command Build(CommandContext context)
    {
        Argument<string[]> filter = FrameOptions.Filter();
        var interfaces = new Option<string[]>("--interface", "-i")
        {
            Description = "The interface to capture from, any for all of them; may be given several times. Without it: the one of the default route.",
            HelpName = "name",
        };
        Option<string?> write = FrameOptions.Write();
        Option<CaptureFormat> fileFormat = FrameOptions.FileFormat();
        var print = new Option<bool>("--print") { Description = "Prints the packets although --write is given." };
        var count = new Option<long?>("--count", "-c") { Description = "Ends after so many packets that pass the filter.", HelpName = "packets" };
        var duration = new Option<double?>("--duration", "-d") { Description = "Ends after so many seconds.", HelpName = "seconds" };
        var snaplen = new Option<int>("--snaplen", "-s")
        {
            Description = "Keeps only the first bytes of each packet: 1 to 262144.",
            HelpName = "bytes",
            DefaultValueFactory = static _ => 262_144,
        };
        Option<FrameMode> mode = OptionWords.Choice(
            "--mode",
            "capture: every frame at any rate, in blocks, some milliseconds late (the default); latency: each frame at once; xdp: Linux AF_XDP, which takes frames away from the system.",
            "mode",
            ("capture", FrameMode.Capture),
            ("latency", FrameMode.Latency),
            ("xdp", FrameMode.Xdp));
        Option<FrameDirections> direction = OptionWords.Choice(
            "--direction",
            "Only frames that this host receives (in) or sends (out); both by default.",
            "direction",
            ("both", FrameDirections.Both),
            ("in", FrameDirections.Inbound),
            ("out", FrameDirections.Outbound));
        var promiscuous = new Option<bool>("--promiscuous", "-p") { Description = "Also frames for other stations, for as long as the capture runs." };
        var buffer = new Option<double>("--buffer-size", "-B")
        {
            Description = "The buffer of each interface in MiB: what holds a burst until it is written.",
            HelpName = "MiB",
            DefaultValueFactory = static _ => 32,
        };
        var hardware = new Option<bool>("--hardware-timestamps") { Description = "Takes the times from the network card where it has a clock." };
        Option<long?> rotateSize = OptionWords.Size("--rotate-size", "Begins a new file when one would be larger: 100M, 2G; the files are numbered before their ending.");
        var rotateSeconds = new Option<double?>("--rotate-seconds") { Description = "Begins a new file after so many seconds.", HelpName = "seconds" };
        var rotatePackets = new Option<long?>("--rotate-packets") { Description = "Begins a new file after so many packets.", HelpName = "packets" };
        var files = new Option<int?>("--files") { Description = "Keeps so many files of a rotation, and removes the oldest.", HelpName = "files" };
        var stats = new Option<bool>("--stats") { Description = "Counts protocols, hosts and flows, and prints them at the end." };
        Option<OutputFormat> format = CommandContext.FormatOption();
        Option<FrameTime> time = FrameOptions.Time();
        var nano = new Option<bool>("--nano") { Description = "Lines tell nanoseconds instead of microseconds." };

        var command = new Command("capture", "Captures packets: prints them, counts them or writes them to files.")
        {
            filter, interfaces, write, fileFormat, print, count, duration, snaplen, mode, direction, promiscuous, buffer, hardware,
            rotateSize, rotateSeconds, rotatePackets, files, stats, format, time, nano,
        };
        TeachingHelp.Install(
            command,
            """
              sudo sonde capture -i eth0                                    a line a packet, like tcpdump's
              sudo sonde capture -i eth0 'tcp port 443 and not net 10.0.0.0/8'
              sudo sonde capture -i eth0 -w out.pcapng -c 100000            a file for Wireshark
              sudo sonde capture -i eth0 -w ring.pcapng --rotate-size 100M --files 10
              sudo sonde capture -i any -f ndjson | jq 'select(.dns)'       decoded fields of all interfaces
              sudo sonde capture -i eth0 --stats --duration 10              who talks to whom

            Needs CAP_NET_RAW on Linux, access to /dev/bpf* on macOS, Npcap or an administrator on Windows: see sonde doctor.
            Rights are given up once everything is open. What was dropped is counted and told at the end.
            """);
        command.SetAction(result =>
        {
            string[] words = result.GetValue(filter) ?? [];
            FrameWordsCheck.RefuseOptions(Path, words, command);
            CaptureRotationOptions? rotation = Rotation(
                result.GetValue(rotateSize), result.GetValue(rotateSeconds), result.GetValue(rotatePackets), result.GetValue(files));
            var options = new CaptureOptions
            {
                Interfaces = result.GetValue(interfaces) is { Length: > 0 } named ? [.. named.Distinct(StringComparer.Ordinal)] : [],
                Filter = FrameFilter.From(words, Path),
                Mode = result.GetValue(mode),
                SnapLength = result.GetValue(snaplen),
                Promiscuous = result.GetValue(promiscuous),
                Directions = result.GetValue(direction) is var way and not FrameDirections.None ? way : FrameDirections.Both,
                BufferSize = InRange("--buffer-size", result.GetValue(buffer), 1, 1024, static size => (int)(size * (1 << 20))),
                HardwareTimestamps = result.GetValue(hardware),
                Count = result.GetValue(count),
                Duration = result.GetValue(duration) is double seconds ? InRange("--duration", seconds, 0.001, LongestTime, TimeSpan.FromSeconds) : null,
                Write = result.GetValue(write),
                FileFormat = result.GetValue(fileFormat),
                Rotation = rotation,
                Format = result.GetValue(format),
                Time = result.GetValue(time),
                Nanoseconds = result.GetValue(nano),
                Print = result.GetValue(print),
                Stats = result.GetValue(stats),
            };
            Check(options);
            if (options.Interfaces.Count == 0)
            {
                options = options with { Interfaces = [DefaultInterface.Find(Path)] };
            }

            using var run = new CaptureRun(context, options);
            return run.Run();
        });
        return command;
    }

    private static CaptureRotationOptions? Rotation(long? size, double? seconds, long? packets, int? files)
    {
        if (size is null && seconds is null && packets is null)
        {
            return files is null ? null : throw UsageError.Of(Path, "--files says how many files of a rotation are kept, and none is asked for", "Add --rotate-size, --rotate-seconds or --rotate-packets.");
        }

        if (size is < 1024)
        {
            throw UsageError.Of(Path, "--rotate-size takes at least 1k bytes");
        }

        if (packets is < 1 || files is < 1)
        {
            throw UsageError.Of(Path, "--rotate-packets and --files take a number from 1");
        }

        return new CaptureRotationOptions
        {
            MaximumBytes = size,
            MaximumTime = seconds is double time ? InRange("--rotate-seconds", time, 0.1, LongestTime, TimeSpan.FromSeconds) : null,
            MaximumPackets = packets,
            MaximumFiles = files,
        };
    }

    private static T InRange<T>(string option, double value, double least, double most, Func<double, T> convert) => value >= least && value <= most
        ? convert(value)
        : throw UsageError.Of(Path, FormattableString.Invariant($"{option} {value} is out of range"), FormattableString.Invariant($"It takes {least} to {most}."));

    private static void Check(CaptureOptions options)
    {
        if (options.Count is < 1)
        {
            throw UsageError.Of(Path, "--count takes a number from 1");
        }

        if (options.SnapLength is < 1 or > 262_144)
        {
            throw UsageError.Of(Path, "--snaplen takes 1 to 262144 bytes");
        }

        if (options.Write is null && (options.Print || options.FileFormat != CaptureFormat.Unknown || options.Rotation is not null))
        {
            throw UsageError.Of(Path, "--print, --file-format and --rotate-… belong to --write, which is missing");
        }

        if (options.Stats && options.Print)
        {
            throw UsageError.Of(Path, "--stats and --print exclude each other", "Statistics take the place of the packets.");
        }

        if (options.Write == CaptureFileName.Standard && (options.Print || options.Stats || options.Rotation is not null))
        {
            throw UsageError.Of(Path, "--write - takes standard output for itself", "What else is printed would get into the file, and a pipe cannot be followed by another.");
        }
    }
}
