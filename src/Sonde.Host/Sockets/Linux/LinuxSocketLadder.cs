using System.Runtime.Versioning;

namespace Sonde.Host.Sockets.Linux;

/// <summary>Linux: sock_diag, and where it is refused or absent, the files of /proc/net.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxSocketLadder : SocketLadder
{
    internal override SocketTable OpenBest(SocketTableOptions options) => LinuxDiagSocketTable.OpenAndTry(options);

    internal override IReadOnlyList<BackendStatus> Check() => [LinuxDiagSocketTable.CheckRung()];
}
