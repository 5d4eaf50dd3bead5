using System.Net;

namespace Sonde.Host.Resolvers;

/// <summary>A configured name server.</summary>
public sealed record ResolverServer
{
    /// <summary>Its address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Its port.</summary>
    public int Port { get; init; } = 53;

    /// <summary>The interface it belongs to; none when it serves the whole host.</summary>
    public Reading<string> InterfaceName { get; init; } = Reading.None<string>();

    /// <summary>The index of that interface.</summary>
    public Reading<int> InterfaceIndex { get; init; } = Reading.None<int>();

    /// <summary>The name it must prove over TLS.</summary>
    public Reading<string> ServerName { get; init; } = Reading.None<string>();

    /// <summary>The domains that are asked of this server only; empty when it is asked for all names.</summary>
    public IReadOnlyList<string> OnlyForDomains { get; init; } = [];

    /// <summary>Whether it is a forwarder on this host (such as 127.0.0.53), so that the real servers are elsewhere in the list.</summary>
    public bool IsLocalStub { get; init; }

    /// <summary>The name of the source it came from (<see cref="ResolverSource.Name"/>).</summary>
    public required string Source { get; init; }
}
