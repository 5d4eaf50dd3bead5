using Sonde.Host.Sockets.Assembly;

namespace Sonde.Host.Sockets.MacOS;

/// <summary>What macOS does not tell of a socket, and why.</summary>
internal sealed class MacOSSocketReasons : SocketReasons
{
    private const string NotTold = "the lists of macOS do not tell";

    internal override (ReadingStatus Status, string Reason) Of(SocketFacts fact, in SocketSample sample) => fact switch
    {
        SocketFacts.User => (ReadingStatus.None, "no process has it: the kernel alone keeps it"),
        SocketFacts.Cookie or SocketFacts.Inode or SocketFacts.Namespace or SocketFacts.Cgroup or SocketFacts.Mark => (ReadingStatus.Unsupported, "macOS has no such thing"),
        SocketFacts.IPv6Only => (ReadingStatus.None, "it is an IPv4 socket"),
        _ => (ReadingStatus.Unsupported, NotTold),
    };

    internal override (ReadingStatus Status, string Reason) Of(TcpFacts fact) => (ReadingStatus.Unsupported, NotTold);

    internal override (ReadingStatus Status, string Reason) OfTcp(in SocketSample sample) =>
        sample.Kind != SocketKind.Tcp ? (ReadingStatus.None, "it is not TCP")
        : sample.State == SocketState.Listen ? (ReadingStatus.None, "it listens: nothing flows")
        : (ReadingStatus.None, "it is not connected");
}
