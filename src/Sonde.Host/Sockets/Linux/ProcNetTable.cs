using System.Text;

namespace Sonde.Host.Sockets.Linux;

/// <summary>One file of /proc/net with sockets.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="IsIPv6">Of which family.</param>
/// <param name="Name">Its name: "tcp6".</param>
internal sealed record ProcNetTable(SocketKind Kind, bool IsIPv6, string Name)
{
    /// <summary>The longest line that the kernel writes, with room.</summary>
    internal const int LongestLine = 256;

    private static readonly ProcNetTable[] s_all =
    [
        new(SocketKind.Tcp, false, "tcp"),
        new(SocketKind.Tcp, true, "tcp6"),
        new(SocketKind.Udp, false, "udp"),
        new(SocketKind.Udp, true, "udp6"),
        new(SocketKind.Raw, false, "raw"),
        new(SocketKind.Raw, true, "raw6"),
        new(SocketKind.UdpLite, false, "udplite"),
        new(SocketKind.UdpLite, true, "udplite6"),
        new(SocketKind.Ping, false, "icmp"),
        new(SocketKind.Ping, true, "icmp6"),
    ];

    /// <summary>Its path below the root of the file system: that of the reading thread's network namespace.</summary>
    internal byte[] Path { get; } = Encoding.ASCII.GetBytes("thread-self/net/" + Name);

    /// <summary>The files that hold some kinds.</summary>
    internal static IEnumerable<ProcNetTable> Of(SocketKinds kinds) => s_all.Where(table => (kinds & (SocketKinds)(1 << (int)table.Kind)) != SocketKinds.None);
}
