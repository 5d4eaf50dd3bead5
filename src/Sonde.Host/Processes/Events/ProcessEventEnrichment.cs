namespace Sonde.Host.Processes.Events;

/// <summary>How much of what was wanted of a process could be read when the event came.</summary>
public enum ProcessEventEnrichment
{
    /// <summary>Nothing: the process had ended before it could be looked at. What the event itself says is there.</summary>
    None = 0,

    /// <summary>Some of it; the rest has its reasons.</summary>
    Partial,

    /// <summary>All that was asked for.</summary>
    Full,
}
