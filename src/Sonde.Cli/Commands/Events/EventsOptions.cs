using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Events;

namespace Sonde.Cli.Commands.Events;

/// <summary>What `sonde events` was asked for, understood and complete.</summary>
/// <param name="Format">How to print.</param>
/// <param name="Fields">Which fields, in order; null for those that each kind of event has.</param>
/// <param name="Filter">Which events; null for all.</param>
/// <param name="Source">Who tells.</param>
/// <param name="Duration">After how long it ends; null for never.</param>
/// <param name="Count">After how many events it ends; null for never.</param>
/// <param name="Interval">Between two readings of the table, where it is read.</param>
/// <param name="ShowSecrets">Whether nothing is masked.</param>
internal sealed record EventsOptions(
    OutputFormat Format,
    IReadOnlyList<RecordField<ProcessEvent>>? Fields,
    RecordFilter<ProcessEvent>? Filter,
    ProcessEventSourceKind Source,
    TimeSpan? Duration,
    long? Count,
    TimeSpan Interval,
    bool ShowSecrets)
{
    /// <summary>What has to be read of each process for all that.</summary>
    internal ProcessFields Needs
    {
        get
        {
            ulong needs = 0;
            foreach (RecordField<ProcessEvent> used in (Fields ?? EventFields.All.All).Concat(Filter?.Fields ?? []))
            {
                needs |= used.Needs;
            }

            return (ProcessFields)needs;
        }
    }

    /// <summary>Whether an event is one of those asked for. What is said of the stream itself is always shown: a filter must not hide that something is missing.</summary>
    internal bool Shows(ProcessEvent one) => IsAboutStream(one) || Filter is null || Filter.Fits(one);

    /// <summary>Whether it tells of the stream, not of a process.</summary>
    internal static bool IsAboutStream(ProcessEvent one) => one.Kind is ProcessEventKind.Lost or ProcessEventKind.Resynced;
}
