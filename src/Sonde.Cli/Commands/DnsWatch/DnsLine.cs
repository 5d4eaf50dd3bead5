using System.Globalization;
using Sonde.Cli.Output;
using Sonde.Traffic;
using Sonde.Traffic.Dns;

namespace Sonde.Cli.Commands.DnsWatch;

/// <summary>Questions and resolvers for people: pure functions of records and a screen.</summary>
internal static class DnsLine
{
    private const int ProcessWidth = 22;
    private const int NameWidth = 38;
    private const int ShownAnswers = 4;

    private static readonly TableColumn[] s_questionColumns =
    [
        new("TIME"),
        new("PROCESS"),
        new("TYPE"),
        new("NAME"),
        new("LATENCY", Rank: 1, IsNumber: true),
        new("RESULT"),
        new("RESOLVER", Rank: 2),
    ];

    private static readonly TableColumn[] s_resolverColumns =
    [
        new("RESOLVER"),
        new("KIND", Rank: 5),
        new("QUERIES", IsNumber: true),
        new("ANSWERS", IsNumber: true),
        new("FAILED", IsNumber: true),
        new("NXDOMAIN", Rank: 3, IsNumber: true),
        new("SERVFAIL", Rank: 4, IsNumber: true),
        new("REFUSED", Rank: 4, IsNumber: true),
        new("TIMEOUT", Rank: 2, IsNumber: true),
        new("RETRIES", Rank: 2, IsNumber: true),
        new("P50", Rank: 1, IsNumber: true),
        new("P95", Rank: 1, IsNumber: true),
        new("MAX", Rank: 1, IsNumber: true),
    ];

    /// <summary>What stands over the lines of --follow.</summary>
    internal static string Heading { get; } = Columns("TIME", "PROCESS", "TYPE", "NAME", "LATENCY", "RESULT");

    /// <summary>A question as a line of --follow.</summary>
    internal static string Of(DnsExchange one, TimeZoneInfo zone, Screen screen)
    {
        string result = one.Kind == DnsKind.Dns && one.Resolver.Port == 53 ? $"{ResultOf(one)}  by {one.Resolver.Address}" : $"{ResultOf(one)}  by {one.Resolver}";
        string line = CellWidth.Cut(SafeText.OneLine(Columns(TimeOf(one, zone), CellWidth.Cut(ProcessOf(one), ProcessWidth), DnsWords.Of(one.Type), one.Name, LatencyOf(one.Latency), result)), screen.Width);
        return one.IsFailure ? screen.Style.Heading(line) : line;
    }

    /// <summary>Questions as a table.</summary>
    internal static string Table(IReadOnlyList<DnsExchange> questions, TimeZoneInfo zone, Screen screen) => TextTable.Draw(
        s_questionColumns,
        [.. questions.Select(one => new[] { TimeOf(one, zone), ProcessOf(one), DnsWords.Of(one.Type), one.Name, LatencyOf(one.Latency), ResultOf(one), one.Resolver.ToString() })],
        screen.Width,
        screen.Style);

    /// <summary>Resolvers as a table.</summary>
    internal static string Table(IReadOnlyList<DnsResolverStatistics> resolvers, Screen screen) => TextTable.Draw(
        s_resolverColumns,
        [.. resolvers.Select(Cells)],
        screen.Width,
        screen.Style);

    /// <summary>What is to be said beside the tables.</summary>
    internal static IEnumerable<string> Notes(DnsStatistics seen)
    {
        foreach ((long count, string what) in new (long, string)[]
            {
                (seen.Unasked, "answers to questions that were not seen"),
                (seen.Duplicates, "answers that came more than once"),
                (seen.Announcements, "announcements by multicast"),
                (seen.OtherOperations, "messages that are no questions (notices, updates)"),
            })
        {
            if (count > 0)
            {
                yield return $"also seen: {Units.Count(count)} {what}";
            }
        }

        foreach (TrafficLoss loss in seen.Losses.Where(static loss => loss.Count > 0))
        {
            yield return $"lost: {Units.Count(loss.Count)} {loss.What}";
        }

        foreach (FillLevel level in seen.FillLevels.Where(static level => level.Evicted > 0))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"full: {level.Table}: {level.Used} of {level.Capacity}, {level.Evicted} had to make room");
        }
    }

    /// <summary>A latency for people.</summary>
    internal static string LatencyOf(TimeSpan? latency) => latency?.TotalMilliseconds switch
    {
        null => string.Empty,
        < 10 and var few => string.Create(CultureInfo.InvariantCulture, $"{few:0.00} ms"),
        < 1000 and var some => string.Create(CultureInfo.InvariantCulture, $"{some:0.0} ms"),
        { } many => string.Create(CultureInfo.InvariantCulture, $"{many / 1000:0.00} s"),
    };

    private static string[] Cells(DnsResolverStatistics one) =>
    [
        one.Resolver.ToString(),
        DnsWords.Of(one.Kind),
        Units.Count(one.Queries),
        Units.Count(one.Answers),
        Units.Count(one.Failures),
        Units.Count(one.NameErrors),
        Units.Count(one.ServerFailures),
        Units.Count(one.Refusals),
        Units.Count(one.Timeouts),
        Units.Count(one.Retransmits),
        LatencyOf(one.MedianLatency),
        LatencyOf(one.P95Latency),
        LatencyOf(one.MaxLatency),
    ];

    private static string Columns(string time, string process, string type, string name, string latency, string result) =>
        $"{time,-12}  {process.PadRight(ProcessWidth)}  {type,-5}  {name.PadRight(NameWidth)}  {latency,9}  {result}";

    private static string TimeOf(DnsExchange one, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(one.Time, zone).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    // Another host is named by its address: it is not this host's to know which of its processes asks.
    private static string ProcessOf(DnsExchange one) => one.ProcessId is { } pid
        ? string.Create(CultureInfo.InvariantCulture, $"{one.ProcessName}/{pid}")
        : one.UnownedReason == UnownedReason.Foreign ? one.Client.Address.ToString() : "?";

    private static string ResultOf(DnsExchange one)
    {
        string retries = one.Retransmits > 0 ? string.Create(CultureInfo.InvariantCulture, $" (asked {one.Retransmits + 1} times)") : string.Empty;
        string transport = one.Transport == Packets.IPProtocol.Tcp ? " (tcp)" : string.Empty;
        string result = one.Outcome is DnsOutcome.Answered or DnsOutcome.Unasked && one.Answers.Count > 0
            ? AnswersOf(one)
            : one.Outcome == DnsOutcome.OtherError ? string.Create(CultureInfo.InvariantCulture, $"ERROR {one.ResponseCode}")
            : DnsWords.Of(one.Outcome).ToUpperInvariant();
        return (one.Outcome == DnsOutcome.Unasked ? "UNASKED " : string.Empty) + result + retries + transport;
    }

    // What was asked for; aliases on the way are left to the formats for programs.
    private static string AnswersOf(DnsExchange one)
    {
        List<DnsAnswer> told = [.. one.Answers.Where(answer => answer.Type == one.Type)];
        told = told.Count > 0 ? told : [.. one.Answers];
        string more = told.Count > ShownAnswers ? string.Create(CultureInfo.InvariantCulture, $" … {told.Count} in all") : string.Empty;
        return string.Join(", ", told.Take(ShownAnswers).Select(static answer => answer.Data)) + more;
    }
}
