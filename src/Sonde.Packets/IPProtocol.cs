namespace Sonde.Packets;

/// <summary>What follows an IP header, by its number in the IANA registry; any value may occur.</summary>
public enum IPProtocol : byte
{
    /// <summary>IPv6 hop-by-hop options (the number that IPv4 leaves unused).</summary>
    HopByHop = 0,

    /// <summary>ICMP for IPv4.</summary>
    Icmp = 1,

    /// <summary>IGMP.</summary>
    Igmp = 2,

    /// <summary>IPv4 within IP.</summary>
    IPv4 = 4,

    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,

    /// <summary>DCCP.</summary>
    Dccp = 33,

    /// <summary>IPv6 within IP.</summary>
    IPv6 = 41,

    /// <summary>IPv6 routing header.</summary>
    Routing = 43,

    /// <summary>IPv6 fragment header.</summary>
    Fragment = 44,

    /// <summary>GRE.</summary>
    Gre = 47,

    /// <summary>IPsec encapsulating security payload: what follows is encrypted.</summary>
    Esp = 50,

    /// <summary>IPsec authentication header.</summary>
    AuthenticationHeader = 51,

    /// <summary>ICMP for IPv6.</summary>
    IcmpV6 = 58,

    /// <summary>IPv6: nothing follows.</summary>
    NoNextHeader = 59,

    /// <summary>IPv6 destination options.</summary>
    DestinationOptions = 60,

    /// <summary>OSPF.</summary>
    Ospf = 89,

    /// <summary>PIM.</summary>
    Pim = 103,

    /// <summary>VRRP.</summary>
    Vrrp = 112,

    /// <summary>SCTP.</summary>
    Sctp = 132,

    /// <summary>IPv6 mobility header.</summary>
    Mobility = 135,

    /// <summary>UDP with partial checksum.</summary>
    UdpLite = 136,

    /// <summary>Host identity protocol, an IPv6 extension header.</summary>
    HostIdentity = 139,

    /// <summary>Shim6, an IPv6 extension header.</summary>
    Shim6 = 140,
}
