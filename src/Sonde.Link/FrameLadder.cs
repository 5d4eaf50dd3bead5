using Sonde.Link.Linux;
using Sonde.Link.MacOS;
using Sonde.Link.Windows;

namespace Sonde.Link;

/// <summary>The ways to frames of one system, best first, chosen by trying.</summary>
internal abstract class FrameLadder
{
    private protected FrameLadder()
    {
    }

    /// <summary>The ladder of this system.</summary>
    internal static FrameLadder Create() =>
        OperatingSystem.IsLinux() ? new LinuxFrameLadder()
        : OperatingSystem.IsMacOS() ? new MacOSFrameLadder()
        : OperatingSystem.IsWindows() ? new WindowsFrameLadder()
        : throw new PlatformNotSupportedException("Raw frames are supported on Linux, macOS and Windows.");

    /// <summary>Opens an interface the best way that works.</summary>
    /// <exception cref="LinkException">None works; the reason is that of the best one.</exception>
    internal abstract FrameDevice Open(string interfaceName, FrameDeviceOptions options);

    /// <summary>Tries every rung.</summary>
    internal abstract IReadOnlyList<FrameAccess> Check();
}
