namespace Sonde.Traffic.Names;

/// <summary>Where a name of a remote end comes from; the surer stand first.</summary>
public enum NameSource
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>Heard: the client of this very connection asked for it in the hello of TLS (SNI). Where that is encrypted, it is the name of the provider.</summary>
    Tls,

    /// <summary>Heard: the same, in the hello of QUIC.</summary>
    Quic,

    /// <summary>Heard: somebody here asked for this name, and was told this address.</summary>
    Dns,

    /// <summary>Heard: a host of the link says by multicast that this is its name.</summary>
    Multicast,

    /// <summary>The host's own list of names has it (/etc/hosts).</summary>
    Hosts,

    /// <summary>Asked: whoever runs the address says that this is its name (a PTR record).</summary>
    Reverse,
}
