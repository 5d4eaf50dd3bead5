using System.Text.Json;
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
    private readonly Dictionary<(ReadingStatus, string?), JsonEncodedText> _reasons = [];

    /// <summary>One document.</summary>
    internal void WriteDocument(ProcessSnapshot snapshot, IReadOnlyList<ProcessRecord> processes)
    {
        Utf8JsonWriter json = output.BeginJson(isLine: false);
        json.WriteStartObject();
        json.WriteString("time", snapshot.Time);
        json.WriteString("boot", snapshot.Boot);
        json.WriteString("engine", PsWords.Of(snapshot.Engine));
        json.WriteNumber("duration_ms", Math.Round(snapshot.Duration.TotalMilliseconds, 3));
        json.WriteNumber("count", snapshot.Count);
        json.WriteNumber("vanished", snapshot.Vanished);
        json.WriteStartArray("gaps");
        foreach (Gap gap in snapshot.Gaps)
        {
            json.WriteStartObject();
            json.WriteString("what", gap.What);
            json.WriteString("status", Words.Of(gap.Status));
            json.WriteString("reason", gap.Reason);
            json.WriteNumber("count", gap.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("processes");
        foreach (ProcessRecord process in processes)
        {
            json.WriteStartObject();
            WriteFields(json, process);
            json.WriteEndObject();
            output.ContinueJson();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        output.EndJson();
    }

    /// <summary>A line a process.</summary>
    /// <param name="processes">Which.</param>
    /// <param name="time">When they were read, while watching.</param>
    internal void WriteLines(IReadOnlyList<ProcessRecord> processes, DateTimeOffset? time = null)
    {
        foreach (ProcessRecord process in processes)
        {
            Utf8JsonWriter json = output.BeginJson(isLine: true);
            json.WriteStartObject();
            json.WriteString("type"u8, "process"u8);
            if (time is { } at)
            {
                json.WriteString("time", at);
            }

            WriteFields(json, process);
            json.WriteEndObject();
            output.EndJson();
        }
    }

    private void WriteFields(Utf8JsonWriter json, ProcessRecord process)
    {
        foreach (RecordField<ProcessRecord> field in fields)
        {
            FieldValue value = field.Read(process);
            if (!value.HasValue)
            {
                json.WriteNull(field.JsonName);
                json.WriteString(field.JsonReasonName, ReasonOf(value));
                continue;
            }

            switch (field.Kind)
            {
                case FieldKind.Text:
                    json.WriteString(field.JsonName, value.Text);
                    break;
                case FieldKind.Real:
                    json.WriteNumber(field.JsonName, Math.Round(value.Real, 3));
                    break;
                case FieldKind.Boolean:
                    json.WriteBoolean(field.JsonName, value.Integer != 0);
                    break;
                case FieldKind.Time:
                    json.WriteString(field.JsonName, new DateTimeOffset(value.Integer, TimeSpan.Zero));
                    break;
                case FieldKind.Duration:
                    json.WriteNumber(field.JsonName, value.Integer / (double)TimeSpan.TicksPerSecond);
                    break;
                case FieldKind.List:
                    json.WriteStartArray(field.JsonName);
                    foreach (string item in value.List)
                    {
                        json.WriteStringValue(item);
                    }

                    json.WriteEndArray();
                    break;
                default:
                    json.WriteNumber(field.JsonName, value.Integer);
                    break;
            }
        }
    }

    private JsonEncodedText ReasonOf(FieldValue value)
    {
        if (!_reasons.TryGetValue((value.Status, value.Reason), out JsonEncodedText text))
        {
            text = JsonEncodedText.Encode(Reading.Describe(value.Status, value.Reason));
            _reasons.Add((value.Status, value.Reason), text);
        }

        return text;
    }
}
