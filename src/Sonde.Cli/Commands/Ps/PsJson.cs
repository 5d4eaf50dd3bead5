using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>Processes as JSON, written field by field: there may be ten thousand, and an object for each would be most of the work.</summary>
internal sealed class PsJson(CommandOutput output, IReadOnlyList<RecordField<ProcessRecord>> fields)
{
    private readonly RecordJson _records = new();

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
        GapJson.WriteArray(json, "skipped_engines"u8, skippedEngines);
        GapJson.WriteArray(json, "gaps"u8, gaps);
        json.BeginArray("processes"u8);
        foreach (ProcessRecord process in processes)
        {
            json.BeginObject();
            _records.WriteFields(json, fields, process);
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

            _records.WriteFields(json, fields, process);
            json.EndObject();
            output.EndJson();
        }
    }
}
