using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.Events.MacOS;

/// <summary>macOS: a kernel queue beside readings of the table, then readings alone. The better source, Endpoint Security, serves only programs that Apple has signed for it.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSEventLadder : ProcessEventLadder
{
    private const string Queue = "kqueue";
    private const string Provides = "ends and executions as they happen, with the exit code of one's own processes; starts soon after, when the table shows them";

    private protected override IReadOnlyList<ProcessEventRung> Rungs { get; } =
        [new ProcessEventRung(ProcessEventSourceKind.KernelQueue, Queue, OpenQueue, CheckQueue), SnapshotEventLadder.Rung];

    private static MacOSQueueSource OpenQueue(ProcessEventOptions options, IReadOnlyList<Gap> gaps)
    {
        ProcessQueue queue = Try();
        ProcessCollector? collector = null;
        try
        {
            collector = ProcessCollector.Create(options.ForCollector());
            return Over(options, queue, collector, gaps);
        }
        catch (HostException)
        {
            collector?.Dispose();
            queue.Dispose();
            throw;
        }
    }

    /// <summary>The source over a queue and a collector.</summary>
    internal static MacOSQueueSource Over(ProcessEventOptions options, ProcessQueue queue, ProcessCollector collector, IReadOnlyList<Gap> gaps) => new(
        options,
        queue,
        collector,
        [.. gaps, new Gap("short-lived processes", ReadingStatus.Unsupported, "macOS tells that a process forked and not whom: a child that ends before the table is read, some hundredths of a second later, is not seen")]);

    private static ProcessQueue Try()
    {
        try
        {
            return ProcessQueue.Open();
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    private static BackendStatus CheckQueue()
    {
        try
        {
            using ProcessQueue queue = Try();
            return new BackendStatus(ProcessEventSource.Part, Queue, BackendState.Available, Provides, "kqueue");
        }
        catch (HostException refused)
        {
            return BackendStatus.From(ProcessEventSource.Part, Queue, Provides, refused);
        }
    }
}
