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
            ? new PsOrder(field, RecordOrder.IsMeasured(field.Kind) != isTurned)
            : null;
    }

    internal void Sort(List<ProcessRecord> processes)
    {
        if (Field is null)
        {
            return; // a snapshot is in the order of ids
        }

        RecordOrder.Sort(processes, Field, IsDescending);
    }
}
