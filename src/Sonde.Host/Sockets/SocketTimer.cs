namespace Sonde.Host.Sockets;

/// <summary>The timer that runs for a TCP socket.</summary>
/// <param name="Kind">What for.</param>
/// <param name="Remaining">How long until it fires.</param>
/// <param name="Tries">How often it has fired in a row.</param>
public readonly record struct SocketTimer(SocketTimerKind Kind, TimeSpan Remaining, int Tries);
