using Sonde.Interop.Linux;

namespace Sonde.Host.Sockets.Linux;

/// <summary>The kernel's numbers for states and timers, the same in sock_diag and in /proc.</summary>
internal static class LinuxSocketStates
{
    /// <summary>The state; sockets without connections borrow those of TCP.</summary>
    internal static SocketState Of(byte state, SocketKind kind, bool hasPort, bool hasPeer) => kind switch
    {
        SocketKind.Tcp or SocketKind.Sctp => OfConnection(state, hasPort),
        _ => hasPeer || state == InetDiag.TCP_ESTABLISHED ? SocketState.Established : SocketState.Unconnected,
    };

    internal static SocketTimerKind TimerOf(byte timer) => timer switch
    {
        0 => SocketTimerKind.None,
        1 => SocketTimerKind.Retransmit,
        2 => SocketTimerKind.KeepAlive,
        3 => SocketTimerKind.TimeWait,
        4 => SocketTimerKind.Persist,
        _ => SocketTimerKind.Other,
    };

    private static SocketState OfConnection(byte state, bool hasPort) => state switch
    {
        InetDiag.TCP_ESTABLISHED => SocketState.Established,
        InetDiag.TCP_SYN_SENT => SocketState.SynSent,
        InetDiag.TCP_SYN_RECV or InetDiag.TCP_NEW_SYN_RECV => SocketState.SynReceived,
        InetDiag.TCP_FIN_WAIT1 => SocketState.FinWait1,
        InetDiag.TCP_FIN_WAIT2 => SocketState.FinWait2,
        InetDiag.TCP_TIME_WAIT => SocketState.TimeWait,
        InetDiag.TCP_CLOSE => hasPort ? SocketState.Bound : SocketState.Closed, // since Linux 6.8 who asks for all states is told the bound ones so
        InetDiag.TCP_CLOSE_WAIT => SocketState.CloseWait,
        InetDiag.TCP_LAST_ACK => SocketState.LastAck,
        InetDiag.TCP_LISTEN => SocketState.Listen,
        InetDiag.TCP_CLOSING => SocketState.Closing,
        InetDiag.TCP_BOUND_INACTIVE => SocketState.Bound,
        _ => SocketState.Unknown,
    };
}
