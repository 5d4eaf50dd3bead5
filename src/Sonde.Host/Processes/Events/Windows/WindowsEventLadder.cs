using System.Runtime.Versioning;
using Sonde.Interop.Windows.Etw;

namespace Sonde.Host.Processes.Events.Windows;

/// <summary>Windows: the kernel's trace of processes, and readings of the table where it is refused.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsEventLadder : ProcessEventLadder
{
    internal const string Trace = "etw";
    private const string Provides = "every start and end as it happens, with exit code; what was lost is counted and found again";
    private static readonly string[] s_rights = ["Administrator", "Performance Log Users"];

    private protected override IReadOnlyList<ProcessEventRung> Rungs { get; } =
        [new ProcessEventRung(ProcessEventSourceKind.EventTrace, Trace, OpenTrace, CheckTrace), SnapshotEventLadder.Rung];

    private static WindowsTraceSource OpenTrace(ProcessEventOptions options, IReadOnlyList<Gap> gaps)
    {
        WindowsEventReader? reader = null;
        ProcessCollector? collector = null;
        try
        {
            collector = ProcessCollector.Create(options.ForCollector());
            reader = new WindowsEventReader(options);
            return new WindowsTraceSource(options, reader, collector, gaps);
        }
        catch (HostException)
        {
            reader?.Dispose();
            collector?.Dispose();
            throw;
        }
    }

    private static BackendStatus CheckTrace()
    {
        try
        {
            using var intake = new TraceIntake();
            using EtwSession trace = WindowsTraceSource.Begin(intake);
            return new BackendStatus(ProcessEventSource.Part, Trace, BackendState.Available, Provides, "StartTrace");
        }
        catch (HostException refused)
        {
            return BackendStatus.From(ProcessEventSource.Part, Trace, Provides, refused, refused.Failure == HostFailure.AccessDenied ? s_rights : []);
        }
    }
}
