namespace Sonde.Host.Interfaces;

/// <summary>How far an address is valid.</summary>
public enum AddressScope
{
    /// <summary>Everywhere.</summary>
    Global = 0,

    /// <summary>Within a site (deprecated by RFC 3879).</summary>
    Site,

    /// <summary>On this link only.</summary>
    Link,

    /// <summary>Inside this host only.</summary>
    Host,

    /// <summary>Nowhere: the address exists but is not to be used.</summary>
    Nowhere,

    /// <summary>A scope of the administrator's own; <see cref="InterfaceAddress.ScopeId"/> has its number.</summary>
    Custom,

    /// <summary>The backend cannot tell; a gap of the snapshot says why.</summary>
    Unknown,
}
