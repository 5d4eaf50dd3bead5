using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>The number that the kernel gives programs for a network namespace.</summary>
[SupportedOSPlatform("linux")]
internal static class NamespaceCookie
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int Option = 71; // SO_NETNS_COOKIE, Linux 5.14

    /// <summary>That of the calling thread's namespace; 0 on an older kernel.</summary>
    internal static ulong Own()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            Span<byte> cookie = stackalloc byte[sizeof(ulong)];
            return socket.GetRawSocketOption(SocketLevel, Option, cookie) == cookie.Length ? MemoryMarshal.Read<ulong>(cookie) : 0;
        }
        catch (SocketException)
        {
            return 0; // coverage says that it cannot be told
        }
    }
}
