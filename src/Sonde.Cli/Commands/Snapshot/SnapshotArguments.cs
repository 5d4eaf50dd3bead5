using System.CommandLine;
using System.Globalization;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Traffic;
using Sonde.Traffic.Names;

namespace Sonde.Cli.Commands.Snapshot;

/// <summary>The command line of `sonde snapshot`: its options, those of netoproc among them, and what they mean together.</summary>
internal sealed class SnapshotArguments(CommandContext context)
{
    private const string Path = "sonde snapshot";
    private const double LongestDuration = 7 * 86400;

    private readonly Option<OutputFormat> _format = CommandContext.FormatOption();
    private readonly Option<double?> _duration = new("--duration", "-d") { Description = "How many seconds to count; 5 when nothing is said.", HelpName = "seconds" };
    private readonly Option<bool> _follow = new("--follow") { Description = "Prints again and again what was counted since the start, until Ctrl-C." };
    private readonly Option<double?> _interval = new("--interval", "-i") { Description = "Seconds between two outputs of --follow.", HelpName = "seconds" };
    private readonly Option<int?> _count = new("--count", "-n") { Description = "Ends --follow after so many outputs.", HelpName = "outputs" };
    private readonly Option<bool> _detail = new("--detail") { Description = "With json: everything that is known, connections, interfaces and losses too." };
    private readonly Option<SnapshotGroup> _group = OptionWords.Choice(
        "--group",
        "What a row stands for; process when nothing is said.",
        "group",
        ("process", SnapshotGroup.Process),
        ("remote", SnapshotGroup.Remote),
        ("container", SnapshotGroup.Container),
        ("interface", SnapshotGroup.Interface),
        ("user", SnapshotGroup.User));

    private readonly Option<string> _sort = new("--sort", "-s") { Description = "The order: traffic, pid, name, connections, rx, tx, rate; -FIELD turns it round.", HelpName = "field", DefaultValueFactory = static _ => "traffic" };
    private readonly Option<string?> _filter = new("--filter") { Description = "Which rows: a part of the name, or 'process:nginx and rx_bytes>1M and not user=root'.", HelpName = "expression" };
    private readonly Option<int?> _top = new("--top") { Description = "Only the first rows.", HelpName = "rows" };
    private readonly Option<string?> _interface = new("--interface") { Description = "Only traffic over this interface.", HelpName = "name" };
    private readonly Option<bool> _noDns = new("--no-dns") { Description = "No names of remote ends: --detail and --group remote do without those that DNS, TLS and QUIC tell meanwhile." };
    private readonly Option<bool> _resolve = new("--resolve") { Description = "Asks this host's resolvers meanwhile for names of remote ends that nobody told; what comes too late is not waited for." };
    private readonly Option<long?> _buffer = OptionWords.Size("--capture-buffer", "How large each buffer for captured packets is, where packets are captured.");
    private readonly Option<TrafficBackend> _mode = OptionWords.Choice(
        "--capture-mode",
        "How to count; auto takes the best that works here.",
        "way to count",
        ("auto", TrafficBackend.Automatic),
        ("bpf", TrafficBackend.Bpf),
        ("ebpf", TrafficBackend.Bpf),
        ("etw", TrafficBackend.EventTrace),
        ("packets", TrafficBackend.Packets),
        ("afpacket", TrafficBackend.Packets),
        ("sockets", TrafficBackend.Sockets),
        ("tables", TrafficBackend.Tables));

    private readonly Option<bool> _noColor = new("--no-color") { Description = "No colour, as NO_COLOR says too." };

    /// <summary>Whether a word is an option that netoproc has as well, which takes it without a command.</summary>
    internal static bool IsAlsoNetoproc(string word) => word is "--duration" or "--format" or "--interface" or "--no-dns" or "--capture-buffer" or "--bpf-buffer"
        or "--sort" or "--no-color" or "--filter" or "--capture-mode";

