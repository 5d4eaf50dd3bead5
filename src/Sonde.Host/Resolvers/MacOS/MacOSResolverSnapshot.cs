using System.Net;
using Sonde.Host.MacOS;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Resolvers.MacOS;

/// <summary>Turns the system's DNS configuration into servers and domains.</summary>
internal static class MacOSResolverSnapshot
{
    internal const string SourceName = "dnsinfo";

    /// <summary>Adds what <paramref name="configuration"/> says, in the order in which the system would ask.</summary>
    internal static ResolverSource Read(DnsConfiguration configuration, List<ResolverServer> servers, List<SearchDomain> domains)
    {
        var options = new List<string>();
        int skipped = configuration.Skipped;
        foreach (DnsResolver resolver in configuration.Resolvers)
        {
            Add(resolver, isScoped: false, servers, domains, ref skipped);
            AddOption(resolver, options);
        }

        foreach (DnsResolver resolver in configuration.Scoped)
        {
            Add(resolver, isScoped: true, servers, domains, ref skipped);
            AddOption(resolver, options);
        }

        string? note = configuration.ServiceSpecificCount == 0
            ? null
            : $"{configuration.ServiceSpecificCount} resolvers that serve single programs are not listed";
        return new ResolverSource(SourceName, ReadingStatus.Ok, note, options, skipped);
    }

    private static void Add(DnsResolver resolver, bool isScoped, List<ResolverServer> servers, List<SearchDomain> domains, ref int skipped)
    {
        int index = resolver.InterfaceIndex is > 0 and <= int.MaxValue ? (int)resolver.InterfaceIndex : 0;
        Reading<int> interfaceIndex = index > 0 ? index : Reading.None<int>();
        Reading<string> interfaceName = index > 0 && resolver.InterfaceName.Length > 0
            ? MacOSText.Decode(resolver.InterfaceName)
            : Reading.None<string>();
        string domain = Domain(resolver.Domain);
        string[] onlyFor = domain.Length > 0 && !isScoped ? [domain] : [];
        foreach (byte[] server in resolver.Servers)
        {
            if (!MacOSSocketAddress.TryReadIP(server, index, out IPAddress? address))
            {
                skipped++;
                continue;
            }

            int port = MacOSSocketAddress.Port(server);
            servers.Add(new ResolverServer
            {
                Address = address,
                Port = port != 0 ? port : resolver.Port != 0 ? resolver.Port : 53,
                InterfaceName = interfaceName,
                InterfaceIndex = interfaceIndex,
                OnlyForDomains = onlyFor,
                IsLocalStub = IPAddress.IsLoopback(address),
                Source = SourceName,
            });
        }

        // A domain without servers is a name that is asked for elsewhere (multicast DNS): it routes no query to any server.
        if (onlyFor.Length > 0 && resolver.Servers.Count > 0)
        {
            AddDomain(domain, isRouting: true);
        }

        foreach (byte[] search in resolver.Search)
        {
            AddDomain(Domain(search), isRouting: false);
        }

        void AddDomain(string name, bool isRouting)
        {
            var entry = new SearchDomain
            {
                Name = name,
                RoutingOnly = isRouting,
                InterfaceName = interfaceName,
                InterfaceIndex = interfaceIndex,
                Source = SourceName,
            };
            if (!domains.Contains(entry))
            {
                domains.Add(entry);
            }
        }
    }

    private static void AddOption(DnsResolver resolver, List<string> options)
    {
        if (resolver.Options.Length > 0 && MacOSText.Decode(resolver.Options) is var option && !options.Contains(option))
        {
            options.Add(option);
        }
    }

    // "example.com." and "example.com" are the same domain; the root stays a dot.
    private static string Domain(byte[] bytes)
    {
        string domain = MacOSText.Decode(bytes);
        return domain.Length > 1 && domain.EndsWith('.') ? domain[..^1] : domain;
    }
}
