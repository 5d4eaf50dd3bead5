using System.ComponentModel;
using Sonde.Host.Processes.Events;

namespace Sonde.Cli.Commands.Events;

/// <summary>The words of the enums of an event; written out, because asking an enum for its own names costs milliseconds at the first time.</summary>
internal static class EventWords
{
    internal static string Of(ProcessEventKind value) => value switch
    {
        ProcessEventKind.Started => "started",
        ProcessEventKind.Executed => "executed",
        ProcessEventKind.CredentialsChanged => "credentials",
        ProcessEventKind.Exited => "exited",
        ProcessEventKind.Lost => "lost",
        ProcessEventKind.Resynced => "resynced",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(ProcessEventKind)),
    };

    internal static string Of(ProcessEventOrigin value) => value switch
    {
        ProcessEventOrigin.Stream => "stream",
        ProcessEventOrigin.Comparison => "comparison",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(ProcessEventOrigin)),
    };

    internal static string Of(ProcessEventEnrichment value) => value switch
    {
        ProcessEventEnrichment.None => "none",
        ProcessEventEnrichment.Partial => "partial",
        ProcessEventEnrichment.Full => "full",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(ProcessEventEnrichment)),
    };

    internal static string Of(ProcessEventSourceKind value) => value switch
    {
        ProcessEventSourceKind.Automatic => "auto",
        ProcessEventSourceKind.Connector => "connector",
        ProcessEventSourceKind.KernelQueue => "kernel_queue",
        ProcessEventSourceKind.EventTrace => "etw",
        ProcessEventSourceKind.Snapshots => "snapshots",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(ProcessEventSourceKind)),
    };
}
