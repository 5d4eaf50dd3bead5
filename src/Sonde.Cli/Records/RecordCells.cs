using System.Globalization;
using Sonde.Cli.Output;

namespace Sonde.Cli.Records;

/// <summary>Values of records for people.</summary>
internal static class RecordCells
{
    /// <summary>A value with its unit.</summary>
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
