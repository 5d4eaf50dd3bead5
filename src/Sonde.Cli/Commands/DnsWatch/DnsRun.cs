using System.Globalization;
using System.Text;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Traffic.Dns;

namespace Sonde.Cli.Commands.DnsWatch;

/// <summary>One run of `sonde dns`: takes questions until the end that was asked for, and prints them in the format that was asked for.</summary>
internal sealed class DnsRun(CommandContext context, DnsRunOptions options)
{
    // Without --follow they are kept until the end, and no more than that.
    private const int MostKept = 100_000;

    private readonly CommandOutput _output = context.Output;
    private readonly RecordJson _json = new();
    private readonly StringBuilder _line = new();
    private readonly List<DnsExchange> _kept = [];
    private long _shown;
    private long _forgotten;

    internal void Run()
    {
        using var stop = new GracefulStop(endsUnread: true);
        using var monitor = DnsMonitor.Start(options.Monitor);
        long started = context.Time.GetTimestamp();
        LongRun.GiveUpRights(monitor.RightsInUse);
        if (options.IsFollowing)
        {
            context.Note($"watching DNS on {options.Monitor.Interface ?? "all interfaces"} ({monitor.Way}; processes by {monitor.OwnersWay}); {(options.Duration is null ? "Ctrl-C ends" : "Ctrl-C ends before the time")}");
            Begin();
        }

        while (!stop.Token.IsCancellationRequested && (options.Duration is not { } duration || context.Time.GetElapsedTime(started) < duration))
        {
            TakeAll(monitor, Left(started), stop.Token);
        }

        monitor.Finish();
        TakeAll(monitor, TimeSpan.Zero, CancellationToken.None);
        End(monitor, context.Time.GetElapsedTime(started));
    }

    private TimeSpan Left(long started)
    {
        TimeSpan left = options.Duration is { } duration ? duration - context.Time.GetElapsedTime(started) : TimeSpan.FromHours(1);
        return left > TimeSpan.FromHours(1) ? TimeSpan.FromHours(1) : left;
    }

    // What is ready, and one more when it comes.
    private void TakeAll(DnsMonitor monitor, TimeSpan wait, CancellationToken stopping)
    {
        bool isFirst = true;
        while (monitor.TryRead(isFirst ? wait : TimeSpan.Zero, out DnsExchange? next, stopping))
        {
            isFirst = false;
            if (!options.Shows(next))
            {
                continue;
            }

            if (options.IsFollowing)
            {
                Print(next);
            }
            else if (!options.IsStatisticsOnly)
            {
                Keep(next);
            }

            _shown++;
        }

        _output.Flush();
    }

    private void Keep(DnsExchange next)
    {
        if (_kept.Count < MostKept)
        {
            _kept.Add(next);
        }
        else
        {
            _forgotten++;
        }
    }

    private void Begin()
    {
        switch (options.Format)
        {
            case OutputFormat.Ndjson:
                break;
            case OutputFormat.Tsv:
                _output.WriteTsv(DnsFields.Rows.Select(static field => field.Name));
                break;
            default:
                _output.Write(_output.Screen.Style.Heading(DnsLine.Heading) + "\n");
                break;
        }

        _output.Flush();
    }

    private void Print(DnsExchange one)
    {
        switch (options.Format)
        {
            case OutputFormat.Ndjson:
                JsonText json = _output.BeginJson(isLine: true);
                json.BeginObject();
                json.Property("type"u8, "query"u8);
                _json.WriteFields(json, DnsFields.Lines, one);
                json.EndObject();
                _output.EndJson();
                break;
            case OutputFormat.Tsv:
                _line.Clear();
                foreach (RecordField<DnsExchange> field in DnsFields.Rows)
                {
                    if (_line.Length > 0)
                    {
                        _line.Append('\t');
                    }

                    RecordTsv.Append(_line, field, one);
                }

                _output.Write(_line.Append('\n').ToString());
                break;
            default:
                _output.Write(DnsLine.Of(one, context.Time.LocalTimeZone, _output.Screen) + "\n");
                break;
        }
    }

    private void End(DnsMonitor monitor, TimeSpan elapsed)
    {
        if (_forgotten > 0)
        {
            context.Note(string.Create(CultureInfo.InvariantCulture, $"{_forgotten} questions beyond the first {MostKept} are not shown; --follow tells them as they come"));
        }

        if (options.Sort is { } sort)
        {
            RecordOrder.Sort(_kept, sort, options.IsDescending);
        }
        else
        {
            _kept.Sort(static (left, right) => left.Time.CompareTo(right.Time));
        }

        if (options.Top is { } top && _kept.Count > top)
        {
            _kept.RemoveRange(top, _kept.Count - top);
        }

        DnsStatistics seen = monitor.Statistics;
        switch (options.Format)
        {
            case OutputFormat.Json:
                WriteDocument(monitor, seen, elapsed);
                break;
            case OutputFormat.Ndjson:
                _kept.ForEach(Print);
                WriteLines(monitor, seen, elapsed);
                break;
            case OutputFormat.Tsv:
                WriteTsv(monitor, seen, elapsed);
                break;
            default:
                WritePretty(monitor, seen, elapsed);
                break;
        }
    }

