namespace Sonde.Host.Sockets;

/// <summary>What the system's timer of a TCP socket is for.</summary>
public enum SocketTimerKind
{
    /// <summary>None runs.</summary>
    None = 0,

    /// <summary>Sending again what was not acknowledged, or a probe for a loss at the end.</summary>
    Retransmit,

    /// <summary>Asking a silent peer whether it is there.</summary>
    KeepAlive,

    /// <summary>The end of TIME_WAIT.</summary>
    TimeWait,

    /// <summary>Asking a peer whose window is closed.</summary>
    Persist,

    /// <summary>A number that has no name here.</summary>
    Other,
}
