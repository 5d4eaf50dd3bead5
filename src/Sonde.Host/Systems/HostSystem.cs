using Sonde.Host.Systems.Linux;
using Sonde.Host.Systems.MacOS;
using Sonde.Host.Systems.Windows;

namespace Sonde.Host.Systems;

/// <summary>The host itself: which system and hardware it is, what protects it, and how busy it is.</summary>
/// <remarks>Needs no right; with less of them there are fewer facts, each with its reason. One thread at a time.</remarks>
public abstract class HostSystem : IDisposable
{
    private protected HostSystem()
    {
    }

    /// <summary>Opens what this system tells of itself.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static HostSystem Open() =>
        OperatingSystem.IsLinux() ? new LinuxHostSystem()
        : OperatingSystem.IsMacOS() ? new MacOSHostSystem()
        : OperatingSystem.IsWindows() ? WindowsHostSystem.Open()
        : throw new PlatformNotSupportedException("The host can be described on Linux, macOS and Windows.");

    /// <summary>Reads what the host is.</summary>
    /// <remarks>On Windows this asks WMI, which may take a second.</remarks>
    public abstract HostRecord Collect();

    /// <summary>Reads how busy it is. Rates are those since the last call on this object, so the first call has none.</summary>
    public abstract HostLoad CollectLoad();

    /// <summary>Closes what was opened; may be called more than once.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the backend opened.</summary>
    /// <param name="disposing">Always true: backends hold safe handles, not finalizable state.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
