using System.Runtime.Versioning;

namespace Sonde.Host.Sockets.MacOS;

/// <summary>The one rung that macOS has: its lists of sockets need no right.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSSocketLadder : SocketLadder
{
    internal override SocketTable OpenBest(SocketTableOptions options) => new MacOSSocketTable(options);

    internal override IReadOnlyList<BackendStatus> Check() => [MacOSSocketTable.CheckRung()];
}
