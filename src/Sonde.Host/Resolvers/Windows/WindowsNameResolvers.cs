using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using Sonde.Host.Interfaces.Windows;
using Sonde.Host.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Resolvers.Windows;

/// <summary>Name servers per adapter by GetAdaptersAddresses; the search list of the whole host from the registry.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsNameResolvers : NameResolvers
{
    internal const string AdapterSource = "iphlpapi";

    private const int Up = 1; // IfOperStatusUp

    public override IReadOnlyList<BackendStatus> Check()
    {
        var found = new List<BackendStatus>();
        try
        {
            AdapterList.Parse(IpHlpApi.GetAdaptersAddresses(new Win32Buffer(16 * 1024)));
            found.Add(new BackendStatus(Part, AdapterSource, BackendState.Available, "name servers and suffixes of each adapter", "GetAdaptersAddresses"));
        }
        catch (NativeException refused)
        {
            found.Add(BackendStatus.From(Part, AdapterSource, "name servers and suffixes of each adapter", HostException.From(refused)));
        }

        foreach (RegistrySource source in RegistrySource.All)
        {
            RegistrySettings settings = source.Read();
            BackendState state = settings.Source.Status switch
            {
                ReadingStatus.Ok => BackendState.Available,
                ReadingStatus.Denied => BackendState.Denied,
                _ => BackendState.Unavailable,
            };
            found.Add(new BackendStatus(Part, source.Name, state, source.Provides, "RegOpenKeyEx", settings.Source.Reason));
        }

        return found;
    }

    public override ResolverSnapshot Collect()
    {
        var servers = new List<ResolverServer>();
        var domains = new List<SearchDomain>();
        var sources = new List<ResolverSource>();

        // Policy outranks the host's own settings, and both outrank the suffixes of connections.
        foreach (RegistrySource source in RegistrySource.All)
        {
            RegistrySettings settings = source.Read();
            sources.Add(settings.Source);
            domains.AddRange(settings.SearchDomains.Select(name => new SearchDomain { Name = name, Source = source.Name }));
        }

        sources.Insert(0, ReadAdapters(servers, domains));
        return new ResolverSnapshot(servers, domains, sources);
    }

    private static ResolverSource ReadAdapters(List<ResolverServer> servers, List<SearchDomain> domains)
    {
        AdapterList list;
        try
        {
            list = AdapterList.Parse(IpHlpApi.GetAdaptersAddresses(new Win32Buffer(16 * 1024)));
        }
        catch (NativeException refused)
        {
            return new ResolverSource(AdapterSource, Win32Reading.StatusOf(refused), refused.Message, [], 0);
        }

        // Windows asks the servers of connected interfaces, the one with the smallest metric first.
        IOrderedEnumerable<Adapter> order = list.Adapters
            .OrderBy(static adapter => adapter.OperStatus == Up ? 0 : 1)
            .ThenBy(static adapter => Math.Min(adapter.IPv4Metric, adapter.IPv6Metric))
            .ThenBy(static adapter => adapter.Index);
        foreach (Adapter adapter in order)
        {
            servers.AddRange(adapter.DnsServers.Select(address => ServerOf(adapter, address)));
            domains.AddRange(adapter.DnsSuffixes.Select(name => new SearchDomain
            {
                Name = name,
                InterfaceName = adapter.FriendlyName,
                InterfaceIndex = (int)adapter.Index,
                Source = AdapterSource,
            }));
        }

        string? reason = list.Skipped == 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{list.Skipped} entries could not be understood");
        return new ResolverSource(AdapterSource, ReadingStatus.Ok, reason, [], list.Skipped);
    }

    private static ResolverServer ServerOf(Adapter adapter, IPAddress address) => new()
    {
        Address = address,
        InterfaceName = adapter.FriendlyName,
        InterfaceIndex = (int)adapter.Index,
        IsLocalStub = IPAddress.IsLoopback(address),
        Source = AdapterSource,
    };
}
