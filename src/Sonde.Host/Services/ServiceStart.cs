namespace Sonde.Host.Services;

/// <summary>What makes a service start. The system's own word stands beside it in <see cref="ServiceRecord.StartName"/>.</summary>
public enum ServiceStart
{
    /// <summary>Somebody, or another service, has to start it: systemd's "disabled", Windows' "manual".</summary>
    Manual = 0,

    /// <summary>The loader of Windows starts it, before the kernel runs.</summary>
    Boot,

    /// <summary>The kernel of Windows starts it.</summary>
    System,

    /// <summary>It starts with the system, or with the session of a user.</summary>
    Automatic,

    /// <summary>It starts with the system, after the others.</summary>
    Delayed,

    /// <summary>It starts when something needs it: a message, a connection, a file, a time.</summary>
    OnDemand,

    /// <summary>It cannot be switched on or off by itself: others bring it with them, or it was made while the system runs.</summary>
    Dependent,

    /// <summary>It must not start: systemd's "masked", Windows' "disabled".</summary>
    Disabled,
}
