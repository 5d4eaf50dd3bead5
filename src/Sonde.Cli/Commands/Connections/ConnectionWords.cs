using System.ComponentModel;
using Sonde.Host.Sockets;

namespace Sonde.Cli.Commands.Connections;

/// <summary>The words for what a socket may be, the same in every format.</summary>
internal static class ConnectionWords
{
    internal static string Of(SocketKind value) => value switch
    {
        SocketKind.Tcp => "tcp",
        SocketKind.Udp => "udp",
        SocketKind.Raw => "raw",
        SocketKind.UdpLite => "udplite",
        SocketKind.Sctp => "sctp",
        SocketKind.Ping => "ping",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(SocketKind)),
    };

    internal static string Of(SocketState value) => value switch
    {
        SocketState.Unknown => "unknown",
        SocketState.Established => "established",
        SocketState.SynSent => "syn_sent",
        SocketState.SynReceived => "syn_received",
        SocketState.FinWait1 => "fin_wait1",
        SocketState.FinWait2 => "fin_wait2",
        SocketState.TimeWait => "time_wait",
        SocketState.Closed => "closed",
        SocketState.CloseWait => "close_wait",
        SocketState.LastAck => "last_ack",
        SocketState.Listen => "listen",
        SocketState.Closing => "closing",
        SocketState.Bound => "bound",
        SocketState.Unconnected => "unconnected",
        SocketState.Deleting => "deleting",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(SocketState)),
    };

    internal static string Of(SocketDirection value) => value switch
    {
        SocketDirection.Unknown => "unknown",
        SocketDirection.Listening => "listening",
        SocketDirection.Inbound => "inbound",
        SocketDirection.Outbound => "outbound",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(SocketDirection)),
    };

    internal static string Of(OwnerEvidence value) => value switch
    {
        OwnerEvidence.None => "none",
        OwnerEvidence.Descriptor => "descriptor",
        OwnerEvidence.SystemTable => "system_table",
        OwnerEvidence.LastUse => "last_use",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(OwnerEvidence)),
    };

    internal static string Of(SocketTimerKind value) => value switch
    {
        SocketTimerKind.None => "none",
        SocketTimerKind.Retransmit => "retransmit",
        SocketTimerKind.KeepAlive => "keepalive",
        SocketTimerKind.TimeWait => "time_wait",
        SocketTimerKind.Persist => "persist",
        SocketTimerKind.Other => "other",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(SocketTimerKind)),
    };

    internal static string Of(TcpCongestionState value) => value switch
    {
        TcpCongestionState.Open => "open",
        TcpCongestionState.Disorder => "disorder",
        TcpCongestionState.WindowReduced => "window_reduced",
        TcpCongestionState.Recovery => "recovery",
        TcpCongestionState.Loss => "loss",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(TcpCongestionState)),
    };
}
