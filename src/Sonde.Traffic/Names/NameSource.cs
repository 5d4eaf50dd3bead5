namespace Sonde.Traffic.Names;

/// <summary>Where a name of a remote end comes from.</summary>
public enum NameSource
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>Heard: somebody here asked for this name, and was told this address.</summary>
    Dns,

    /// <summary>Heard: a host of the link says by multicast that this is its name.</summary>
    Multicast,
}
