using Sonde.Cli.Output;
using Sonde.Host;

namespace Sonde.Cli.Records;

/// <summary>Writes the fields of records as JSON properties: a value, or null with its reason beside it.</summary>
internal sealed class RecordJson
{
    // Reasons repeat from record to record: "denied: …" is put together once. Whoever is watched may make ever new ones.
    private const int MaxReasons = 4096;
    private readonly Dictionary<(ReadingStatus, string?), string> _reasons = [];

    internal void WriteFields<T>(JsonText json, IReadOnlyList<RecordField<T>> fields, T record)
    {
        foreach (RecordField<T> field in fields)
        {
            FieldValue value = field.Read(record);
            if (!value.HasValue)
            {
                json.Name(field.JsonName);
                json.Null();
                json.Property(field.JsonReasonName, ReasonOf(value));
                continue;
            }

            switch (field.Kind)
            {
                case FieldKind.Text:
                    json.Property(field.JsonName, value.Text);
                    break;
                case FieldKind.Real:
                    json.Property(field.JsonName, Math.Round(value.Real, 3));
                    break;
                case FieldKind.Boolean:
                    json.Property(field.JsonName, value.Integer != 0);
                    break;
                case FieldKind.Time:
                    json.Property(field.JsonName, new DateTimeOffset(value.Integer, TimeSpan.Zero));
                    break;
                case FieldKind.Duration:
                    json.Property(field.JsonName, value.Integer / (double)TimeSpan.TicksPerSecond);
                    break;
                case FieldKind.List:
                    json.BeginArray(field.JsonName);
                    foreach (string item in value.List)
                    {
                        json.Value(item);
                    }

                    json.EndArray();
                    break;
                default:
                    json.Property(field.JsonName, value.Integer);
                    break;
            }
        }
    }

    private string ReasonOf(FieldValue value)
    {
        if (!_reasons.TryGetValue((value.Status, value.Reason), out string? text))
        {
            if (_reasons.Count >= MaxReasons)
            {
                _reasons.Clear();
            }

            text = Reading.Describe(value.Status, value.Reason);
            _reasons.Add((value.Status, value.Reason), text);
        }

        return text;
    }
}
