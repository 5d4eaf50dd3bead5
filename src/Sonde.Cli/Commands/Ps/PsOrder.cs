using Sonde.Cli.Records;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>An order of processes. What has no value for the field comes last, and equal ones go by their ids.</summary>
/// <param name="Field">By which field; null for that of their ids.</param>
/// <param name="IsDescending">Whether the largest comes first.</param>
internal sealed record PsOrder(RecordField<ProcessRecord>? Field, bool IsDescending)
{
    /// <summary>By ids.</summary>
    internal static PsOrder ById { get; } = new(null, IsDescending: false);

    /// <summary>Understands "rss", "-rss" (the other way round); what is measured has its largest first.</summary>
    /// <returns>Null when there is no such field.</returns>
    internal static PsOrder? Parse(string text)
    {
        bool isTurned = text.StartsWith('-');
        return PsFields.All.TryFind(isTurned ? text[1..] : text, out RecordField<ProcessRecord>? field)
            ? new PsOrder(field, field.Kind is FieldKind.Bytes or FieldKind.Count or FieldKind.Real or FieldKind.Duration != isTurned)
            : null;
    }

    internal void Sort(List<ProcessRecord> processes)
    {
        if (Field is null)
        {
            return; // a snapshot is in the order of ids
        }

        var keyed = new List<(FieldValue Value, ProcessRecord Process)>(processes.Count);
        foreach (ProcessRecord process in processes)
        {
            keyed.Add((Field.Read(process), process));
        }

        keyed.Sort(Compare);
        for (int at = 0; at < keyed.Count; at++)
        {
            processes[at] = keyed[at].Process;
        }
    }

    private int Compare((FieldValue Value, ProcessRecord Process) left, (FieldValue Value, ProcessRecord Process) right)
    {
        int order;
        if (left.Value.HasValue && right.Value.HasValue)
        {
            FieldKind kind = Field!.Kind; // only called with a field
            order = kind is FieldKind.Text or FieldKind.List
                ? string.CompareOrdinal(left.Value.Format(kind), right.Value.Format(kind))
                : left.Value.AsNumber(kind).CompareTo(right.Value.AsNumber(kind));
            order = IsDescending ? -order : order;
        }
        else
        {
            order = right.Value.HasValue.CompareTo(left.Value.HasValue);
        }

        return order != 0 ? order : left.Process.Pid.CompareTo(right.Process.Pid);
    }
}
