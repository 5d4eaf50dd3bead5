using System.Globalization;
using System.Text;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Processes.Events;

namespace Sonde.Cli.Commands.Events;

/// <summary>One run of `sonde events`: takes events until the end that was asked for, and prints each in the format that was asked for.</summary>
internal sealed class EventsRun(CommandContext context, EventsOptions options)
{
    // Looking into processes of others goes on needing these, by each system's own names; the stream itself is open by then.
    private static readonly string[] s_needed = ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "SeDebugPrivilege"];

    private readonly CommandOutput _output = context.Output;
    private readonly RecordJson _json = new();
    private readonly StringBuilder _line = new();
    private long _shown;

    internal void Run()
    {
        using var stop = new GracefulStop(endsUnread: true);
        using var source = ProcessEventSource.Open(new ProcessEventOptions
        {
            Fields = options.Needs,
            Source = options.Source,
            Interval = options.Interval,
            ShowSecrets = options.ShowSecrets,
            Time = context.Time,
        });
        long started = context.Time.GetTimestamp();
        LongRun.GiveUpRights(s_needed);
        Begin(source);
        try
        {
            TakeAll(source, started, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            // Ctrl-C is how it is meant to end.
        }

        End(source.Kind, source.Statistics, context.Time.GetElapsedTime(started));
    }

    private void TakeAll(ProcessEventSource source, long started, CancellationToken stopping)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            if (!source.TryRead(TimeSpan.Zero, out ProcessEvent? next, stopping))
            {
                // A quiet moment: what was printed is shown before the wait.
                _output.Flush();
                TimeSpan left = options.Duration is { } duration ? duration - context.Time.GetElapsedTime(started) : Timeout.InfiniteTimeSpan;
                if ((options.Duration is not null && left <= TimeSpan.Zero) || !source.TryRead(Wait(left), out next, stopping))
                {
                    if (source.IsEnded || (options.Duration is { } over && context.Time.GetElapsedTime(started) >= over))
                    {
                        return;
                    }

                    continue;
                }
            }

            if (!options.Shows(next))
            {
                continue;
            }

            Print(next);
            if (!EventsOptions.IsAboutStream(next) && ++_shown == options.Count)
            {
                return;
            }
        }
    }

    // A wait in the framework is at most 24 days long.
    private static TimeSpan Wait(TimeSpan left) => left > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : left;

    private void Begin(ProcessEventSource source)
    {
        switch (options.Format)
        {
            case OutputFormat.Ndjson:
                foreach (Gap gap in source.Gaps)
                {
                    _output.WriteJsonLine(gap, GapJson.WriteRecord);
                }

                break;
            case OutputFormat.Tsv:
                _output.WriteTsv(options.Fields!.Select(static field => field.Name)); // a table has its fields
                GapLines.Write(source.Gaps, text => context.Note(text.TrimEnd('\n')));
                break;
            default:
                _output.Write(_output.Screen.Style.Heading(EventLine.Heading) + "\n");
                GapLines.Write(source.Gaps, _output.Write);
                break;
        }

        _output.Flush();
    }

    private void Print(ProcessEvent next)
    {
        switch (options.Format)
        {
            case OutputFormat.Ndjson:
                JsonText json = _output.BeginJson(isLine: true);
                json.BeginObject();
                json.Property("type"u8, "event"u8);
                _json.WriteFields(json, options.Fields ?? EventFields.Of(next), next);
                json.EndObject();
                _output.EndJson();
                break;
            case OutputFormat.Tsv:
                _line.Clear();
                foreach (RecordField<ProcessEvent> field in options.Fields!) // a table has its fields
                {
                    if (_line.Length > 0)
                    {
                        _line.Append('\t');
                    }

                    RecordTsv.Append(_line, field, next);
                }

                _output.Write(_line.Append('\n').ToString());
                break;
            default:
                _output.Write(EventLine.Of(next, context.Time.LocalTimeZone, _output.Screen) + "\n");
                break;
        }
    }

    private void End(ProcessEventSourceKind source, ProcessEventStatistics counted, TimeSpan elapsed)
    {
        if (options.Format == OutputFormat.Ndjson)
        {
            _output.WriteJsonLine((source, counted), WriteStatistics);
            return;
        }

        long lost = counted.LostBySystem + counted.LostByReader;
        string unread = counted.Unread > 0 ? string.Create(CultureInfo.InvariantCulture, $", {counted.Unread} of processes that were gone before they could be read") : string.Empty;
        string found = counted.Found > 0 && counted.Received > 0 ? string.Create(CultureInfo.InvariantCulture, $", {counted.Found} found by comparing with the table") : string.Empty;
        context.Note(string.Create(CultureInfo.InvariantCulture, $"{counted.Events} events by {EventWords.Of(source)} in {elapsed.TotalSeconds:0.0} s, {_shown} shown, {lost} lost{unread}{found}"));
    }

    private static void WriteStatistics(JsonText json, (ProcessEventSourceKind Source, ProcessEventStatistics Counted) end)
    {
        ProcessEventStatistics counted = end.Counted;
        json.BeginObject();
        json.Property("type"u8, "statistics"u8);
        json.Property("source"u8, EventWords.Of(end.Source));
        json.Property("events"u8, counted.Events);
        json.Property("received"u8, counted.Received);
        json.Property("lost_by_system"u8, counted.LostBySystem);
        json.Property("overflows"u8, counted.Overflows);
        json.Property("lost_by_reader"u8, counted.LostByReader);
        json.Property("malformed"u8, counted.Malformed);
        json.Property("comparisons"u8, counted.Comparisons);
        json.Property("found"u8, counted.Found);
        json.Property("unread"u8, counted.Unread);
        json.Property("known"u8, counted.Known);
        json.EndObject();
    }
}
