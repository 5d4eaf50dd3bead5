using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Traffic;

namespace Sonde.Cli.Commands.Snapshot;

/// <summary>What `sonde snapshot` was asked for, understood and complete.</summary>
/// <param name="Format">How to print.</param>
/// <param name="IsDetailed">Whether JSON is to hold everything.</param>
/// <param name="Duration">How long to count.</param>
/// <param name="IsFollowing">Whether to print again and again.</param>
/// <param name="Count">How often to print; null for no end.</param>
/// <param name="Group">What a row stands for.</param>
/// <param name="Sort">By which field; text the smallest first, all else the largest.</param>
/// <param name="IsTurned">Whether the order is the other way round.</param>
/// <param name="Filter">Which rows; null for all.</param>
/// <param name="Word">What the name of a row, or a text about its process, must contain; null for anything.</param>
/// <param name="Top">How many rows at most; null for all.</param>
/// <param name="Monitor">What the monitor is to do.</param>
internal sealed record SnapshotOptions(
    OutputFormat Format,
    bool IsDetailed,
    TimeSpan Duration,
    bool IsFollowing,
    int? Count,
    SnapshotGroup Group,
    RecordField<TrafficRow> Sort,
    bool IsTurned,
    RecordFilter<TrafficRow>? Filter,
    string? Word,
    int? Top,
    TrafficOptions Monitor)
{
    /// <summary>The rows of a snapshot that were asked for, in their order.</summary>
    internal List<TrafficRow> Choose(TrafficSnapshot snapshot)
    {
        List<TrafficRow> rows = TrafficRows.Of(snapshot, Group).FindAll(Shows);
        rows.Sort(Compare);
        if (Top is { } top && rows.Count > top)
        {
            rows.RemoveRange(top, rows.Count - top);
        }

        return rows;
    }

    private bool Shows(TrafficRow row) =>
        (Filter is null || Filter.Fits(row))
        && (Word is null || row.Name.Contains(Word, StringComparison.OrdinalIgnoreCase));

    // What has no value for the field comes last, and equal ones go by traffic.
    private int Compare(TrafficRow left, TrafficRow right)
    {
        FieldValue one = Sort.Read(left);
        FieldValue other = Sort.Read(right);
        int order;
        if (one.HasValue && other.HasValue)
        {
            bool isText = Sort.Kind == FieldKind.Text;
            order = isText ? string.CompareOrdinal(one.Text, other.Text) : one.AsNumber(Sort.Kind).CompareTo(other.AsNumber(Sort.Kind));

            // Names and ids have their smallest first, what is measured its largest.
            bool isAscending = (isText || Sort.Kind == FieldKind.Number) != IsTurned;
            order = isAscending ? order : -order;
        }
        else
        {
            order = other.HasValue.CompareTo(one.HasValue);
        }

        return order != 0 ? order : right.Counters.Bytes.CompareTo(left.Counters.Bytes);
    }
}
