using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Interfaces.Windows;

/// <summary>The one rung that Windows has: the IP Helper functions are always there and need no right.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsInterfaceLadder : InterfaceLadder
{
    private const string Provides = "adapters, addresses, gateways, name servers, 64-bit counters, change notifications";

    internal override NetworkInterfaces OpenBest() => new WindowsNetworkInterfaces(TimeProvider.System);

    internal override IReadOnlyList<BackendStatus> Check()
    {
        try
        {
            AdapterList.Parse(IpHlpApi.GetAdaptersAddresses(new Win32Buffer(16 * 1024)));
        }
        catch (NativeException refused)
        {
            return [BackendStatus.From(NetworkInterfaces.Part, WindowsNetworkInterfaces.BackendName, Provides, HostException.From(refused))];
        }

        string? missing = string.Join("; ", ((string?[])[TryTable(), TryChanges()]).OfType<string>());
        return
        [
            new BackendStatus(
                NetworkInterfaces.Part,
                WindowsNetworkInterfaces.BackendName,
                BackendState.Available,
                Provides,
                "GetAdaptersAddresses",
                missing.Length == 0 ? null : missing),
        ];
    }

    private static string? TryTable()
    {
        try
        {
            using MibTable table = IpHlpApi.GetIfTable2();
            return null;
        }
        catch (NativeException refused)
        {
            return $"no counters: {refused.Message}";
        }
    }

    private static string? TryChanges()
    {
        try
        {
            using MibChangeWatch watch = MibChangeWatch.Start();
            return watch.IsLive ? null : "no change notifications: the system accepted the request without giving a handle for it (Wine)";
        }
        catch (NativeException refused)
        {
            return $"no change notifications: {refused.Message}";
        }
    }
}
