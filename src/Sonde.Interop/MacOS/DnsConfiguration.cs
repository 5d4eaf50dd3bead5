using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

/// <summary>A resolver of the system's DNS configuration, copied out of its memory.</summary>
/// <param name="Domain">The names it is asked for; empty for all.</param>
/// <param name="Servers">Socket addresses.</param>
/// <param name="Port">The port of servers that name none; 0 for the usual one.</param>
/// <param name="Search">Search domains.</param>
/// <param name="Options">Options as the configuration has them ("mdns").</param>
/// <param name="Order">Its rank among resolvers for the same names: the smaller is asked first.</param>
/// <param name="InterfaceIndex">The interface that it is bound to, or 0.</param>
/// <param name="InterfaceName">That interface's name; empty where the configuration has none.</param>
/// <param name="Flags">DNS_RESOLVER_FLAGS_…</param>
internal sealed record DnsResolver(
    byte[] Domain,
    IReadOnlyList<byte[]> Servers,
    ushort Port,
    IReadOnlyList<byte[]> Search,
    byte[] Options,
    uint Order,
    uint InterfaceIndex,
    byte[] InterfaceName,
    uint Flags);

/// <summary>What dns_configuration_copy gives, copied: resolvers for the host, per interface, and for single services.</summary>
/// <param name="Resolvers">Asked by programs that name no interface: the default first, then those for certain domains.</param>
/// <param name="Scoped">Asked by programs that bind to an interface.</param>
/// <param name="ServiceSpecificCount">How many belong to single services (a VPN for one program).</param>
/// <param name="Skipped">Null pointers and absurd counts that were passed over.</param>
internal sealed record DnsConfiguration(
    IReadOnlyList<DnsResolver> Resolvers,
    IReadOnlyList<DnsResolver> Scoped,
    int ServiceSpecificCount,
    int Skipped)
{
    /// <summary>No configuration has as many of anything; a larger count is passed over.</summary>
    internal const int MaxCount = 4096;

    private const int MaxTextBytes = 4096;

    /// <summary>Reads the configuration now.</summary>
    /// <returns>Null, with a reason in words, when the system does not have this private call or speaks another version of it.</returns>
    [SupportedOSPlatform("macos")]
    internal static unsafe DnsConfiguration? TryRead(out string? reason)
    {
        dns_config_t* configuration;
        try
        {
            configuration = LibSystem.dns_configuration_copy();
        }
        catch (EntryPointNotFoundException)
        {
            reason = "this macOS does not export dns_configuration_copy";
            return null;
        }

        if (configuration is null)
        {
            reason = "dns_configuration_copy returned no configuration";
            return null;
        }

        try
        {
            // SAFETY: the memory is ours until it is freed below; what it points to is only followed for the version whose layout is declared.
            if (configuration->version != Darwin.DNSINFO_VERSION)
            {
                reason = $"dns_configuration_copy speaks version {configuration->version}; {Darwin.DNSINFO_VERSION} is known here";
                return null;
            }

            int skipped = 0;
            reason = null;
            return new DnsConfiguration(
                CopyResolvers(configuration->resolver, configuration->n_resolver, ref skipped),
                CopyResolvers(configuration->scoped_resolver, configuration->n_scoped_resolver, ref skipped),
                CountOf(configuration->service_specific_resolver, configuration->n_service_specific_resolver, ref skipped),
                skipped);
        }
        finally
        {
            LibSystem.dns_configuration_free(configuration);
        }
    }

    // SAFETY, for all below: pointers come from one dns_configuration_copy whose memory outlives these calls; null ones are not followed.
    private static unsafe List<DnsResolver> CopyResolvers(dns_resolver_t** resolvers, int declared, ref int skipped)
    {
        int count = CountOf(resolvers, declared, ref skipped);
        var copies = new List<DnsResolver>(count);
        for (int i = 0; i < count; i++)
        {
            dns_resolver_t* resolver = resolvers[i];
            if (resolver is null)
            {
                skipped++;
                continue;
            }

            copies.Add(new DnsResolver(
                CopyText(resolver->domain),
                CopyServers(resolver, ref skipped),
                resolver->port,
                CopySearch(resolver, ref skipped),
                CopyText(resolver->options),
                resolver->search_order,
                resolver->if_index,
                CopyText(resolver->if_name),
                resolver->flags));
        }

        return copies;
    }

    private static unsafe List<byte[]> CopyServers(dns_resolver_t* resolver, ref int skipped)
    {
        int count = CountOf(resolver->nameserver, resolver->n_nameserver, ref skipped);
        var servers = new List<byte[]>(count);
        for (int i = 0; i < count; i++)
        {
            byte[] server = InterfaceAddressList.CopyAddress(resolver->nameserver[i]);
            if (server.Length == 0)
            {
                skipped++;
            }
            else
            {
                servers.Add(server);
            }
        }

        return servers;
    }

    private static unsafe List<byte[]> CopySearch(dns_resolver_t* resolver, ref int skipped)
    {
        int count = CountOf(resolver->search, resolver->n_search, ref skipped);
        var domains = new List<byte[]>(count);
        for (int i = 0; i < count; i++)
        {
            byte[] domain = CopyText(resolver->search[i]);
            if (domain.Length == 0)
            {
                skipped++;
            }
            else
            {
                domains.Add(domain);
            }
        }

        return domains;
    }

    private static unsafe int CountOf(void* first, int declared, ref int skipped)
    {
        if (declared == 0)
        {
            return 0;
        }

        if (first is null || declared is < 0 or > MaxCount)
        {
            skipped++;
            return 0;
        }

        return declared;
    }

    private static unsafe byte[] CopyText(byte* text)
    {
        if (text is null)
        {
            return [];
        }

        int length = 0;
        while (length < MaxTextBytes && text[length] != 0)
        {
            length++;
        }

        return new ReadOnlySpan<byte>(text, length).ToArray();
    }
}
