using Sonde.Host.Services.Linux;
using Sonde.Host.Services.MacOS;
using Sonde.Host.Services.Windows;

namespace Sonde.Host.Services.Assembly;

/// <summary>The backends of one system for services, best first, chosen by trying.</summary>
internal abstract class ServiceLadder
{
    private protected ServiceLadder()
    {
    }

    /// <summary>The ladder of this system.</summary>
    internal static ServiceLadder Create() =>
        OperatingSystem.IsLinux() ? new LinuxServiceLadder()
        : OperatingSystem.IsMacOS() ? new MacOSServiceLadder()
        : OperatingSystem.IsWindows() ? new WindowsServiceLadder()
        : throw new PlatformNotSupportedException("Services are supported on Linux, macOS and Windows.");

    /// <summary>Opens the best backend that works.</summary>
    /// <exception cref="HostException">None works; the reason is that of the best one.</exception>
    internal abstract SystemServices OpenBest(ServiceOptions options);

    /// <summary>Tries every rung.</summary>
    internal abstract IReadOnlyList<BackendStatus> Check();
}
