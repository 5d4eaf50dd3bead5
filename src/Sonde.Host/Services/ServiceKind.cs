namespace Sonde.Host.Services;

/// <summary>What kind of thing a service manager looks after.</summary>
public enum ServiceKind
{
    /// <summary>A kind of the system's own; its word is <see cref="ServiceRecord.KindName"/>.</summary>
    Other = 0,

    /// <summary>A program that runs for the whole host: a systemd service, a launchd daemon, a Windows service.</summary>
    Service,

    /// <summary>A program that runs for each user who is logged on: a launchd agent, a Windows user service.</summary>
    Agent,

    /// <summary>A driver of Windows.</summary>
    Driver,

    /// <summary>systemd listens and starts a service on the first connection.</summary>
    Socket,

    /// <summary>systemd starts a service at certain times.</summary>
    Timer,

    /// <summary>systemd starts a service when a file changes.</summary>
    Path,

    /// <summary>A file system that systemd mounts, or mounts when it is needed.</summary>
    Mount,

    /// <summary>Memory on disk that systemd switches on.</summary>
    Swap,

    /// <summary>A group of systemd units: a stage of the start.</summary>
    Target,

    /// <summary>A control group of systemd that divides resources.</summary>
    Slice,

    /// <summary>Processes that systemd watches and did not start: a login, a container.</summary>
    Scope,

    /// <summary>A device that systemd waits for.</summary>
    Device,
}
