using System.Runtime.Versioning;

namespace Sonde.Host.Sockets.Windows;

/// <summary>The one rung that Windows has: the IP Helper tables are always there and need no right.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsSocketLadder : SocketLadder
{
    internal override SocketTable OpenBest(SocketTableOptions options) => new WindowsSocketTable(options);

    internal override IReadOnlyList<BackendStatus> Check() => [WindowsSocketTable.CheckRung()];
}
