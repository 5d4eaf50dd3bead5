using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;

namespace Sonde.Cli.Commands.Connections;

/// <summary>The command line of `sonde connections`: its options, and what they mean together.</summary>
internal sealed class ConnectionArguments
{
    internal const string Path = "sonde connections";

    private readonly Option<OutputFormat> _format = CommandContext.FormatOption();
    private readonly Option<bool> _listening = new("--listening", "-l") { Description = "Those that wait for others, instead of connections." };
    private readonly Option<bool> _all = new("--all", "-a") { Description = "Connections, those that wait, and those that do neither." };
    private readonly Option<string?> _filter = new("--filter") { Description = "Which ones: 'process:nginx and rtt_ms>50'.", HelpName = "expression" };
    private readonly Option<string?> _sort = new("--sort", "-s") { Description = "The order: a field; what is measured has its largest first, and -FIELD turns it round.", HelpName = "field" };
    private readonly Option<string?> _fields = new("--fields") { Description = "Which fields, with commas between; 'help' lists them.", HelpName = "a,b,…" };
    private readonly Option<bool> _watch = new("--watch", "-w") { Description = "Shows them live until Ctrl-C, with rates." };
    private readonly Option<double> _interval = new("--interval", "-i") { Description = "Seconds between two readings of --watch.", HelpName = "seconds", DefaultValueFactory = static _ => 1 };
    private readonly Option<int?> _count = new("--count", "-n") { Description = "Ends --watch after so many readings.", HelpName = "readings" };
    private readonly Option<bool> _namespaces = new("--all-namespaces") { Description = "Linux: the sockets of every network namespace that a process lives in, which takes CAP_SYS_ADMIN." };
    private readonly Option<bool> _noDns = new("--no-dns") { Description = "No names of other ends: --watch listens for none." };
    private readonly Option<bool> _resolve = new("--resolve", "-r") { Description = "Asks this host's resolvers for names of other ends; a single listing waits a second for them." };

    internal void AddTo(Command command)
    {
        _sort.CompletionSources.Add(static _ => ConnectionFields.All.All.Select(static field => new CompletionItem(field.Name)));
        _fields.CompletionSources.Add(static _ => ConnectionFields.All.All.Select(static field => new CompletionItem(field.Name)));
        foreach (Option option in (ReadOnlySpan<Option>)[_format, _listening, _all, _filter, _sort, _fields, _watch, _interval, _count, _namespaces, _noDns, _resolve])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Understands the options; null when the user asks which fields there are.</summary>
    /// <exception cref="UserErrorException">They make no sense.</exception>
    internal ConnectionOptions? Read(ParseResult result)
    {
        if (result.GetValue(_fields) is "help")
        {
            return null;
        }

        var watch = new WatchOptions(result.GetValue(_watch), result.GetValue(_interval), result.GetValue(_count), result.GetResult(_interval) is { Implicit: false });
        OutputFormat format = result.GetValue(_format);
        CheckWatch(watch, format);
        bool isListening = result.GetValue(_listening);
        bool isAll = result.GetValue(_all);
        if (isListening && isAll)
        {
            throw UsageError.Of(Path, "--listening and --all exclude each other", "--all has those that wait among all others.");
        }

        var names = new NameOptions(result.GetValue(_noDns), result.GetValue(_resolve));
        if (names is { IsOff: true, IsAsking: true })
        {
            throw UsageError.Of(Path, "--resolve and --no-dns exclude each other", "--resolve asks for names, and --no-dns wants none.");
        }

        RecordField<Connection>? sort = ParseSort(result.GetValue(_sort), out bool isDescending);
        return new ConnectionOptions(
            format,
            ParseFields(result.GetValue(_fields), format, isListening, watch.IsOn, names),
            ParseFilter(result.GetValue(_filter)),
            sort,
            isDescending,
            isListening,
            isAll,
            result.GetValue(_namespaces),
            names,
            watch);
    }

    private static void CheckWatch(WatchOptions watch, OutputFormat format)
    {
        if (!watch.IsOn && (watch.Count is not null || watch.IntervalGiven))
        {
            throw UsageError.Of(Path, "--interval and --count say how to watch, and --watch is missing");
        }

        if (watch.IsOn && format == OutputFormat.Json)
        {
            throw UsageError.Of(Path, "--watch never ends, and a JSON document must", "ndjson prints one object a line as they come.");
        }

        if (watch.IsOn && watch.Interval is not (>= 0.1 and <= 86400))
        {
            throw UsageError.Of(Path, $"--interval {watch.Interval.ToString(CultureInfo.InvariantCulture)} is out of range", "It takes 0.1 to 86400 seconds.");
        }

        if (watch.Count is < 1)
        {
            throw UsageError.Of(Path, "--count takes a number from 1");
        }
    }

    private static List<RecordField<Connection>> ParseFields(string? names, OutputFormat format, bool isListening, bool isWatch, NameOptions remote)
    {
        bool hasNames = !remote.IsOff && !isListening && (isWatch || remote.IsAsking);
        if (names is null)
        {
            IEnumerable<string> table = isListening ? ConnectionFields.Listening : isWatch ? ConnectionFields.Watched : ConnectionFields.Pretty;
            return format == OutputFormat.Pretty ? [.. table.Where(name => hasNames || name != "remote_name").Select(ConnectionFields.Of)]
                : [.. ConnectionFields.Records, .. (hasNames ? ConnectionFields.Names : []).Concat(isWatch ? ConnectionFields.Rates : []).Select(ConnectionFields.Of)];
        }

        var fields = new List<RecordField<Connection>>();
        foreach (string name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            RecordField<Connection> field = ConnectionFields.All.TryFind(name, out RecordField<Connection>? found) ? found : throw UnknownField(name);
            if (!fields.Contains(field))
            {
                fields.Add(field);
            }
        }

        return fields.Count > 0 ? fields : throw UsageError.Of(Path, "--fields names no field");
    }

    private static RecordFilter<Connection>? ParseFilter(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : RecordFilter<Connection>.Parse(text, ConnectionFields.All);
        }
        catch (FilterException error)
        {
            throw FilterProblem.Explain(error, $"{Path} --fields help");
        }
    }

    private static RecordField<Connection>? ParseSort(string? text, out bool isDescending)
    {
        isDescending = false;
        if (text is null)
        {
            return null;
        }

        bool isTurned = text.StartsWith('-');
        string name = isTurned ? text[1..] : text;
        RecordField<Connection> field = ConnectionFields.All.TryFind(name, out RecordField<Connection>? found) ? found : throw UnknownField(name);
        isDescending = RecordOrder.IsMeasured(field.Kind) != isTurned;
        return field;
    }

    private static UserErrorException UnknownField(string name) => UsageError.Of(
        Path,
        $"there is no field '{name}'",
        ConnectionFields.All.NearestTo(name) is { } near ? $"Did you mean '{near}'?" : $"`{Path} --fields help` lists them.");
}
