namespace Sonde.Host;

/// <summary>What kind of refusal a <see cref="HostException"/> reports: the part of it to branch on.</summary>
public enum HostFailure
{
    /// <summary>The system failed in a way of its own; see the native error.</summary>
    System = 0,

    /// <summary>This process lacks a right.</summary>
    AccessDenied,

    /// <summary>The object named does not exist.</summary>
    NotFound,

    /// <summary>No way to ask is usable on this system.</summary>
    Unavailable,
}
