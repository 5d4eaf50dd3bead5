using System.Net;
using System.Runtime.Versioning;
using Sonde.Host.Resolvers.Unix;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Resolvers.MacOS;

/// <summary>The configuration that the system's own resolver uses (dnsinfo); where that cannot be read, /etc/resolv.conf.</summary>
/// <remarks>
/// dnsinfo holds what "scutil --dns" prints: resolvers for the host, for single domains and for each interface, in one call. The public
/// alternative, SCDynamicStore, gives the parts of which configd makes this, and leaves putting them together to its caller.
/// </remarks>
[SupportedOSPlatform("macos")]
internal sealed class MacOSNameResolvers(string resolvConf) : NameResolvers
{
    internal MacOSNameResolvers()
        : this(MacOSResolverFile.DefaultPath)
    {
    }

    public override IReadOnlyList<BackendStatus> Check()
    {
        bool hasConfiguration = DnsConfiguration.TryRead(out string? reason) is not null;
        Reading<ResolvConf> file = MacOSResolverFile.Read(resolvConf, out string? note);
        return
        [
            new BackendStatus(
                Part,
                MacOSResolverSnapshot.SourceName,
                hasConfiguration ? BackendState.Available : BackendState.Unavailable,
                "servers and search domains of the host, of single domains and per interface",
                "dns_configuration_copy",
                reason),
            new BackendStatus(
                Part,
                "resolv.conf",
                file.HasValue ? BackendState.Available : file.Status == ReadingStatus.Denied ? BackendState.Denied : BackendState.Unavailable,
                "servers and search domains of the host only",
                $"open({resolvConf})",
                file.HasValue ? note : file.Reason),
        ];
    }

    public override ResolverSnapshot Collect()
    {
        var servers = new List<ResolverServer>();
        var domains = new List<SearchDomain>();
        if (DnsConfiguration.TryRead(out string? reason) is { } configuration)
        {
            return new ResolverSnapshot(servers, domains, [MacOSResolverSnapshot.Read(configuration, servers, domains)]);
        }

        Reading<ResolvConf> file = MacOSResolverFile.Read(resolvConf, out string? note);
        if (file.TryGetValue(out ResolvConf? conf))
        {
            servers.AddRange(conf.Servers.Select(address => new ResolverServer
            {
                Address = address,
                IsLocalStub = IPAddress.IsLoopback(address),
                Source = resolvConf,
            }));
            domains.AddRange(conf.SearchDomains.Select(name => new SearchDomain { Name = name, Source = resolvConf }));
        }

        return new ResolverSnapshot(
            servers,
            domains,
            [
                new ResolverSource(MacOSResolverSnapshot.SourceName, ReadingStatus.Unsupported, reason, [], 0),
                new ResolverSource(resolvConf, file.Status, file.HasValue ? note : file.Reason, conf?.Options ?? [], conf?.Skipped ?? 0),
            ]);
    }
}
