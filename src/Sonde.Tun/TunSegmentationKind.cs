namespace Sonde.Tun;

/// <summary>What a super-packet is to be cut into.</summary>
public enum TunSegmentationKind : byte
{
    /// <summary>It is one packet.</summary>
    None = 0,

    /// <summary>TCP segments over IPv4.</summary>
    TcpIPv4,

    /// <summary>TCP segments over IPv6.</summary>
    TcpIPv6,

    /// <summary>UDP datagrams over the version of IP in its first nibble.</summary>
    Udp,
}
