using System.CommandLine;
using System.Globalization;
using Sonde.Cli.Frames;
using Sonde.Cli.Output;
using Sonde.Packets.Files;

namespace Sonde.Cli.Commands;

/// <summary>`sonde read`: the packets of a capture file as lines, records, statistics, or another capture file.</summary>
internal static class ReadCommand
{
    private const string Path = "sonde read";
    private const int LargestTable = 10_000_000;

    internal static Command Build(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "The capture file, pcap or pcapng; - is standard input.", HelpName = "file" };
        Argument<string[]> filter = FrameOptions.Filter();
        Option<OutputFormat> format = CommandContext.FormatOption();
        Option<FrameTime> time = FrameOptions.Time();
        var nano = new Option<bool>("--nano") { Description = "Lines tell nanoseconds instead of microseconds." };
        var count = new Option<long?>("--count", "-c") { Description = "Ends after so many packets that pass the filter.", HelpName = "packets" };
        var skip = new Option<long>("--skip") { Description = "Leaves out the first packets that pass the filter.", HelpName = "packets" };
        var stats = new Option<bool>("--stats", "-s") { Description = "Counts protocols, hosts and flows instead of printing packets." };
        var top = new Option<int?>("--top") { Description = "How many entries of each table --stats prints: 10 for people, all for programs.", HelpName = "entries" };
        var table = new Option<int>("--table-size")
        {
            Description = "How many hosts, and how many flows, --stats remembers before it forgets the least recently seen.",
            HelpName = "entries",
            DefaultValueFactory = static _ => FrameTally.DefaultCapacity,
        };
        Option<string?> write = FrameOptions.Write();
        Option<CaptureFormat> fileFormat = FrameOptions.FileFormat();
        var print = new Option<bool>("--print") { Description = "Prints the packets although --write is given." };

        var command = new Command("read", "Prints, counts, filters or converts the packets of a capture file.")
        {
            file, filter, format, time, nano, count, skip, stats, top, table, write, fileFormat, print,
        };
        TeachingHelp.Install(
            command,
            """
              sonde read in.pcapng                                      a line a packet, like tcpdump's
              sonde read in.pcap 'udp port 53 or (tcp and dst port 853)'  only these
              sonde read in.pcap --stats                                who talked to whom, and what about
              sonde read in.pcap -f ndjson | jq 'select(.dns)'          decoded fields, for a program
              sonde read in.pcap 'host 10.0.0.1' --write out.pcapng     filter and convert
              tcpdump -U -w - | sonde read - --time delta               from a pipe, as packets come

            Filters: primitives such as  host 10.0.0.1, net 10.0.0.0/8, port 443, portrange 1-1023, tcp, ip6, arp, vlan 5, ether host …,
            less 64, tcp[tcpflags] & tcp-syn != 0,  joined by and, or, not and parentheses; see pcap-filter(7).

            A file that is damaged or cut off is printed up to the damage; a message then tells where that is, and the exit code is 1.
            """);
        command.SetAction(result =>
        {
            string[] words = result.GetValue(filter) ?? [];
            FrameWordsCheck.RefuseOptions(Path, [result.GetValue(file) ?? string.Empty, .. words], command);
            var options = new ReadOptions
            {
                Path = result.GetValue(file) ?? string.Empty,
                Filter = FrameFilter.From(words, Path),
                Format = result.GetValue(format),
                Time = result.GetValue(time),
                Nanoseconds = result.GetValue(nano),
                Count = result.GetValue(count),
                Skip = result.GetValue(skip),
                Stats = result.GetValue(stats),
                Top = result.GetValue(top),
                TableSize = result.GetValue(table),
                Write = result.GetValue(write),
                FileFormat = result.GetValue(fileFormat),
                Print = result.GetValue(print),
            };
            Check(options, result.GetResult(table) is { Implicit: false });
            using var run = new ReadRun(context, options);
            return run.Run();
        });
        return command;
    }

    private static void Check(ReadOptions options, bool tableSizeGiven)
    {
        if (options.Count is < 1)
        {
            throw UsageError.Of(Path, "--count takes a number from 1");
        }

        if (options.Skip < 0)
        {
            throw UsageError.Of(Path, "--skip takes a number from 0");
        }

        if (!options.Stats && (options.Top is not null || tableSizeGiven))
        {
            throw UsageError.Of(Path, "--top and --table-size say how to count, and --stats is missing");
        }

        if (options.Top is < 1)
        {
            throw UsageError.Of(Path, "--top takes a number from 1");
        }

        if (options.TableSize is < 1 or > LargestTable)
        {
            throw UsageError.Of(Path, $"--table-size takes a number from 1 to {LargestTable.ToString(CultureInfo.InvariantCulture)}");
        }

        if (options.Write is null && (options.Print || options.FileFormat != CaptureFormat.Unknown))
        {
            throw UsageError.Of(Path, "--print and --file-format belong to --write, which is missing");
        }

        if (options.Stats && options.Print)
        {
            throw UsageError.Of(Path, "--stats and --print exclude each other", "Statistics take the place of the packets.");
        }

        if (options.Write == CaptureFileName.Standard && (options.Print || options.Stats))
        {
            throw UsageError.Of(Path, "--write - takes standard output for itself", "What else is printed would get into the file.");
        }
    }
}
