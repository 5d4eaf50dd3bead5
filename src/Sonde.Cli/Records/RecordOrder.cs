namespace Sonde.Cli.Records;

/// <summary>Puts records in the order of a field.</summary>
internal static class RecordOrder
{
    /// <summary>Whether the largest comes first when nobody says otherwise.</summary>
    internal static bool IsMeasured(FieldKind kind) => kind is FieldKind.Bytes or FieldKind.Count or FieldKind.Real or FieldKind.Duration;

    /// <summary>Sorts; what has no value comes last, and equal ones stay in their order.</summary>
    internal static void Sort<T>(List<T> records, RecordField<T> field, bool isDescending)
    {
        var keyed = new List<(FieldValue Value, int Place, T Record)>(records.Count);
        foreach (T record in records)
        {
            keyed.Add((field.Read(record), keyed.Count, record));
        }

        keyed.Sort((left, right) => Compare(left.Value, right.Value, field.Kind, isDescending) is var order && order != 0 ? order : left.Place.CompareTo(right.Place));
        for (int at = 0; at < keyed.Count; at++)
        {
            records[at] = keyed[at].Record;
        }
    }

    private static int Compare(FieldValue left, FieldValue right, FieldKind kind, bool isDescending)
    {
        if (!left.HasValue || !right.HasValue)
        {
            return right.HasValue.CompareTo(left.HasValue);
        }

        int order = kind is FieldKind.Text or FieldKind.List
            ? string.CompareOrdinal(left.Format(kind), right.Format(kind))
            : left.AsNumber(kind).CompareTo(right.AsNumber(kind));
        return isDescending ? -order : order;
    }
}
