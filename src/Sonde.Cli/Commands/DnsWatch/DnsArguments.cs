using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Packets.Applications;
using Sonde.Traffic.Dns;

namespace Sonde.Cli.Commands.DnsWatch;

/// <summary>The command line of `sonde dns`: its options, and what they mean together.</summary>
internal sealed class DnsArguments(CommandContext context)
{
    internal const string Path = "sonde dns";
    private const double DefaultDuration = 5;
    private const double LongestDuration = 10 * 365 * 86400.0;

    private readonly Option<OutputFormat> _format = CommandContext.FormatOption();
    private readonly Option<bool> _follow = new("--follow") { Description = "Tells each question as it has its end, until Ctrl-C." };
    private readonly Option<double?> _duration = new("--duration", "-d") { Description = "How many seconds to watch; 5 when nothing is said, and without end with --follow.", HelpName = "seconds" };
    private readonly Option<string?> _filter = new("--filter") { Description = "Which questions: 'process:curl and failure=true'.", HelpName = "expression" };
    private readonly Option<string?> _sort = new("--sort", "-s") { Description = "The order: a field; what is measured has its largest first, and -FIELD turns it round. Time when nothing is said.", HelpName = "field" };
    private readonly Option<int?> _top = new("--top") { Description = "Only the first rows.", HelpName = "rows" };
    private readonly Option<string?> _interface = new("--interface") { Description = "Only what crosses this interface.", HelpName = "name" };
    private readonly Option<bool> _stats = new("--stats") { Description = "Only the statistics of resolvers." };
    private readonly Option<int[]> _ports = new("--port") { Description = "A port that is watched beside 53, 5353 (multicast DNS) and 5355 (LLMNR).", HelpName = "port", AllowMultipleArgumentsPerToken = false };
    private readonly Option<double?> _timeout = new("--timeout") { Description = "After how many seconds a question counts as not answered; 6 when nothing is said.", HelpName = "seconds" };
    private readonly Option<bool> _fieldHelp = new("--fields") { Description = "Lists the names of all fields." };

    internal void AddTo(Command command)
    {
        _sort.CompletionSources.Add(static _ => DnsFields.All.All.Select(static field => new CompletionItem(field.Name)));
        foreach (Option option in (ReadOnlySpan<Option>)[_format, _follow, _duration, _filter, _sort, _top, _interface, _stats, _ports, _timeout, _fieldHelp])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Understands the options; null when the user asks which fields there are.</summary>
    /// <exception cref="UserErrorException">They make no sense.</exception>
    internal DnsRunOptions? Read(ParseResult result)
    {
        if (result.GetValue(_fieldHelp))
        {
            return null;
        }

        bool isFollowing = result.GetValue(_follow);
        bool isStatisticsOnly = result.GetValue(_stats);
        OutputFormat format = result.GetValue(_format);
        if (isFollowing && (isStatisticsOnly || (result.GetValue(_sort) ?? (object?)result.GetValue(_top)) is not null))
        {
            throw UsageError.Of(Path, "--follow tells questions as they come, and --stats, --sort and --top need them all", "Leave --follow out; --duration says for how long.");
        }

        if (isFollowing && format == OutputFormat.Json)
        {
            throw UsageError.Of(Path, "--follow never ends, and a JSON document must", "ndjson prints one object a line as they come.");
        }

        Require(result.GetValue(_top) is not < 1, "--top", result.GetValue(_top) ?? 0, "It takes a number from 1.");
        Require(result.GetValue(_duration) is not (< 0 or > LongestDuration or double.NaN), "--duration", result.GetValue(_duration) ?? 0, "It takes 0 seconds to ten years.");
        Require(result.GetValue(_timeout) is not (< 0.1 or > 3600 or double.NaN), "--timeout", result.GetValue(_timeout) ?? 0, "It takes 0.1 to 3600 seconds.");
        int[] ports = result.GetValue(_ports) ?? [];
        foreach (int port in ports)
        {
            Require(port is >= 1 and <= ushort.MaxValue, "--port", port, "It takes 1 to 65535.");
        }

        RecordField<DnsExchange>? sort = SortOf(result.GetValue(_sort), out bool isDescending);
        double? duration = result.GetValue(_duration) ?? (isFollowing ? null : DefaultDuration);
        var options = new DnsOptions { Ports = [.. ports.Prepend(DnsMessage.Port).Distinct()] };
        return new DnsRunOptions(
            format,
            isFollowing,
            isStatisticsOnly,
            duration is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            FilterOf(result.GetValue(_filter)),
            sort,
            isDescending,
            result.GetValue(_top),
            new DnsMonitorOptions
            {
                Dns = result.GetValue(_timeout) is { } timeout ? options with { Timeout = TimeSpan.FromSeconds(timeout) } : options,
                Interface = result.GetValue(_interface),
                Time = context.Time,
            });
    }

    private static void Require(bool isRight, string option, double value, string range)
    {
        if (!isRight)
        {
            throw UsageError.Of(Path, $"{option} {value.ToString(CultureInfo.InvariantCulture)} is out of range", range);
        }
    }

    private static RecordField<DnsExchange>? SortOf(string? text, out bool isDescending)
    {
        isDescending = false;
        if (text is null)
        {
            return null;
        }

        bool isTurned = text.StartsWith('-');
        string name = isTurned ? text[1..] : text;
        RecordField<DnsExchange> field = DnsFields.All.TryFind(name, out RecordField<DnsExchange>? found) ? found : throw UsageError.Of(
            Path,
            $"there is no field '{name}'",
            DnsFields.All.NearestTo(name) is { } near ? $"Did you mean '{near}'?" : $"`{Path} --fields` lists them.");
        isDescending = RecordOrder.IsMeasured(field.Kind) != isTurned;
        return field;
    }

    private static RecordFilter<DnsExchange>? FilterOf(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : RecordFilter<DnsExchange>.Parse(text, DnsFields.All);
        }
        catch (FilterException error)
        {
            throw FilterProblem.Explain(error, $"{Path} --fields");
        }
    }
}
