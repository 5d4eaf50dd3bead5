namespace Sonde.Host.Sockets;

/// <summary>How TCP judges the path, as Linux names it.</summary>
public enum TcpCongestionState
{
    /// <summary>Nothing is wrong.</summary>
    Open = 0,

    /// <summary>Something came out of order or twice; it may be the first sign of a loss.</summary>
    Disorder,

    /// <summary>The window is being reduced, because the path said so.</summary>
    WindowReduced,

    /// <summary>A loss is being repaired quickly.</summary>
    Recovery,

    /// <summary>A timer ran out: all that is not acknowledged counts as lost.</summary>
    Loss,
}
