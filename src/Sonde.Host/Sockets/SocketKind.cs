namespace Sonde.Host.Sockets;

/// <summary>What kind of socket it is.</summary>
public enum SocketKind
{
    /// <summary>TCP.</summary>
    Tcp = 0,

    /// <summary>UDP.</summary>
    Udp,

    /// <summary>IP packets of one protocol, headers made or read by the program; its number is the record's protocol.</summary>
    Raw,

    /// <summary>UDP with partial checksum (RFC 3828).</summary>
    UdpLite,

    /// <summary>SCTP.</summary>
    Sctp,

    /// <summary>ICMP echo without rights: what an unprivileged ping uses.</summary>
    Ping,
}
