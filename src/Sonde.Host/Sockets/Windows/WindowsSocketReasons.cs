using Sonde.Host.Sockets.Assembly;

namespace Sonde.Host.Sockets.Windows;

/// <summary>What Windows does not tell of a socket, and why.</summary>
internal sealed class WindowsSocketReasons : SocketReasons
{
    internal const string NoFigures = "Windows counts per connection only for who had the counting turned on, as administrator";

    internal override (ReadingStatus Status, string Reason) Of(SocketFacts fact, in SocketSample sample) => fact switch
    {
        SocketFacts.Cookie or SocketFacts.Inode or SocketFacts.Namespace or SocketFacts.Cgroup or SocketFacts.Mark => (ReadingStatus.Unsupported, "Windows has no such thing"),
        SocketFacts.Started => (ReadingStatus.None, "the system names no time for it"),
        _ => (ReadingStatus.Unsupported, "the tables of Windows do not tell"),
    };

    internal override (ReadingStatus Status, string Reason) Of(TcpFacts fact) => (ReadingStatus.Unsupported, NoFigures);

    internal override (ReadingStatus Status, string Reason) OfTcp(in SocketSample sample) =>
        sample.Kind != SocketKind.Tcp ? (ReadingStatus.None, "it is not TCP")
        : sample.State == SocketState.Listen ? (ReadingStatus.None, "it listens: nothing flows")
        : (ReadingStatus.Unsupported, NoFigures);
}
