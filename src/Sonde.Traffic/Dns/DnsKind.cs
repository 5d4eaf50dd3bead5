namespace Sonde.Traffic.Dns;

/// <summary>Which of the protocols that have DNS's form of message.</summary>
public enum DnsKind
{
    /// <summary>DNS (RFC 1035), by UDP or TCP.</summary>
    Dns = 0,

    /// <summary>Multicast DNS (RFC 6762): everybody on the link is asked, and who knows tells everybody.</summary>
    Multicast,

    /// <summary>Link-local multicast name resolution (RFC 4795): everybody on the link is asked, and who knows tells the one who asked.</summary>
    LinkLocal,
}
