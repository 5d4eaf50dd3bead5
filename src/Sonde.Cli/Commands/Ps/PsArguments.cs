using System.CommandLine;
using System.Globalization;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>The command line of `sonde ps`: its options, and what they mean together.</summary>
internal sealed class PsArguments
{
    private const string Path = "sonde ps";
    private static readonly (string Word, ProcessEngineKind Kind)[] s_engines =
    [
        ("auto", ProcessEngineKind.Automatic), ("bpf", ProcessEngineKind.Bpf), ("proc", ProcessEngineKind.Proc), ("sysctl", ProcessEngineKind.Sysctl),
        ("system_information", ProcessEngineKind.SystemInformation), ("tool_help", ProcessEngineKind.ToolHelp),
    ];

    private readonly Option<OutputFormat> _format = CommandContext.FormatOption();
    private readonly Option<bool> _tree = new("--tree", "-t") { Description = "Puts children below their parents." };
    private readonly Option<string?> _sort = new("--sort", "-s") { Description = "The order: a field; what is measured has its largest first, and -FIELD turns it round.", HelpName = "field" };
    private readonly Option<string?> _fields = new("--fields") { Description = "Which fields, with commas between; 'help' lists them.", HelpName = "a,b,…" };
    private readonly Option<bool> _allFields = new("--all-fields") { Description = "Every field, the costly ones too." };
    private readonly Option<string?> _filter = new("--filter") { Description = "Which processes: 'name:nginx and uid=0 and not container:*'.", HelpName = "expression" };
    private readonly Option<bool> _watch = new("--watch", "-w") { Description = "Shows them live until Ctrl-C, with processor use." };
    private readonly Option<double> _interval = new("--interval", "-i") { Description = "Seconds between two readings of --watch.", HelpName = "seconds", DefaultValueFactory = static _ => 1 };
    private readonly Option<int?> _count = new("--count", "-n") { Description = "Ends --watch after so many readings.", HelpName = "readings" };
    private readonly Option<int[]> _pid = new("--pid", "-p") { Description = "Only this process, with everything known about it.", HelpName = "id", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _engine = new("--engine") { Description = "Who reads: auto takes the best that works here.", HelpName = string.Join('|', s_engines.Select(static engine => engine.Word)), DefaultValueFactory = static _ => "auto" };
    private readonly Option<bool> _debugPrivilege = new("--debug-privilege") { Description = "Windows: switches on SeDebugPrivilege, so that processes of other users are opened too." };
    private readonly Option<bool> _showSecrets = new("--show-secrets") { Description = "Shows passwords and tokens in command lines and environments, which are masked otherwise." };

    internal void AddTo(Command command)
    {
        _engine.CompletionSources.Add([.. s_engines.Select(static engine => engine.Word)]);
        _sort.CompletionSources.Add(static _ => PsFields.All.All.Select(static field => new System.CommandLine.Completions.CompletionItem(field.Name)));
        _fields.CompletionSources.Add(static _ => PsFields.All.All.Select(static field => new System.CommandLine.Completions.CompletionItem(field.Name)));
        foreach (Option option in (ReadOnlySpan<Option>)[_format, _tree, _sort, _fields, _allFields, _filter, _watch, _interval, _count, _pid, _engine, _debugPrivilege, _showSecrets])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Understands the options; null when the user asks which fields there are.</summary>
    /// <exception cref="UserErrorException">They make no sense.</exception>
    internal PsOptions? Read(ParseResult result)
    {
        if (result.GetValue(_fields) is "help")
        {
            return null;
        }

        var watch = new WatchOptions(result.GetValue(_watch), result.GetValue(_interval), result.GetValue(_count), result.GetResult(_interval) is { Implicit: false });
        OutputFormat format = result.GetValue(_format);
        CheckWatch(watch, format);
        int[] pids = result.GetValue(_pid) ?? [];
        string? named = result.GetValue(_fields);
        bool isAll = result.GetValue(_allFields);
        bool isTree = result.GetValue(_tree);
        if (named is not null && isAll)
        {
            throw UsageError.Of(Path, "--fields and --all-fields contradict each other");
        }

        if (isTree && format is not OutputFormat.Pretty)
        {
            throw UsageError.Of(Path, "--tree is drawn for people only", "Other formats have parent_key for programs.");
        }

        bool isCard = pids.Length == 1 && named is null && !watch.IsOn && !isTree;
        IReadOnlyList<RecordField<ProcessRecord>> fields =
            isAll || isCard ? PsFields.All.All
            : named is not null ? ParseFields(named)
            : format != OutputFormat.Pretty ? PsFields.Records
            : [.. (watch.IsOn ? PsFields.Watched : PsFields.Pretty).Select(PsFields.Of)];
        if (watch.IsOn && format != OutputFormat.Pretty && named is null && !isAll)
        {
            fields = [.. fields, PsFields.Of("cpu_percent")];
        }

        return new PsOptions(
            format, fields, ParseFilter(result.GetValue(_filter)), ParseOrder(result.GetValue(_sort), watch.IsOn && !isTree), pids, isTree, isCard,
            ParseEngine(result.GetValue(_engine) ?? "auto"), result.GetValue(_showSecrets), result.GetValue(_debugPrivilege), watch);
    }

    /// <summary>A filter's error, with a line that points at the character.</summary>
    internal static UserErrorException Explain(FilterException error) => FilterProblem.Explain(error, "sonde ps --fields help");

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

    private static List<RecordField<ProcessRecord>> ParseFields(string names)
    {
        var fields = new List<RecordField<ProcessRecord>>();
        foreach (string name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            RecordField<ProcessRecord> field = PsFields.All.TryFind(name, out RecordField<ProcessRecord>? found) ? found : throw UnknownField(name);
            if (!fields.Contains(field))
            {
                fields.Add(field);
            }
        }

        return fields.Count > 0 ? fields : throw UsageError.Of(Path, "--fields names no field");
    }

    private static RecordFilter<ProcessRecord>? ParseFilter(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : RecordFilter<ProcessRecord>.Parse(text, PsFields.All);
        }
        catch (FilterException error)
        {
            throw Explain(error);
        }
    }

    // A live table shows the busiest first.
    private static PsOrder ParseOrder(string? field, bool isLive) => field is null
        ? isLive ? new PsOrder(PsFields.Of("cpu_percent"), IsDescending: true) : PsOrder.ById
        : PsOrder.Parse(field) ?? throw UnknownField(field.TrimStart('-'));

    private static ProcessEngineKind ParseEngine(string word)
    {
        foreach ((string engine, ProcessEngineKind kind) in s_engines)
        {
            if (engine == word)
            {
                return kind;
            }
        }

        throw UsageError.Of(Path, $"there is no engine '{word}'", "Choose auto, or bpf or proc on Linux, sysctl on macOS, system_information or tool_help on Windows.");
    }

    private static UserErrorException UnknownField(string name) => UsageError.Of(
        Path,
        $"there is no field '{name}'",
        PsFields.All.NearestTo(name) is { } near ? $"Did you mean '{near}'?" : "`sonde ps --fields help` lists them.");
}
