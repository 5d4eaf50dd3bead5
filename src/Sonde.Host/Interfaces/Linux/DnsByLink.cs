using System.Net;
using Sonde.Host.Resolvers.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>Name servers and search domains by interface index, or the reason why the system does not tie them to interfaces.</summary>
internal sealed class DnsByLink
{
    private readonly Reading<ILookup<int, IPAddress>> _servers;
    private readonly Reading<ILookup<int, string>> _domains;

    private DnsByLink(Reading<ILookup<int, IPAddress>> servers, Reading<ILookup<int, string>> domains)
    {
        _servers = servers;
        _domains = domains;
    }

    /// <summary>Sorts what systemd-resolved told by interface; without it nobody on Linux knows.</summary>
    internal static DnsByLink From(Reading<ResolvedConfiguration> resolved)
    {
        if (resolved.Status == ReadingStatus.None)
        {
            resolved = Reading.Unsupported<ResolvedConfiguration>("only systemd-resolved ties name servers to interfaces, and it does not run");
        }

        return new DnsByLink(
            resolved.Select(found => found.Servers.Where(server => server.InterfaceIndex.HasValue).ToLookup(server => server.InterfaceIndex.Value, server => server.Address)),
            resolved.Select(found => found.Domains
                .Where(domain => domain.InterfaceIndex.HasValue && !domain.RoutingOnly)
                .ToLookup(domain => domain.InterfaceIndex.Value, domain => domain.Name)));
    }

    internal Reading<IReadOnlyList<IPAddress>> ServersOf(int index) => _servers.Select(servers => (IReadOnlyList<IPAddress>)[.. servers[index]]);

    internal Reading<IReadOnlyList<string>> DomainsOf(int index) => _domains.Select(domains => (IReadOnlyList<string>)[.. domains[index]]);
}