    internal void AddTo(Command command)
    {
        _buffer.Aliases.Add("--bpf-buffer");
        foreach (Option option in (ReadOnlySpan<Option>)
            [_format, _duration, _follow, _interval, _count, _detail, _group, _sort, _filter, _top, _interface, _noDns, _resolve, _buffer, _mode, _noColor])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Understands the options.</summary>
    /// <exception cref="UserErrorException">They make no sense.</exception>
    internal SnapshotOptions Read(ParseResult result)
    {
        bool isFollowing = result.GetValue(_follow);
        bool isDetailed = result.GetValue(_detail);
        OutputFormat format = FormatOf(result, isFollowing, isDetailed);
        double interval = result.GetValue(_interval) ?? 1;
        double duration = result.GetValue(_duration) ?? 5;
        if (!isFollowing && (result.GetValue(_interval) ?? result.GetValue(_count)) is not null)
        {
            throw UsageError.Of(Path, "--interval and --count say how to follow, and --follow is missing");
        }

        if (isFollowing && format == OutputFormat.Json)
        {
            throw UsageError.Of(Path, "--follow never ends, and a JSON document must", "ndjson prints one object a line as they come.");
        }

        Require(duration is >= 0 and <= LongestDuration, "--duration", duration, "It takes 0 to 604800 seconds.");
        Require(interval is >= 0.1 and <= 86400, "--interval", interval, "It takes 0.1 to 86400 seconds.");
        Require(result.GetValue(_count) is not < 1, "--count", result.GetValue(_count) ?? 0, "It takes a number from 1.");
        Require(result.GetValue(_top) is not < 1, "--top", result.GetValue(_top) ?? 0, "It takes a number from 1.");
        long buffer = result.GetValue(_buffer) ?? 0;
        Require(buffer is 0 or (>= 4096 and <= 1 << 30), "--capture-buffer", buffer, "It takes 4096 bytes to 1 GiB.");
        bool isResolving = result.GetValue(_resolve);
        if (isResolving && result.GetValue(_noDns))
        {
            throw UsageError.Of(Path, "--resolve and --no-dns exclude each other", "--resolve asks for names, and --no-dns wants none.");
        }

        bool showsNames = isDetailed || result.GetValue(_group) == SnapshotGroup.Remote;
        if (isResolving && !showsNames)
        {
            throw UsageError.Of(Path, "--resolve asks for names, and nothing shows them", "Names are in --detail and --group remote.");
        }

        if (result.GetValue(_noColor))
        {
            context.Output.Screen = context.Output.Screen with { Style = TextStyle.Plain };
        }

        (RecordField<TrafficRow> sort, bool isTurned) = SortOf(result.GetValue(_sort) ?? "traffic");
        (RecordFilter<TrafficRow>? filter, string? word) = FilterOf(result.GetValue(_filter));
        return new SnapshotOptions(
            format,
            isDetailed,
            TimeSpan.FromSeconds(duration),
            isFollowing,
            result.GetValue(_count),
            result.GetValue(_group),
            sort,
            isTurned,
            filter,
            word,
            result.GetValue(_top),
            new TrafficOptions
            {
                Backend = result.GetValue(_mode),
                Interface = result.GetValue(_interface),
                Interval = TimeSpan.FromSeconds(isFollowing ? interval : 1),
                CaptureBufferBytes = (int)buffer,
                MeasureTcp = isDetailed,
                HearNames = !result.GetValue(_noDns) && showsNames,
                ReverseDns = isResolving ? new ReverseDnsOptions() : null,
                Time = context.Time,
            });
    }

    // A person gets a table; a pipe gets what netoproc writes.
    private OutputFormat FormatOf(ParseResult result, bool isFollowing, bool isDetailed) =>
        result.GetResult(_format) is { Implicit: false } ? result.GetValue(_format)
        : isDetailed ? OutputFormat.Json
        : context.Output.Screen.IsTerminal ? OutputFormat.Pretty
        : isFollowing ? OutputFormat.Ndjson
        : OutputFormat.Tsv;

    private static void Require(bool isRight, string option, double value, string range)
    {
        if (!isRight)
        {
            throw UsageError.Of(Path, $"{option} {value.ToString(CultureInfo.InvariantCulture)} is out of range", range);
        }
    }

    private static (RecordField<TrafficRow> Field, bool IsTurned) SortOf(string text)
    {
        bool isTurned = text.StartsWith('-');
        string name = isTurned ? text[1..] : text;
        return TrafficFields.All.TryFind(name, out RecordField<TrafficRow>? field)
            ? (field, isTurned)
            : throw UsageError.Of(
                Path,
                $"there is no field '{name}'",
                TrafficFields.All.NearestTo(name) is { } near ? $"Did you mean '{near}'?" : $"There are {string.Join(", ", TrafficFields.All.All.Select(static one => one.Name))}.");
    }

    // A single word is a part of a name, as netoproc takes it; anything with an operator is an expression.
    private static (RecordFilter<TrafficRow>? Filter, string? Word) FilterOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return (null, null);
        }

        if (text.AsSpan().IndexOfAny(":=<>~") < 0)
        {
            return (null, text.Trim());
        }

        try
        {
            return (RecordFilter<TrafficRow>.Parse(text, TrafficFields.All), null);
        }
        catch (FilterException error)
        {
            throw FilterProblem.Explain(error, $"{Path} --help");
        }
    }
}
