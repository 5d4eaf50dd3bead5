using System.Globalization;
using System.Text;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Sockets;

namespace Sonde.Cli.Commands.Connections;

/// <summary>Prints connections in the format that was asked for.</summary>
internal sealed class ConnectionOutput(CommandContext context, ConnectionOptions options, ConnectionNames? names)
{
    private readonly RecordJson _json = new();

    /// <summary>The head of tab-separated values.</summary>
    internal void WriteHeader()
    {
        IEnumerable<string> heads = options.Fields.Select(static field => field.Name);
        context.Output.WriteTsv(options.Watch.IsOn ? heads.Prepend("time") : heads);
    }

    /// <summary>One reading.</summary>
    internal void Print(SocketSnapshot snapshot, List<Connection> shown)
    {
        switch (options.Format)
        {
            case OutputFormat.Json:
                WriteDocument(snapshot, shown);
                break;
            case OutputFormat.Ndjson:
                WriteLines(snapshot, shown);
                break;
            case OutputFormat.Tsv:
                WriteTsv(snapshot, shown);
                foreach (Gap gap in options.Watch.IsOn ? [] : GapsOf(snapshot))
                {
                    context.Note(TextOf(gap));
                }

                break;
            default:
                context.Output.Write(Pretty(snapshot, shown, context.Output.Screen));
                break;
        }
    }

    /// <summary>The table, how many it leaves out, and what could not be seen.</summary>
    internal string Pretty(SocketSnapshot snapshot, List<Connection> shown, Screen screen)
    {
        var text = new StringBuilder();
        text.Append(shown.Count > 0 ? ConnectionTable.Draw(shown, options, screen, context.Time.LocalTimeZone) : options.IsListening ? "Nothing listens.\n" : "There is no such connection.\n");
        int hidden = snapshot.Count - shown.Count;
        if (hidden > 0 && options.Filter is null && !options.IsAll)
        {
            text.Append(CultureInfo.InvariantCulture, $"{hidden} more {(options.IsListening ? "do not wait for others" : "wait for others or are not connected")}; to see them: {ConnectionArguments.Path} --all\n");
        }

        GapLines.Write(GapsOf(snapshot), line => text.Append(line));
        return text.ToString();
    }

    private IReadOnlyList<Gap> GapsOf(SocketSnapshot snapshot) => names is null ? snapshot.Gaps : [.. snapshot.Gaps, .. names.Gaps];

    private static string TextOf(Gap gap) => $"not seen: {gap.What}{(gap.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({gap.Count})") : string.Empty)}: {Reading.Describe(gap.Status, gap.Reason)}";

    private void WriteDocument(SocketSnapshot snapshot, List<Connection> shown)
    {
        JsonText json = context.Output.BeginJson(isLine: false);
        json.BeginObject();
        json.Property("time"u8, snapshot.Time);
        json.Property("backend"u8, snapshot.Backend);
        json.Property("duration_ms"u8, Math.Round(snapshot.Duration.TotalMilliseconds, 3));
        json.Property("count"u8, shown.Count);
        GapJson.WriteArray(json, "gaps"u8, GapsOf(snapshot));
        if (names?.ReverseDns is { } reverse)
        {
            ReverseDnsJson.Write(json, reverse);
        }

        json.BeginArray("connections"u8);
        foreach (Connection one in shown)
        {
            json.BeginObject();
            _json.WriteFields(json, options.Fields, one);
            json.EndObject();
            context.Output.ContinueJson();
        }

        json.EndArray();
        json.EndObject();
        context.Output.EndJson();
    }

    private void WriteLines(SocketSnapshot snapshot, List<Connection> shown)
    {
        foreach (Connection one in shown)
        {
            JsonText json = context.Output.BeginJson(isLine: true);
            json.BeginObject();
            json.Property("type"u8, "connection"u8);
            if (options.Watch.IsOn)
            {
                json.Property("time"u8, snapshot.Time);
            }

            _json.WriteFields(json, options.Fields, one);
            json.EndObject();
            context.Output.EndJson();
        }

        foreach (Gap gap in GapsOf(snapshot))
        {
            context.Output.WriteJsonLine(gap, GapJson.WriteRecord);
        }
    }

    private void WriteTsv(SocketSnapshot snapshot, List<Connection> shown)
    {
        var line = new StringBuilder();
        string? stamp = options.Watch.IsOn ? snapshot.Time.ToString("O", CultureInfo.InvariantCulture) : null;
        foreach (Connection one in shown)
        {
            line.Clear().Append(stamp);
            for (int at = 0; at < options.Fields.Count; at++)
            {
                if (at > 0 || stamp is not null)
                {
                    line.Append('\t');
                }

                RecordTsv.Append(line, options.Fields[at], one);
            }

            context.Output.Write(line.Append('\n').ToString());
        }
    }
}
