using System.Globalization;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>Values of processes for people.</summary>
internal static class PsCells
{
    /// <summary>A value with its unit; empty for none, "(denied)" and the like for what could not be read.</summary>
    internal static string Of(RecordField<ProcessRecord> field, ProcessRecord process, TimeZoneInfo zone)
    {
        FieldValue value = field.Read(process);
        if (value.HasValue)
        {
            return Of(value, field.Kind, zone);
        }

        // A process without a command line is known by its name, as ps shows it.
        return field.Name == "command" && value.Status is ReadingStatus.None or ReadingStatus.NotCollected ? $"[{process.Name}]"
            : value.Status is ReadingStatus.None or ReadingStatus.NotCollected or ReadingStatus.Unsupported ? string.Empty
            : $"({Reading.Describe(value.Status, null)})";
    }

    internal static string Of(FieldValue value, FieldKind kind, TimeZoneInfo zone) => kind switch
    {
        FieldKind.Bytes => Units.Bytes(value.Integer),
        FieldKind.Real => value.Real.ToString("0.0", CultureInfo.InvariantCulture),
        FieldKind.Duration => Duration(new TimeSpan(value.Integer)),
        FieldKind.Time => TimeZoneInfo.ConvertTime(new DateTimeOffset(value.Integer, TimeSpan.Zero), zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        FieldKind.Boolean => value.Integer != 0 ? "yes" : "no",
        FieldKind.List => string.Join(", ", value.List),
        _ => value.Format(kind),
    };

    private static string Duration(TimeSpan duration) => duration.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)duration.TotalHours}:{duration:mm\\:ss}")
        : string.Create(CultureInfo.InvariantCulture, $"{duration:m\\:ss\\.ff}");
}
