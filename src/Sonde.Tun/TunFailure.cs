namespace Sonde.Tun;

/// <summary>What kind of refusal a <see cref="TunException"/> reports: the part of it to branch on.</summary>
public enum TunFailure
{
    /// <summary>The system failed in a way of its own; see the native error.</summary>
    System = 0,

    /// <summary>This process lacks a right.</summary>
    AccessDenied,

    /// <summary>There is no device, address, route or driver of that name.</summary>
    NotFound,

    /// <summary>This system cannot do it at all: no TUN driver, no Wintun, IPv6 switched off.</summary>
    Unavailable,

    /// <summary>The device exists and somebody else holds it, or holds it in another form.</summary>
    Busy,

    /// <summary>A device, address or route of that name exists and is not what was asked for.</summary>
    AlreadyExists,

    /// <summary>The name, address, MTU or route is none that the system could accept.</summary>
    Invalid,

    /// <summary>The device was deleted, or its driver ended the session.</summary>
    Gone,

    /// <summary>The driver's ring holds bytes that cannot be packets.</summary>
    Corrupt,

    /// <summary>The system did not answer in time.</summary>
    TimedOut,
}
