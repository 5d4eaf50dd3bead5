namespace Sonde.Host.Processes.Events;

/// <summary>Who tells of processes that start and end.</summary>
public enum ProcessEventSourceKind
{
    /// <summary>The best that works here.</summary>
    Automatic = 0,

    /// <summary>Linux: the process connector, a netlink socket of the kernel's.</summary>
    Connector,

    /// <summary>macOS: a kernel queue on every process that is known, and readings of the table for new ones.</summary>
    KernelQueue,

    /// <summary>Windows: the kernel's own trace of processes (ETW).</summary>
    EventTrace,

    /// <summary>Any system: two readings of the process table compared. What lives shorter than the time between them is not seen.</summary>
    Snapshots,
}