    private void WriteDocument(DnsMonitor monitor, DnsStatistics seen, TimeSpan elapsed)
    {
        JsonText json = _output.BeginJson(isLine: false);
        json.BeginObject();
        json.Property("elapsed"u8, Math.Round(elapsed.TotalSeconds, 3));
        json.Property("backend"u8, monitor.Way);
        json.Property("processes_by"u8, monitor.OwnersWay);
        if (!options.IsStatisticsOnly)
        {
            json.BeginArray("queries"u8);
            foreach (DnsExchange one in _kept)
            {
                json.BeginObject();
                _json.WriteFields(json, DnsFields.All.All, one);
                json.EndObject();
                _output.ContinueJson();
            }

            json.EndArray();
        }

        json.BeginArray("resolvers"u8);
        foreach (DnsResolverStatistics one in seen.Resolvers)
        {
            json.BeginObject();
            DnsJson.WriteResolver(json, one);
            json.EndObject();
        }

        json.EndArray();
        json.BeginObject("statistics"u8);
        DnsJson.WriteTotals(json, seen, monitor.Gaps);
        json.EndObject();
        json.EndObject();
        _output.EndJson();
    }

    private void WriteLines(DnsMonitor monitor, DnsStatistics seen, TimeSpan elapsed)
    {
        foreach (DnsResolverStatistics one in seen.Resolvers)
        {
            _output.WriteJsonLine(one, static (json, one) =>
            {
                json.BeginObject();
                json.Property("type"u8, "resolver"u8);
                DnsJson.WriteResolver(json, one);
                json.EndObject();
            });
        }

        JsonText json = _output.BeginJson(isLine: true);
        json.BeginObject();
        json.Property("type"u8, "statistics"u8);
        json.Property("elapsed"u8, Math.Round(elapsed.TotalSeconds, 3));
        DnsJson.WriteTotals(json, seen, monitor.Gaps);
        json.EndObject();
        _output.EndJson();
    }

    private void WriteTsv(DnsMonitor monitor, DnsStatistics seen, TimeSpan elapsed)
    {
        if (options.IsStatisticsOnly)
        {
            _output.WriteTsv(["resolver", "protocol", "queries", "answers", "failures", "nxdomain", "servfail", "refused", "timeouts", "retransmits", "latency_p50_ms", "latency_p95_ms", "latency_max_ms"]);
            foreach (DnsResolverStatistics one in seen.Resolvers)
            {
                _output.WriteTsv(
                [
                    one.Resolver.ToString(), DnsWords.Of(one.Kind), Number(one.Queries), Number(one.Answers), Number(one.Failures), Number(one.NameErrors), Number(one.ServerFailures),
                    Number(one.Refusals), Number(one.Timeouts), Number(one.Retransmits), Milliseconds(one.MedianLatency), Milliseconds(one.P95Latency), Milliseconds(one.MaxLatency),
                ]);
            }
        }
        else if (!options.IsFollowing)
        {
            Begin();
            _kept.ForEach(Print);
        }

        Note(monitor, seen, elapsed);
    }

    private void WritePretty(DnsMonitor monitor, DnsStatistics seen, TimeSpan elapsed)
    {
        if (_kept.Count > 0)
        {
            _output.Write(DnsLine.Table(_kept, context.Time.LocalTimeZone, _output.Screen) + "\n");
        }

        _output.Write(seen.Resolvers.Count > 0 ? (options.IsFollowing ? "\n" : string.Empty) + DnsLine.Table(seen.Resolvers, _output.Screen) : "No question was seen.\n");
        foreach (string note in DnsLine.Notes(seen))
        {
            _output.Write(SafeText.OneLine(note) + "\n");
        }

        GapLines.Write(monitor.Gaps, _output.Write);
        if (!options.IsFollowing)
        {
            return;
        }

        _output.Flush();
        Note(monitor, seen, elapsed);
    }

    private void Note(DnsMonitor monitor, DnsStatistics seen, TimeSpan elapsed)
    {
        context.Note(string.Create(CultureInfo.InvariantCulture, $"{seen.Queries} questions in {elapsed.TotalSeconds:0.0} s, {_shown} shown, {seen.Timeouts} not answered, {seen.Losses.Sum(static loss => loss.Count)} messages lost"));
        if (options.Format == OutputFormat.Tsv)
        {
            GapLines.Write(monitor.Gaps, text => context.Note(text.TrimEnd('\n')));
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan? value) => value is { } known ? known.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture) : "-";
}
