namespace Sonde.Host.Sockets;

/// <summary>Who began a conversation.</summary>
public enum SocketDirection
{
    /// <summary>The table does not tell: nothing flows yet, or the kind of socket has no such notion.</summary>
    Unknown = 0,

    /// <summary>It waits for others.</summary>
    Listening,

    /// <summary>The peer came to a port on which somebody listens here.</summary>
    Inbound,

    /// <summary>This host went to the peer: nobody listens on the local port.</summary>
    Outbound,
}
