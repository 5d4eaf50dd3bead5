namespace Sonde.Link;

/// <summary>Whether frames can be had here, now, by this process.</summary>
public enum FrameAccessState
{
    /// <summary>It was tried and it works.</summary>
    Available,

    /// <summary>It would work with rights that this process lacks.</summary>
    Denied,

    /// <summary>This host does not offer it.</summary>
    Unavailable,
}
