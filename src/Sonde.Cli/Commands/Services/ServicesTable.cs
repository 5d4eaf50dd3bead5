using System.Globalization;
using System.Text;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Services;

namespace Sonde.Cli.Commands.Services;

/// <summary>Services for people: pure functions of records and a screen.</summary>
internal static class ServicesTable
{
    private static readonly TableColumn[] s_columns =
    [
        new("NAME"), new("STATE"), new("START", 4), new("PID", 1, IsNumber: true), new("PROCESS", 5), new("USER", 3), new("SINCE", 6), new("DESCRIPTION", 2),
    ];

    /// <summary>A line a service.</summary>
    internal static string Draw(IReadOnlyList<ServiceRecord> services, Screen screen, TimeZoneInfo zone) =>
        TextTable.Draw(s_columns, [.. services.Select(service => Row(service, zone))], screen.Width, screen.Style);

    /// <summary>A line a service, with the columns that were asked for.</summary>
    internal static string Draw(IReadOnlyList<ServiceRecord> services, IReadOnlyList<RecordField<ServiceRecord>> fields, Screen screen, TimeZoneInfo zone) => TextTable.Draw(
        [.. fields.Select(static (field, at) => new TableColumn(field.Header, at, field.IsNumber))],
        [.. services.Select(service => fields.Select(field =>
        {
            FieldValue value = field.Read(service);
            return value.HasValue ? SafeText.OneLine(RecordCells.Of(value, field.Kind, zone))
                : value.Status is ReadingStatus.None or ReadingStatus.NotCollected or ReadingStatus.Unsupported ? string.Empty
                : $"({Reading.Describe(value.Status, null)})";
        }).ToArray())],
        screen.Width,
        screen.Style);

    /// <summary>Everything known about one service, and the reason beside what is not.</summary>
    internal static string Card(ServiceRecord service, Screen screen, TimeZoneInfo zone)
    {
        var text = new StringBuilder();
        int width = ServiceFields.All.All.Max(static field => field.Name.Length);
        foreach (RecordField<ServiceRecord> field in ServiceFields.All.All)
        {
            FieldValue value = field.Read(service);
            text.Append(screen.Style.Heading(field.Name)).Append(' ', width - field.Name.Length + 2).Append(
                value.HasValue
                    ? SafeText.OneLine(RecordCells.Of(value, field.Kind, zone))
                    : screen.Style.Faint(SafeText.OneLine(Reading.Describe(value.Status, value.Reason)))).Append('\n');
        }

        return text.ToString();
    }

    // A description of two lines is still one row.
    private static string[] Row(ServiceRecord service, TimeZoneInfo zone)
    {
        string[] cells =
        [
            service.Name,
            ServiceWords.StateOf(service),
            Cell(service.StartName),
            Cell(service.ProcessId.Select(static pid => pid.ToString(CultureInfo.InvariantCulture))),
            Cell(service.ProcessName),
            Cell(service.User),
            Cell(service.Since.Select(since => RecordCells.Of(FieldValue.Of(since.UtcTicks), FieldKind.Time, zone))),
            service.Description.HasValue ? service.Description.Value : Cell(service.DisplayName),
        ];
        return Array.ConvertAll(cells, SafeText.OneLine);
    }

    private static string Cell(Reading<string> reading) =>
        reading.HasValue ? reading.Value
        : reading.Status is ReadingStatus.None or ReadingStatus.NotCollected or ReadingStatus.Unsupported ? string.Empty
        : $"({Reading.Describe(reading.Status, null)})";
}
