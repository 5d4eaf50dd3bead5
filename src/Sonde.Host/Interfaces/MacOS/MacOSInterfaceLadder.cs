using System.Runtime.Versioning;
using Sonde.Host.MacOS;
using Sonde.Host.Resolvers.MacOS;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Interfaces.MacOS;

/// <summary>The one way to the interfaces of a Mac; it needs no right.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSInterfaceLadder : InterfaceLadder
{
    private const string Provides = "interfaces, addresses, 64-bit counters, default gateways, name servers, changes";

    internal override NetworkInterfaces OpenBest()
    {
        // Tried here, so that who opens is told at once: a listing that is refused is refused for good.
        try
        {
            InterfaceAddressList.Read(out _);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        return new MacOSNetworkInterfaces(TimeProvider.System);
    }

    internal override IReadOnlyList<BackendStatus> Check() => [CheckSysctl()];

    private static BackendStatus CheckSysctl()
    {
        List<InterfaceAddressEntry> entries;
        try
        {
            entries = InterfaceAddressList.Read(out _);
        }
        catch (NativeException refused)
        {
            return BackendStatus.From(NetworkInterfaces.Part, MacOSNetworkInterfaces.BackendName, Provides, HostException.From(refused));
        }

        var missing = new List<string>();
        int error = CheckCounters(entries, missing);
        CheckRest(missing);
        return new BackendStatus(
            NetworkInterfaces.Part,
            MacOSNetworkInterfaces.BackendName,
            BackendState.Available,
            Provides,
            "getifaddrs",
            missing.Count == 0 ? null : string.Join("; ", missing),
            error);
    }

    private static int CheckCounters(List<InterfaceAddressEntry> entries, List<string> missing)
    {
        foreach (InterfaceAddressEntry entry in entries)
        {
            if (MacOSSocketAddress.TryReadLink(entry.Address, out int index, out _, out _) && index > 0)
            {
                if (MacOSInterfaceReader.TryReadMib(index, out _, out NativeError error))
                {
                    return 0;
                }

                if (HostException.Classify(error) != HostFailure.NotFound)
                {
                    missing.Add($"64-bit counters: sysctl(IFMIB_IFDATA): {error}");
                    return error.Code;
                }
            }
        }

        return 0;
    }

    private static void CheckRest(List<string> missing)
    {
        Reading<MacOSRouteTable> routes = MacOSInterfaceReader.ReadRoutes();
        if (!routes.HasValue)
        {
            missing.Add($"default gateways: {routes.Reason}");
        }

        Reading<MacOSInterfaceDns> dns = MacOSInterfaceDns.Read();
        if (!dns.HasValue)
        {
            missing.Add($"name servers of interfaces: {dns.Reason}");
        }

        try
        {
            RouteSocket.Open().Dispose();
        }
        catch (NativeException refused)
        {
            missing.Add($"changes: {refused.Message}");
        }
    }
}
