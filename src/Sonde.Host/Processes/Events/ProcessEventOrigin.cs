namespace Sonde.Host.Processes.Events;

/// <summary>Who noticed an event.</summary>
public enum ProcessEventOrigin
{
    /// <summary>The system told of it as it happened.</summary>
    Stream = 0,

    /// <summary>It was found by comparing two readings of the process table: it happened between them, and its time is that of the later one.</summary>
    Comparison,
}
