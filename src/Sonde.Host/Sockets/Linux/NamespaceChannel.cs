using System.Runtime.Versioning;
using Sonde.Interop.Linux;

namespace Sonde.Host.Sockets.Linux;

/// <summary>A way into another network namespace.</summary>
/// <param name="inode">Which.</param>
/// <param name="netlink">A sock_diag socket that was opened there.</param>
[SupportedOSPlatform("linux")]
internal sealed class NamespaceChannel(ulong inode, NetlinkSocket netlink)
{
    internal ulong Inode { get; } = inode;

    internal NetlinkSocket Netlink { get; } = netlink;

    /// <summary>A process that was seen there last: its /proc/PID/net is that namespace's.</summary>
    internal int Pid { get; set; }
}
