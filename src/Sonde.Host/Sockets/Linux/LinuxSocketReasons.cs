using Sonde.Host.Sockets.Assembly;

namespace Sonde.Host.Sockets.Linux;

/// <summary>What Linux does not tell of a socket, and why.</summary>
/// <param name="backend">Who did not tell.</param>
internal sealed class LinuxSocketReasons(string backend) : SocketReasons
{
    private readonly string _notTold = $"{backend} of this kernel does not tell";
    private readonly string _noFigures = $"{backend} has no figures of connections";

    internal override (ReadingStatus Status, string Reason) Of(SocketFacts fact, in SocketSample sample) => fact switch
    {
        SocketFacts.Inode or SocketFacts.User when sample.Inode == 0 => (ReadingStatus.None, "no process has it: the kernel alone keeps it"),
        SocketFacts.Interface => (ReadingStatus.None, "it is bound to none"),
        SocketFacts.Timer when sample.Kind != SocketKind.Tcp => (ReadingStatus.None, "only TCP has timers"),
        SocketFacts.Congestion when sample.Kind != SocketKind.Tcp => (ReadingStatus.None, "only TCP has one"),
        SocketFacts.IPv6Only => (ReadingStatus.None, sample.IsIPv6 ? "it is connected" : "it is an IPv4 socket"),
        SocketFacts.Mark => (ReadingStatus.Denied, "CAP_NET_ADMIN is needed"),
        SocketFacts.TrafficClass when !sample.IsIPv6 => (ReadingStatus.None, "it is an IPv4 socket"),
        SocketFacts.Traffic => (ReadingStatus.Unsupported, "the tables of Linux count the bytes of TCP connections only"),
        SocketFacts.Started => (ReadingStatus.Unsupported, "Linux keeps no such time; FirstSeen says when this table saw it first"),
        _ => (ReadingStatus.Unsupported, _notTold),
    };

    internal override (ReadingStatus Status, string Reason) Of(TcpFacts fact) => fact switch
    {
        TcpFacts.MinimumRoundTrip or TcpFacts.ReceiveRoundTrip => (ReadingStatus.None, "no estimate yet"),
        _ => (ReadingStatus.Unsupported, _notTold),
    };

    internal override (ReadingStatus Status, string Reason) OfTcp(in SocketSample sample) =>
        sample.Kind != SocketKind.Tcp ? (ReadingStatus.None, "it is not TCP")
        : sample.State == SocketState.Listen ? (ReadingStatus.None, "it listens: nothing flows")
        : sample.State is SocketState.TimeWait or SocketState.SynReceived ? (ReadingStatus.None, "the kernel keeps none in this state")
        : (ReadingStatus.NotCollected, _noFigures);
}
