using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>What `sonde ps` was asked for, understood and complete.</summary>
/// <param name="Format">How to print.</param>
/// <param name="Fields">Which fields, in order.</param>
/// <param name="Filter">Which processes; null for all.</param>
/// <param name="Order">In which order.</param>
/// <param name="Pids">Only these; empty for all.</param>
/// <param name="IsTree">Whether children stand below their parents.</param>
/// <param name="IsCard">Whether everything about one process is to be shown.</param>
/// <param name="Engine">Who reads.</param>
/// <param name="ShowSecrets">Whether nothing is masked.</param>
/// <param name="UseDebugPrivilege">Whether processes of other users are opened by a privilege of Windows.</param>
/// <param name="Watch">How to watch.</param>
internal sealed record PsOptions(
    OutputFormat Format,
    IReadOnlyList<RecordField<ProcessRecord>> Fields,
    RecordFilter<ProcessRecord>? Filter,
    PsOrder Order,
    IReadOnlyList<int> Pids,
    bool IsTree,
    bool IsCard,
    ProcessEngineKind Engine,
    bool ShowSecrets,
    bool UseDebugPrivilege,
    WatchOptions Watch)
{
    /// <summary>What has to be collected for all that.</summary>
    internal ProcessFields Needs
    {
        get
        {
            ulong needs = (ulong)ProcessFields.Core | (Order.Field?.Needs ?? 0);
            foreach (RecordField<ProcessRecord> used in Fields.Concat(Filter?.Fields ?? []))
            {
                needs |= used.Needs;
            }

            return (ProcessFields)needs;
        }
    }

    /// <summary>Whether a rate was asked for, which needs two readings.</summary>
    internal bool NeedsRate => Fields.Concat(Filter?.Fields ?? []).Append(Order.Field).Any(static used => used?.Name == "cpu_percent");

    /// <summary>Whether a process is one of those asked for.</summary>
    internal bool Shows(ProcessRecord process) => (Pids.Count == 0 || Pids.Contains(process.Pid)) && (Filter is null || Filter.Fits(process));
}
