namespace Sonde.Host.Sockets;

/// <summary>How surely a socket is the one of a packet or flow, best first after none.</summary>
public enum SocketMatch
{
    /// <summary>No socket fits.</summary>
    None = 0,

    /// <summary>Both ends are the same.</summary>
    Exact,

    /// <summary>A socket without a peer has this very local address and port.</summary>
    BoundAddress,

    /// <summary>A socket without a peer has this port on any address.</summary>
    Wildcard,

    /// <summary>Somebody listens on the port: the connection itself is not in the table.</summary>
    Listener,
}
