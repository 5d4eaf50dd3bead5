using System.Net;

namespace Sonde.Host.Interfaces;

/// <summary>An IPv4 or IPv6 address of an interface.</summary>
public sealed record InterfaceAddress
{
    /// <summary>The address. Link-local IPv6 addresses carry the interface's index as their scope id.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The prefix length, in bits.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>How far it is valid.</summary>
    public required AddressScope Scope { get; init; }

    /// <summary>The system's number for the scope; tells custom scopes apart.</summary>
    public int ScopeId { get; init; }

    /// <summary>The other end of a point-to-point link.</summary>
    public Reading<IPAddress> Peer { get; init; } = Reading.None<IPAddress>();

    /// <summary>The IPv4 broadcast address.</summary>
    public Reading<IPAddress> Broadcast { get; init; } = Reading.None<IPAddress>();

    /// <summary>The address's own name, which old tools show as an interface ("eth0:1").</summary>
    public Reading<string> Label { get; init; } = Reading.None<string>();

    /// <summary>What the system says about it.</summary>
    public AddressState State { get; init; }

    /// <summary>How long it stays valid; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</summary>
    public Reading<TimeSpan> ValidLifetime { get; init; }

    /// <summary>How long it is used for new connections; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</summary>
    public Reading<TimeSpan> PreferredLifetime { get; init; }
}
