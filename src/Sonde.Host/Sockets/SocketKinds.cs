namespace Sonde.Host.Sockets;

/// <summary>Which kinds of sockets to read.</summary>
[Flags]
public enum SocketKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>TCP.</summary>
    Tcp = 1 << SocketKind.Tcp,

    /// <summary>UDP.</summary>
    Udp = 1 << SocketKind.Udp,

    /// <summary>Raw IP.</summary>
    Raw = 1 << SocketKind.Raw,

    /// <summary>UDP-Lite.</summary>
    UdpLite = 1 << SocketKind.UdpLite,

    /// <summary>SCTP.</summary>
    Sctp = 1 << SocketKind.Sctp,

    /// <summary>ICMP echo without rights.</summary>
    Ping = 1 << SocketKind.Ping,

    /// <summary>Whatever the system tells.</summary>
    All = Tcp | Udp | Raw | UdpLite | Sctp | Ping,
}
