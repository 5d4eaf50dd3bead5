using System.Net;

namespace Sonde.Host.Interfaces.Windows;

/// <summary>One entry of GetAdaptersAddresses, copied out of the system's buffer.</summary>
internal sealed record Adapter
{
    /// <summary>The GUID in braces.</summary>
    internal required string Name { get; init; }

    internal required string FriendlyName { get; init; }

    internal required string Description { get; init; }

    /// <summary>The index for IPv4, 0 when IPv4 is not bound to it.</summary>
    internal required uint IPv4Index { get; init; }

    /// <summary>The index for IPv6, 0 when IPv6 is not bound to it.</summary>
    internal required uint IPv6Index { get; init; }

    internal required ulong Luid { get; init; }

    internal required HardwareAddress HardwareAddress { get; init; }

    internal required uint Flags { get; init; }

    internal required uint Mtu { get; init; }

    internal required uint IfType { get; init; }

    internal required int OperStatus { get; init; }

    internal required ulong ReceiveLinkSpeed { get; init; }

    internal required ulong TransmitLinkSpeed { get; init; }

    internal required uint IPv4Metric { get; init; }

    internal required uint IPv6Metric { get; init; }

    internal required IReadOnlyList<AdapterAddress> Addresses { get; init; }

    internal required IReadOnlyList<IPAddress> DnsServers { get; init; }

    internal required IReadOnlyList<IPAddress> Gateways { get; init; }

    /// <summary>The connection's own suffix and its search list, each once, without empty ones.</summary>
    internal required IReadOnlyList<string> DnsSuffixes { get; init; }

    /// <summary>The index users know: both families use the same one when both are bound.</summary>
    internal uint Index => IPv4Index != 0 ? IPv4Index : IPv6Index;
}
