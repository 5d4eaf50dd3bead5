using System.Globalization;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;

namespace Sonde.Cli.Commands.Connections;

/// <summary>Connections for people: a pure function of records and a screen.</summary>
internal static class ConnectionTable
{
    // What a line is about always stays; of the others the last asked for go first.
    private static readonly string[] s_kept = ["local", "remote", "process"];

    internal static string Draw(IReadOnlyList<Connection> connections, ConnectionOptions options, Screen screen, TimeZoneInfo zone) => TextTable.Draw(
        [.. options.Fields.Select(static (field, at) => new TableColumn(HeaderOf(field), s_kept.Contains(field.Name) ? 0 : at + 1, field.IsNumber))],
        [.. connections.Select(one => options.Fields.Select(field => Cell(field, one, zone)).ToArray())],
        screen.Width,
        screen.Style);

    private static string HeaderOf(RecordField<Connection> field) => field.Name switch
    {
        "protocol" => "PROTO",
        "direction" => "DIR",
        "bytes_sent" => "SENT",
        "bytes_received" => "RECEIVED",
        "rtt_ms" => "RTT",
        "retransmits" => "RETRANS",
        "receive_queue" => "RECV-Q",
        "send_queue" => "SEND-Q",
        _ => field.Header,
    };

    // A value with its unit; empty for none, "(denied)" and the like for what could not be read.
    private static string Cell(RecordField<Connection> field, Connection one, TimeZoneInfo zone)
    {
        FieldValue value = field.Read(one);
        if (!value.HasValue)
        {
            return value.Status is ReadingStatus.None or ReadingStatus.NotCollected or ReadingStatus.Unsupported ? string.Empty : $"({Reading.Describe(value.Status, null)})";
        }

        return field.Name.EndsWith("_ms", StringComparison.Ordinal) ? Milliseconds(value.Real)
            : field.Name.EndsWith("_rate", StringComparison.Ordinal) ? Units.BytesPerSecond(value.Integer)
            : field.Name is "direction" or "timer" && value.Text is "unknown" or "none" ? string.Empty
            : field.Kind == FieldKind.Time ? TimeOf(value, zone)
            : RecordCells.Of(value, field.Kind, zone);
    }

    private static string Milliseconds(double value) => value switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{value:0.000} ms"),
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{value:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0} s"),
    };

    private static string TimeOf(FieldValue value, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(new DateTimeOffset(value.Integer, TimeSpan.Zero), zone).ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
