namespace Sonde.Host.Interfaces;

/// <summary>What the system says about one address, beyond its value.</summary>
[Flags]
public enum AddressState
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>Came from DHCP or a router and has lifetimes; an address without this was set by hand or by the kernel for good.</summary>
    Dynamic = 1,

    /// <summary>A privacy address (RFC 8981).</summary>
    Temporary = 2,

    /// <summary>No longer used for new connections.</summary>
    Deprecated = 4,

    /// <summary>Duplicate address detection still runs.</summary>
    Tentative = 8,

    /// <summary>Duplicate address detection found another owner.</summary>
    Duplicate = 16,

    /// <summary>Not the first address of its subnet on this interface.</summary>
    Secondary = 32,

    /// <summary>The kernel makes temporary addresses from it.</summary>
    ManagesTemporary = 64,

    /// <summary>No route to the prefix was made for it.</summary>
    NoPrefixRoute = 128,

    /// <summary>Duplicate address detection is off for it.</summary>
    NoDuplicateDetection = 256,

    /// <summary>A mobile IPv6 home address.</summary>
    Home = 512,

    /// <summary>Usable while detection still runs (RFC 4429).</summary>
    Optimistic = 1024,

    /// <summary>Multicast groups are joined for it automatically.</summary>
    AutoJoin = 2048,

    /// <summary>An anycast address.</summary>
    Anycast = 4096,

    /// <summary>The backend sees none of these for this address; a gap of the snapshot says why.</summary>
    StateUnknown = 8192,
}
