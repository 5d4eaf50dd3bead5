namespace Sonde.Host.Sockets;

/// <summary>Where a socket stands: the states of RFC 9293 for TCP, and what others have instead.</summary>
public enum SocketState
{
    /// <summary>The system gave a state that has no name here.</summary>
    Unknown = 0,

    /// <summary>Data may flow; for sockets without connections: it has a peer.</summary>
    Established,

    /// <summary>A connection was asked for and not answered.</summary>
    SynSent,

    /// <summary>A connection was asked for by the peer and is not complete.</summary>
    SynReceived,

    /// <summary>Closed here, and not acknowledged by the peer.</summary>
    FinWait1,

    /// <summary>Closed here, and still open at the peer.</summary>
    FinWait2,

    /// <summary>Closed on both sides; the system holds the ports a while, and no process has it any more.</summary>
    TimeWait,

    /// <summary>Not connected to anything; a TCP socket that is no longer or not yet used.</summary>
    Closed,

    /// <summary>Closed by the peer, and still open here.</summary>
    CloseWait,

    /// <summary>Closed on both sides, and not acknowledged by the peer.</summary>
    LastAck,

    /// <summary>Waits for connections.</summary>
    Listen,

    /// <summary>Closed on both sides at the same time, and not acknowledged.</summary>
    Closing,

    /// <summary>TCP with a port of its own, neither listening nor connected.</summary>
    Bound,

    /// <summary>Without a peer: a UDP or raw socket that sends to and hears from anybody.</summary>
    Unconnected,

    /// <summary>Windows: the connection is being deleted.</summary>
    Deleting,
}
