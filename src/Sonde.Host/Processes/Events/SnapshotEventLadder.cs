namespace Sonde.Host.Processes.Events;

/// <summary>The rung that every system has which has a process table: two readings compared.</summary>
internal sealed class SnapshotEventLadder : ProcessEventLadder
{
    internal const string Name = "snapshots";
    private const string Provides = "starts and ends of processes that live longer than the time between two readings of the table; their exit code is not known";

    /// <summary>The rung, for the ladders of all systems.</summary>
    internal static ProcessEventRung Rung { get; } = new(ProcessEventSourceKind.Snapshots, Name, static (options, gaps) => SnapshotEventSource.Open(options, gaps), CheckTable);

    private protected override IReadOnlyList<ProcessEventRung> Rungs => [Rung];

    private static BackendStatus CheckTable()
    {
        try
        {
            using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core });
            collector.Collect().Dispose();
            return new BackendStatus(ProcessEventSource.Part, Name, BackendState.Available, Provides, "collect");
        }
        catch (HostException refused)
        {
            return BackendStatus.From(ProcessEventSource.Part, Name, Provides, refused);
        }
    }
}
