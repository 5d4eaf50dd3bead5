using System.Globalization;
using System.Text;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Systems;

namespace Sonde.Cli.Commands.HostFacts;

/// <summary>Prints what is known about a host.</summary>
internal static class HostOutput
{
    internal static void Print(CommandContext context, HostRecord host, HostLoad load, OutputFormat format, bool isAll)
    {
        CommandOutput output = context.Output;
        switch (format)
        {
            case OutputFormat.Json:
            case OutputFormat.Ndjson:
                JsonText json = output.BeginJson(isLine: format == OutputFormat.Ndjson);
                Write(json, host, load, isRecord: format == OutputFormat.Ndjson);
                output.EndJson();
                break;
            case OutputFormat.Tsv:
                WriteTsv(output, host, load);
                break;
            default:
                output.Write(Pretty(host, load, output.Screen, context.Time.LocalTimeZone, isAll));
                break;
        }
    }

    /// <summary>Everything for people: what this system does not have only when it is asked for.</summary>
    internal static string Pretty(HostRecord host, HostLoad load, Screen screen, TimeZoneInfo zone, bool isAll)
    {
        var text = new StringBuilder();
        int hidden = AppendGroup(text, "system", HostFields.System, host, screen, zone, isAll)
            + AppendGroup(text, "hardware", HostFields.Hardware, host, screen, zone, isAll)
            + AppendGroup(text, "security", HostFields.Security, host, screen, zone, isAll)
            + AppendList(text, "security products", HostFields.Product, host.SecurityProducts, screen, zone, isAll)
            + AppendGroup(text, "load", HostFields.Load, load, screen, zone, isAll)
            + AppendList(text, "updates", HostFields.Update, host.Updates, screen, zone, isAll);
        if (hidden > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{hidden} more are not told here; to see why: sonde host --all\n");
        }

        return text.ToString();
    }

    private static int AppendGroup<T>(StringBuilder text, string name, RecordField<T>[] fields, T record, Screen screen, TimeZoneInfo zone, bool isAll)
    {
        int hidden = 0;
        int width = HostWidth();
        text.Append(screen.Style.Heading(name.ToUpperInvariant())).Append('\n');
        foreach (RecordField<T> field in fields)
        {
            FieldValue value = field.Read(record);
            if (value.Status == ReadingStatus.Unsupported && !isAll)
            {
                hidden++;
                continue;
            }

            text.Append("  ").Append(field.Name).Append(' ', width - field.Name.Length + 2).Append(
                value.HasValue ? SafeText.OneLine(CellOf(field, value, zone)) : screen.Style.Faint(SafeText.OneLine(Reading.Describe(value.Status, value.Reason)))).Append('\n');
        }

        text.Append('\n');
        return hidden;
    }

    private static int AppendList<T>(StringBuilder text, string name, RecordField<T>[] fields, Reading<IReadOnlyList<T>> list, Screen screen, TimeZoneInfo zone, bool isAll)
    {
        if (list.Status == ReadingStatus.Unsupported && !isAll)
        {
            return 1;
        }

        text.Append(screen.Style.Heading(name.ToUpperInvariant())).Append('\n');
        if (!list.HasValue)
        {
            text.Append("  ").Append(screen.Style.Faint(SafeText.OneLine(Reading.Describe(list.Status, list.Reason)))).Append("\n\n");
            return 0;
        }

        TableColumn[] columns = [.. fields.Select(static field => new TableColumn(field.Header, 1))];
        text.Append(TextTable.Draw(
            columns,
            [.. list.Value.Select(row => Array.ConvertAll(fields, field =>
            {
                FieldValue value = field.Read(row);
                return value.HasValue ? SafeText.OneLine(CellOf(field, value, zone)) : string.Empty;
            }))],
            screen.Width,
            screen.Style)).Append('\n');
        return 0;
    }

    private static string CellOf<T>(RecordField<T> field, FieldValue value, TimeZoneInfo zone) =>
        field.Name.EndsWith("_bytes_per_second", StringComparison.Ordinal) ? Units.BytesPerSecond(value.Real) : RecordCells.Of(value, field.Kind, zone);

    private static int HostWidth() =>
        Math.Max(
            HostFields.System.Concat(HostFields.Hardware).Concat(HostFields.Security).Max(static field => field.Name.Length),
            HostFields.Load.Max(static field => field.Name.Length));

    private static void Write(JsonText json, HostRecord host, HostLoad load, bool isRecord)
    {
        var records = new RecordJson();
        json.BeginObject();
        if (isRecord)
        {
            json.Property("type"u8, "host"u8);
        }

        WriteGroup(json, records, "system"u8, HostFields.System, host);
        WriteGroup(json, records, "hardware"u8, HostFields.Hardware, host);
        WriteGroup(json, records, "security"u8, HostFields.Security, host);
        WriteList(json, records, "security_products"u8, HostFields.Product, host.SecurityProducts);
        WriteList(json, records, "updates"u8, HostFields.Update, host.Updates);
        WriteGroup(json, records, "load"u8, HostFields.Load, load);
        json.EndObject();
    }

    private static void WriteGroup<T>(JsonText json, RecordJson records, ReadOnlySpan<byte> name, RecordField<T>[] fields, T record)
    {
        json.BeginObject(name);
        records.WriteFields(json, fields, record);
        json.EndObject();
    }

    private static void WriteList<T>(JsonText json, RecordJson records, ReadOnlySpan<byte> name, RecordField<T>[] fields, Reading<IReadOnlyList<T>> list)
    {
        if (!json.Holds(name, list))
        {
            return;
        }

        json.BeginArray();
        foreach (T record in list.Value)
        {
            json.BeginObject();
            records.WriteFields(json, fields, record);
            json.EndObject();
        }

        json.EndArray();
    }

    // A line a fact: group, name, value. Lists are for JSON.
    private static void WriteTsv(CommandOutput output, HostRecord host, HostLoad load)
    {
        output.WriteTsv(["group", "field", "value"]);
        var line = new StringBuilder();
        Append(line, "system", HostFields.System, host);
        Append(line, "hardware", HostFields.Hardware, host);
        Append(line, "security", HostFields.Security, host);
        Append(line, "load", HostFields.Load, load);
        output.Write(line.ToString());
    }

    private static void Append<T>(StringBuilder line, string group, RecordField<T>[] fields, T record)
    {
        foreach (RecordField<T> field in fields)
        {
            line.Append(group).Append('\t').Append(field.Name).Append('\t');
            RecordTsv.Append(line, field, record);
            line.Append('\n');
        }
    }
}
