using Sonde.Packets;

namespace Sonde.Link.Windows;

/// <summary>An adapter, as far as frames need it.</summary>
internal sealed record WindowsAdapter
{
    private const uint SoftwareLoopback = 24; // IF_TYPE_SOFTWARE_LOOPBACK (ipifcons.h)

    /// <summary>Its identifier in braces, the one that the names of Npcap's devices hold.</summary>
    internal required string Guid { get; init; }

    /// <summary>The name that Windows shows: "Ethernet 2".</summary>
    internal required string FriendlyName { get; init; }

    /// <summary>The index of its IPv4 interface, or of its IPv6 interface where IPv4 is not bound.</summary>
    internal int Index { get; init; }

    internal ulong Luid { get; init; }

    internal MacAddress HardwareAddress { get; init; }

    internal int Mtu { get; init; }

    internal uint Type { get; init; }

    internal IReadOnlyList<WindowsAdapterAddress> Addresses { get; init; } = [];

    internal bool IsLoopback => Type == SoftwareLoopback;

    /// <summary>The mask of its first IPv4 address, null when it has none.</summary>
    internal uint? IPv4Mask => Addresses.FirstOrDefault(static address => address.Value.IsIPv4) is { PrefixLength: > 0 and <= 32 } found
        ? uint.MaxValue << (32 - found.PrefixLength)
        : null;

    /// <summary>Whether a user may mean this adapter: by the name that Windows shows, by its identifier, or by Npcap's name for it.</summary>
    internal bool IsNamed(string name) =>
        FriendlyName.Equals(name, StringComparison.OrdinalIgnoreCase)
        || (NpcapName.TryGetGuid(name, out string? guid) && Guid.Equals(guid, StringComparison.OrdinalIgnoreCase))
        || (IsLoopback && name.Equals(NpcapName.Loopback, StringComparison.OrdinalIgnoreCase));
}
