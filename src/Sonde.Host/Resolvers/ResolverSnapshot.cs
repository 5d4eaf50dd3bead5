namespace Sonde.Host.Resolvers;

/// <summary>The resolver configuration as it was read in one go.</summary>
/// <param name="Servers">Servers in the order in which the system would ask them, source by source.</param>
/// <param name="SearchDomains">Search and routing domains.</param>
/// <param name="Sources">Every place that was looked at, and what it said.</param>
public sealed record ResolverSnapshot(
    IReadOnlyList<ResolverServer> Servers,
    IReadOnlyList<SearchDomain> SearchDomains,
    IReadOnlyList<ResolverSource> Sources);
