namespace Sonde.Host.Services;

/// <summary>What a service does now. The system's own word stands beside it in <see cref="ServiceRecord.StateName"/>.</summary>
public enum ServiceState
{
    /// <summary>It does not run.</summary>
    Stopped = 0,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It did what it is there for and has no process now: a mounted file system, a finished start script.</summary>
    Active,

    /// <summary>launchd knows it and starts it when it is needed.</summary>
    Waiting,

    /// <summary>It is being started.</summary>
    Starting,

    /// <summary>It is being stopped.</summary>
    Stopping,

    /// <summary>It reads its configuration again.</summary>
    Reloading,

    /// <summary>It was told to pause.</summary>
    Paused,

    /// <summary>It ended with an error, or could not be started.</summary>
    Failed,
}
