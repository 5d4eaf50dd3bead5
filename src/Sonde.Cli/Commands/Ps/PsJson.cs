using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>Processes as JSON, written field by field: there may be ten thousand, and an object for each would be most of the work.</summary>
internal sealed class PsJson(CommandOutput output, IReadOnlyList<RecordField<ProcessRecord>> fields)
{
    // Reasons repeat from process to process: "denied: …" is put together and encoded once.
    private readonly Dictionary<(ReadingStatus, string?), string> _reasons = [];

    /// <summary>One document.</summary>
    internal void WriteDocument(ProcessSnapshot snapshot, IReadOnlyList<Gap> skippedEngines, IReadOnlyList<Gap> gaps, IReadOnlyList<ProcessRecord> processes)
    {
        JsonText json = output.BeginJson(isLine: false);
        json.BeginObject();
        json.Property("time"u8, snapshot.Time);
        json.Property("boot"u8, snapshot.Boot.ToString());
        json.Property("engine"u8, PsWords.Of(snapshot.Engine));
        json.Property("duration_ms"u8, Math.Round(snapshot.Duration.TotalMilliseconds, 3));
        json.Property("count"u8, snapshot.Count);
        json.Property("vanished"u8, snapshot.Vanished);
        json.BeginArray("skipped_engines"u8);
        WriteGaps(json, skippedEngines);
        json.EndArray();
        json.BeginArray("gaps"u8);
        WriteGaps(json, gaps);
        json.EndArray();
        json.BeginArray("processes"u8);
        foreach (ProcessRecord process in processes)
        {
            json.BeginObject();
            WriteFields(json, process);
            json.EndObject();
            output.ContinueJson();
        }

        json.EndArray();
        json.EndObject();
        output.EndJson();
    }

    /// <summary>A line a process.</summary>
    /// <param name="processes">Which.</param>
    /// <param name="time">When they were read, while watching.</param>
    internal void WriteLines(IReadOnlyList<ProcessRecord> processes, DateTimeOffset? time = null)
    {
        foreach (ProcessRecord process in processes)
        {
            JsonText json = output.BeginJson(isLine: true);
            json.BeginObject();
            json.Property("type"u8, "process"u8);
            if (time is { } at)
            {
                json.Property("time"u8, at);
            }

            WriteFields(json, process);
            json.EndObject();
            output.EndJson();
        }
    }

    private static void WriteGaps(JsonText json, IReadOnlyList<Gap> gaps)
    {
        foreach (Gap gap in gaps)
        {
            json.BeginObject();
            json.Property("what"u8, gap.What);
            json.Property("status"u8, Words.Of(gap.Status));
            json.Property("reason"u8, gap.Reason);
            json.Property("count"u8, gap.Count);
            json.EndObject();
        }
    }

    private void WriteFields(JsonText json, ProcessRecord process)
    {
        foreach (RecordField<ProcessRecord> field in fields)
        {
            FieldValue value = field.Read(process);
            if (!value.HasValue)
            {
                json.Name(field.JsonName);
                json.Null();
                json.Property(field.JsonReasonName, ReasonOf(value));
                continue;
            }

            switch (field.Kind)
            {
                case FieldKind.Text:
                    json.Property(field.JsonName, value.Text);
                    break;
                case FieldKind.Real:
                    json.Property(field.JsonName, Math.Round(value.Real, 3));
                    break;
                case FieldKind.Boolean:
                    json.Property(field.JsonName, value.Integer != 0);
                    break;
                case FieldKind.Time:
                    json.Property(field.JsonName, new DateTimeOffset(value.Integer, TimeSpan.Zero));
                    break;
                case FieldKind.Duration:
                    json.Property(field.JsonName, value.Integer / (double)TimeSpan.TicksPerSecond);
                    break;
                case FieldKind.List:
                    json.BeginArray(field.JsonName);
                    foreach (string item in value.List)
                    {
                        json.Value(item);
                    }

                    json.EndArray();
                    break;
                default:
                    json.Property(field.JsonName, value.Integer);
                    break;
            }
        }
    }

    private string ReasonOf(FieldValue value)
    {
        if (!_reasons.TryGetValue((value.Status, value.Reason), out string? text))
        {
            text = Reading.Describe(value.Status, value.Reason);
            _reasons.Add((value.Status, value.Reason), text);
        }

        return text;
    }
}
