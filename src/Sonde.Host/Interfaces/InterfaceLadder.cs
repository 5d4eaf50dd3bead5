using Sonde.Host.Interfaces.Linux;
using Sonde.Host.Interfaces.MacOS;
using Sonde.Host.Interfaces.Windows;

namespace Sonde.Host.Interfaces;

/// <summary>The backends of one system for network interfaces, best first, chosen by trying.</summary>
internal abstract class InterfaceLadder
{
    private protected InterfaceLadder()
    {
    }

    /// <summary>The ladder of this system.</summary>
    internal static InterfaceLadder Create() =>
        OperatingSystem.IsLinux() ? new LinuxInterfaceLadder()
        : OperatingSystem.IsMacOS() ? new MacOSInterfaceLadder()
        : OperatingSystem.IsWindows() ? new WindowsInterfaceLadder()
        : throw new PlatformNotSupportedException("Network interfaces are supported on Linux, macOS and Windows.");

    /// <summary>Opens the best backend that works.</summary>
    /// <exception cref="HostException">None works; the reason is that of the best one.</exception>
    internal abstract NetworkInterfaces OpenBest();

    /// <summary>Tries every rung.</summary>
    internal abstract IReadOnlyList<BackendStatus> Check();
}
