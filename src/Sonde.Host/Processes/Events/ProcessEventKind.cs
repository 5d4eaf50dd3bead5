namespace Sonde.Host.Processes.Events;

/// <summary>What happened.</summary>
public enum ProcessEventKind
{
    /// <summary>A process started: it was forked, or created.</summary>
    Started = 0,

    /// <summary>A process executed another program; its id stays.</summary>
    Executed,

    /// <summary>A process changed its user or group ids.</summary>
    CredentialsChanged,

    /// <summary>A process ended.</summary>
    Exited,

    /// <summary>Events were missed: how many is in <see cref="ProcessEvent.LostCount"/>, why in <see cref="ProcessEvent.Reason"/>.</summary>
    Lost,

    /// <summary>The table of processes was read anew and compared with what the events had told; what they had not stands before this, marked as found.</summary>
    Resynced,
}
