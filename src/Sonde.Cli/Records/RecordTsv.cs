using System.Globalization;
using System.Text;
using Sonde.Cli.Output;
using Sonde.Host;

namespace Sonde.Cli.Records;

/// <summary>Writes the fields of records as cells of tab-separated values.</summary>
internal static class RecordTsv
{
    /// <summary>Appends a value, "-" when there is none, and "(denied)" and the like when it could not be read.</summary>
    internal static void Append<T>(StringBuilder line, RecordField<T> field, T record)
    {
        FieldValue value = field.Read(record);
        if (!value.HasValue)
        {
            line.Append(value.Status == ReadingStatus.None ? "-" : $"({Reading.Describe(value.Status, null)})");
        }
        else if (field.Kind is FieldKind.Number or FieldKind.Bytes or FieldKind.Count)
        {
            line.Append(CultureInfo.InvariantCulture, $"{value.Integer}");
        }
        else
        {
            line.Append(SafeText.TsvCell(value.Format(field.Kind)));
        }
    }
}
