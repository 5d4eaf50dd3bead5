using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Host.Processes.Events;

namespace Sonde.Cli.Commands.Events;

/// <summary>The command line of `sonde events`: its options, and what they mean together.</summary>
internal sealed class EventsArguments
{
    internal const string Path = "sonde events";
    private const double LongestTime = 10 * 365 * 86400.0;

    private readonly Option<OutputFormat> _format = CommandContext.FormatOption();
    private readonly Option<string?> _fields = new("--fields") { Description = "Which fields, with commas between; 'help' lists them.", HelpName = "a,b,…" };
    private readonly Option<string?> _filter = new("--filter") { Description = "Which events: 'event:started and user=root and command:curl'. What was lost is told all the same.", HelpName = "expression" };
    private readonly Option<double?> _duration = new("--duration", "-d") { Description = "Ends after so many seconds.", HelpName = "seconds" };
    private readonly Option<long?> _count = new("--count", "-c") { Description = "Ends after so many events that pass the filter.", HelpName = "events" };
    private readonly Option<double> _interval = new("--interval", "-i") { Description = "Seconds between two readings of the process table, where no stream serves.", HelpName = "seconds", DefaultValueFactory = static _ => 0.5 };
    private readonly Option<bool> _showSecrets = new("--show-secrets") { Description = "Shows passwords and tokens in command lines, which are masked otherwise." };
    private readonly Option<ProcessEventSourceKind> _source = OptionWords.Choice(
        "--source",
        "Who tells: auto takes the best that works here (see sonde doctor).",
        "source",
        ("auto", ProcessEventSourceKind.Automatic),
        ("connector", ProcessEventSourceKind.Connector),
        ("kernel-queue", ProcessEventSourceKind.KernelQueue),
        ("etw", ProcessEventSourceKind.EventTrace),
        ("snapshots", ProcessEventSourceKind.Snapshots));

    internal void AddTo(Command command)
    {
        _fields.CompletionSources.Add(static _ => EventFields.All.All.Select(static field => new CompletionItem(field.Name)));
        foreach (Option option in (ReadOnlySpan<Option>)[_format, _filter, _duration, _count, _fields, _source, _interval, _showSecrets])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Understands the options; null when the user asks which fields there are.</summary>
    /// <exception cref="UserErrorException">They make no sense.</exception>
    internal EventsOptions? Read(ParseResult result)
    {
        string? named = result.GetValue(_fields);
        if (named is "help")
        {
            return null;
        }

        OutputFormat format = result.GetValue(_format);
        if (format == OutputFormat.Json)
        {
            throw UsageError.Of(Path, "events come without end, and a JSON document must have one", "ndjson prints one object a line as they come.");
        }

        if (named is not null && format == OutputFormat.Pretty)
        {
            throw UsageError.Of(Path, "--fields chooses what programs get, and lines for people are made otherwise", "Add --format ndjson or --format tsv.");
        }

        if (result.GetValue(_count) is < 1)
        {
            throw UsageError.Of(Path, "--count takes a number from 1");
        }

        return new EventsOptions(
            format,
            named is not null ? ParseFields(named) : format == OutputFormat.Tsv ? EventFields.Rows : null,
            ParseFilter(result.GetValue(_filter)),
            result.GetValue(_source),
            result.GetValue(_duration) is double seconds ? InRange("--duration", seconds, 0.001, LongestTime) : null,
            result.GetValue(_count),
            InRange("--interval", result.GetValue(_interval), 0.01, 86400),
            result.GetValue(_showSecrets));
    }

    private static TimeSpan InRange(string option, double value, double least, double most) => value >= least && value <= most
        ? TimeSpan.FromSeconds(value)
        : throw UsageError.Of(Path, string.Create(CultureInfo.InvariantCulture, $"{option} {value} is out of range"), string.Create(CultureInfo.InvariantCulture, $"It takes {least} to {most} seconds."));

    private static List<RecordField<ProcessEvent>> ParseFields(string names)
    {
        var fields = new List<RecordField<ProcessEvent>>();
        foreach (string name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            RecordField<ProcessEvent> field = EventFields.All.TryFind(name, out RecordField<ProcessEvent>? found) ? found : throw UsageError.Of(
                Path,
                $"there is no field '{name}'",
                EventFields.All.NearestTo(name) is { } near ? $"Did you mean '{near}'?" : $"`{Path} --fields help` lists them.");
            if (!fields.Contains(field))
            {
                fields.Add(field);
            }
        }

        return fields.Count > 0 ? fields : throw UsageError.Of(Path, "--fields names no field");
    }

    private static RecordFilter<ProcessEvent>? ParseFilter(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : RecordFilter<ProcessEvent>.Parse(text, EventFields.All);
        }
        catch (FilterException error)
        {
            throw FilterProblem.Explain(error, $"{Path} --fields help");
        }
    }
}
