using System.Net.Sockets;
using Sonde.Interop.Linux.DBus;

namespace Sonde.Host.Services.Linux;

/// <summary>What kept systemd from answering, as an exception of this library.</summary>
internal static class SystemdRefusal
{
    internal static HostException Of(string operation, Exception refused) => refused switch
    {
        SocketException socket => new HostException(
            socket.SocketErrorCode switch
            {
                SocketError.AccessDenied => HostFailure.AccessDenied,
                SocketError.TimedOut => HostFailure.System,
                _ => HostFailure.Unavailable,
            },
            operation,
            null,
            socket.NativeErrorCode,
            socket.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock ? "no answer in time" : socket.Message,
            socket),
        DBusException { IsAccessDenied: true } denied => new HostException(HostFailure.AccessDenied, operation, null, 0, denied.Message, denied),
        DBusException { IsUnknownService: true } absent => new HostException(HostFailure.Unavailable, operation, null, 0, $"systemd is not on the bus: {absent.Message}", absent),
        _ => new HostException(HostFailure.System, operation, null, 0, refused.Message, refused),
    };
}
