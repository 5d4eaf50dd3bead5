namespace Sonde.Tun;

/// <summary>Whether a way to TUN devices can serve on this host, now, for this process.</summary>
public enum TunAccessState
{
    /// <summary>It was tried and it works.</summary>
    Available,

    /// <summary>It would work with rights that this process lacks.</summary>
    Denied,

    /// <summary>This host does not offer it.</summary>
    Unavailable,
}
