namespace Sonde.Traffic.Names;

/// <summary>What an address is for, by the registries of special-purpose addresses (RFC 6890); whom it belongs to they do not say.</summary>
public enum AddressKind
{
    /// <summary>Of the Internet.</summary>
    Global = 0,

    /// <summary>This host itself.</summary>
    Loopback,

    /// <summary>Of a private network (RFC 1918, RFC 4193).</summary>
    Private,

    /// <summary>Of one link only (RFC 3927, RFC 4291).</summary>
    LinkLocal,

    /// <summary>Between a provider and its customers, who share public addresses (RFC 6598).</summary>
    Shared,

    /// <summary>A group of hosts.</summary>
    Multicast,

    /// <summary>Every host of the link.</summary>
    Broadcast,

    /// <summary>For examples in documents, never in use (RFC 5737, RFC 3849, RFC 9637).</summary>
    Documentation,

    /// <summary>For measurements between devices (RFC 2544, RFC 5180).</summary>
    Benchmarking,

    /// <summary>No address yet.</summary>
    Unspecified,

    /// <summary>Kept for later, or for protocols.</summary>
    Reserved,
}
