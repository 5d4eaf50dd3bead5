using System.Runtime.InteropServices;
using Sonde.Tun.Linux;
using Sonde.Tun.MacOS;
using Sonde.Tun.Windows;

namespace Sonde.Tun;

/// <summary>TUN on one system: how devices are opened, adopted, listed and removed. The only place that asks which system this is.</summary>
/// <remarks>
/// A system is three sealed classes in its folder: XTunPlatform (this), XTunDevice (names the queues and takes configuration step by step, see
/// TunDevice.Configuration.cs; calls CountQueues once they exist) and XTunQueue (the six methods of the seam in TunQueue.cs, and the leases of
/// TunQueue.Leases.cs where there is a ring); and a line in <see cref="Create"/>. What the base classes do is in none of them: one reader,
/// in-flight calls, close and its order (queues, then device), waiting, spinning, async, full policy, segmenting of what the device cannot
/// take, transactions and their rollback.
/// </remarks>
internal abstract class TunPlatform
{
    private protected TunPlatform()
    {
    }

    /// <summary>That of this system.</summary>
    internal static TunPlatform Create() =>
        OperatingSystem.IsLinux() ? new LinuxTunPlatform()
        : OperatingSystem.IsWindows() ? new WindowsTunPlatform()
        : OperatingSystem.IsMacOS() ? new MacOSTunPlatform()
        : throw new PlatformNotSupportedException("TUN devices are supported on Linux, macOS and Windows.");

    /// <summary>Opens or creates a device, not yet configured, with everything undone when a step fails.</summary>
    internal abstract TunDevice Open(TunOptions options);

    /// <summary>Makes a device of a descriptor; the handle is disposed when that fails.</summary>
    internal abstract TunDevice Adopt(SafeHandle handle, TunOptions options);

    /// <summary>Tries every rung.</summary>
    internal abstract IReadOnlyList<TunAccess> CheckAccess();

    /// <summary>Every TUN device of the host.</summary>
    internal abstract IReadOnlyList<TunDeviceInfo> List();

    /// <summary>Removes a persistent device.</summary>
    internal abstract void Delete(string name);

    /// <summary>Watches a device that somebody else holds.</summary>
    internal virtual TunWatch Watch(string name) =>
        throw new TunException(TunFailure.Unavailable, "watch", name, 0, "on this system only a device of this process can be watched");
}
