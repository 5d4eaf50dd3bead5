namespace Sonde.Host.Resolvers;

/// <summary>A domain that short names are completed with, or that decides which server is asked.</summary>
public sealed record SearchDomain
{
    /// <summary>The domain, without a leading "~" or a trailing dot; the root domain is ".".</summary>
    public required string Name { get; init; }

    /// <summary>Whether it only routes queries and never completes a short name.</summary>
    public bool RoutingOnly { get; init; }

    /// <summary>The interface it belongs to; none when it serves the whole host.</summary>
    public Reading<string> InterfaceName { get; init; } = Reading.None<string>();

    /// <summary>The index of that interface.</summary>
    public Reading<int> InterfaceIndex { get; init; } = Reading.None<int>();

    /// <summary>The name of the source it came from (<see cref="ResolverSource.Name"/>).</summary>
    public required string Source { get; init; }
}
