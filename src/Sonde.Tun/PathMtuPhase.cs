namespace Sonde.Tun;

/// <summary>Where a <see cref="PathMtuDiscovery"/> stands (RFC 8899, section 5.2).</summary>
public enum PathMtuPhase
{
    /// <summary>It is not yet known whether the base size gets through.</summary>
    Base = 0,

    /// <summary>Larger sizes are being tried.</summary>
    Searching,

    /// <summary>The answer is known, until the next look.</summary>
    Complete,

    /// <summary>Not even the base size gets through; it is tried again.</summary>
    Unreachable,
}
