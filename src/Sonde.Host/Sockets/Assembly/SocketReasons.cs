namespace Sonde.Host.Sockets.Assembly;

/// <summary>Why a backend does not know something of a socket: the same words for every socket, so they are made once.</summary>
internal abstract class SocketReasons
{
    /// <summary>Why <paramref name="fact"/> is missing.</summary>
    internal abstract (ReadingStatus Status, string Reason) Of(SocketFacts fact, in SocketSample sample);

    /// <summary>Why a figure of TCP is missing.</summary>
    internal abstract (ReadingStatus Status, string Reason) Of(TcpFacts fact);

    /// <summary>Why there are no figures of TCP at all.</summary>
    internal abstract (ReadingStatus Status, string Reason) OfTcp(in SocketSample sample);
}
