using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Tun.Windows;

/// <summary>Windows: Wintun, where its user has put wintun.dll, and the IP Helper functions.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsTunPlatform : TunPlatform
{
    internal override TunDevice Open(TunOptions options)
    {
        TunWindowsOptions windows = options.Windows;
        ArgumentOutOfRangeException.ThrowIfLessThan(windows.RingCapacity, TunWindowsOptions.MinRingCapacity, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(windows.RingCapacity, TunWindowsOptions.MaxRingCapacity, nameof(options));
        if (!BitOperations.IsPow2(windows.RingCapacity))
        {
            throw new ArgumentOutOfRangeException(nameof(options), windows.RingCapacity, "The capacity of a ring is a power of two.");
        }

        if (windows.LibraryPath is { } path && !Path.IsPathFullyQualified(path))
        {
            throw new ArgumentException($"The path of wintun.dll must be a full one, not '{path}': what is searched for can be planted.", nameof(options));
        }

        return WindowsTunDevice.Create(options);
    }

    internal override TunDevice Adopt(SafeHandle handle, TunOptions options)
    {
        handle.Dispose();
        throw new PlatformNotSupportedException("TUN devices of Windows are no descriptors that could be handed over.");
    }

    internal override IReadOnlyList<TunAccess> CheckAccess() => [CheckWintun(), CheckConfiguration()];

    internal override IReadOnlyList<TunDeviceInfo> List() =>
    [
        .. WindowsTunAdapters.ReadTuns().Select(static one => new TunDeviceInfo(
            one.Name, one.Index, new WindowsTunConfiguration(one.Luid, one.Name).ReadState(), IsPersistent: null, OwnerId: null, QueueCount: null)),
    ];

    internal override TunWatch Watch(string name)
    {
        WindowsTunAdapter found = WindowsTunAdapters.Find(name);
        return new WindowsTunWatch(found.Luid, found.Name);
    }

    // An adapter of Wintun ends with the process that made it. One that was left by a crash is swept away by the library when it is next called.
    internal override void Delete(string name)
    {
        WindowsTunAdapters.Find(name);
        Wintun library = WindowsTunLibrary.Load(null, name);
        try
        {
            library.OpenAdapter(name)?.Dispose();
        }
        catch (NativeException refused)
        {
            throw WindowsTunErrors.Explain(refused, name);
        }

        if (WindowsTunAdapters.ReadTuns().Any(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new TunException(TunFailure.Busy, "WintunOpenAdapter", name, 0, "a process holds this adapter, which ends with that process");
        }
    }

    private static TunAccess CheckWintun()
    {
        const string Name = "wintun";
        const string Provides = "TUN devices: packets in and out of this process";
        try
        {
            Wintun library = WindowsTunLibrary.Load(null, null);
            string? version = library.ReadDriverVersion() is { } running
                ? string.Create(CultureInfo.InvariantCulture, $"driver {running >> 16}.{running & 0xFFFF}")
                : "the driver is installed and loaded with the first adapter";

            // A name that no adapter has: to look for it takes the same right as to make one.
            library.OpenAdapter($"sonde {Guid.NewGuid():N}")?.Dispose();
            return new TunAccess(Name, TunAccessState.Available, Provides, "WintunOpenAdapter", version);
        }
        catch (NativeException refused)
        {
            return TunAccess.From(Name, Provides, WindowsTunErrors.Explain(refused, null), "Administrator");
        }
        catch (TunException refused)
        {
            return TunAccess.From(Name, Provides, refused, "Administrator");
        }
    }

    private static TunAccess CheckConfiguration()
    {
        const string Name = "iphlpapi";
        const string Provides = "addresses, MTU, routes, name servers, changes";
        try
        {
            IpHlpApi.NewUnicastIpAddress();
            IpHlpApi.NewIpForward();
            IpHlpApi.GetIpInterfaceEntry(0, IpHlpApi.AF_INET, out _); // there is none of that LUID: the question is whether there is the call
            WindowsTunAdapters.ReadTuns();
            using MibChangeWatch changes = MibChangeWatch.Start();
            return new TunAccess(
                Name,
                TunAccessState.Available,
                Provides,
                "InitializeUnicastIpAddressEntry",
                changes.IsLive ? null : "no changes: this system takes the registration and never tells");
        }
        catch (NativeException refused)
        {
            return TunAccess.From(Name, Provides, TunException.From(refused, null));
        }
        catch (TunException refused)
        {
            return TunAccess.From(Name, Provides, refused);
        }
    }
}
