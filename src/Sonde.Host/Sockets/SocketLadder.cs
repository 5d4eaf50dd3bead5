using Sonde.Host.Sockets.Linux;
using Sonde.Host.Sockets.MacOS;
using Sonde.Host.Sockets.Windows;

namespace Sonde.Host.Sockets;

/// <summary>The backends of one system for sockets, best first, chosen by trying.</summary>
internal abstract class SocketLadder
{
    private protected SocketLadder()
    {
    }

    /// <summary>The ladder of this system.</summary>
    internal static SocketLadder Create() =>
        OperatingSystem.IsLinux() ? new LinuxSocketLadder()
        : OperatingSystem.IsMacOS() ? new MacOSSocketLadder()
        : OperatingSystem.IsWindows() ? new WindowsSocketLadder()
        : throw new PlatformNotSupportedException("Sockets are supported on Linux, macOS and Windows.");

    /// <summary>Opens the best backend that works.</summary>
    /// <exception cref="HostException">None works; the reason is that of the best one.</exception>
    internal abstract SocketTable OpenBest(SocketTableOptions options);

    /// <summary>Tries every rung.</summary>
    internal abstract IReadOnlyList<BackendStatus> Check();
}
