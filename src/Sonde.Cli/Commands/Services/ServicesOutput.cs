using System.Globalization;
using System.Text;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Services;

namespace Sonde.Cli.Commands.Services;

/// <summary>Prints services in the format that was asked for.</summary>
internal static class ServicesOutput
{
    internal static void Print(CommandContext context, ServiceSnapshot snapshot, IReadOnlyList<ServiceRecord> shown, ServicesOptions options)
    {
        CommandOutput output = context.Output;
        IReadOnlyList<RecordField<ServiceRecord>> fields = options.Fields ?? ServiceFields.All.All;
        switch (options.Format)
        {
            case OutputFormat.Json:
                WriteDocument(output, snapshot, shown, fields);
                break;
            case OutputFormat.Ndjson:
                WriteLines(output, snapshot, shown, fields);
                break;
            case OutputFormat.Tsv:
                WriteTsv(output, shown, fields);
                GapLines.Write(snapshot.Gaps, Console.Error.Write);
                break;
            default:
                output.Write(options.Names.Count == 1 && shown.Count == 1 && options.Fields is null
                    ? ServicesTable.Card(shown[0], output.Screen, context.Time.LocalTimeZone)
                    : Pretty(snapshot, shown, options, output.Screen, context.Time.LocalTimeZone));
                GapLines.Write(snapshot.Gaps, output.Write);
                break;
        }
    }

    /// <summary>The table, and how many it leaves out.</summary>
    internal static string Pretty(ServiceSnapshot snapshot, IReadOnlyList<ServiceRecord> shown, ServicesOptions options, Screen screen, TimeZoneInfo zone)
    {
        string table = shown.Count == 0 ? "No service fits.\n"
            : options.Fields is { } fields ? ServicesTable.Draw(shown, fields, screen, zone)
            : ServicesTable.Draw(shown, screen, zone);
        int hidden = snapshot.Services.Count - shown.Count;
        return hidden > 0 && options.Filter is null && options.Names.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{table}{hidden} more do not run or are no services; to see them: sonde services --all\n")
            : table;
    }

    private static void WriteDocument(CommandOutput output, ServiceSnapshot snapshot, IReadOnlyList<ServiceRecord> shown, IReadOnlyList<RecordField<ServiceRecord>> fields)
    {
        var records = new RecordJson();
        JsonText json = output.BeginJson(isLine: false);
        json.BeginObject();
        json.Property("backend"u8, snapshot.Backend);
        json.Property("count"u8, shown.Count);
        json.BeginArray("services"u8);
        foreach (ServiceRecord service in shown)
        {
            json.BeginObject();
            records.WriteFields(json, fields, service);
            json.EndObject();
            output.ContinueJson();
        }

        json.EndArray();
        GapJson.WriteArray(json, "gaps"u8, snapshot.Gaps);
        json.EndObject();
        output.EndJson();
    }

    private static void WriteLines(CommandOutput output, ServiceSnapshot snapshot, IReadOnlyList<ServiceRecord> shown, IReadOnlyList<RecordField<ServiceRecord>> fields)
    {
        var records = new RecordJson();
        foreach (ServiceRecord service in shown)
        {
            JsonText json = output.BeginJson(isLine: true);
            json.BeginObject();
            json.Property("type"u8, "service"u8);
            records.WriteFields(json, fields, service);
            json.EndObject();
            output.EndJson();
        }

        foreach (Gap gap in snapshot.Gaps)
        {
            output.WriteJsonLine(gap, GapJson.WriteRecord);
        }
    }

    private static void WriteTsv(CommandOutput output, IReadOnlyList<ServiceRecord> shown, IReadOnlyList<RecordField<ServiceRecord>> fields)
    {
        output.WriteTsv(fields.Select(static field => field.Name));
        var line = new StringBuilder();
        foreach (ServiceRecord service in shown)
        {
            line.Clear();
            foreach (RecordField<ServiceRecord> field in fields)
            {
                if (line.Length > 0)
                {
                    line.Append('\t');
                }

                RecordTsv.Append(line, field, service);
            }

            output.Write(line.Append('\n').ToString());
        }
    }
}
