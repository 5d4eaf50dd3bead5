using System.Net;

namespace Sonde.Host.Interfaces;

/// <summary>One network interface as the system described it at one moment.</summary>
public sealed record NetworkInterface
{
    /// <summary>The name a user types: "eth0", "en0", "Ethernet 2". Bytes that are no text appear as \xNN.</summary>
    public required string Name { get; init; }

    /// <summary>The system's number for it, unique while it exists.</summary>
    public required int Index { get; init; }

    /// <summary>What sort of interface it is.</summary>
    public required InterfaceKind Kind { get; init; }

    /// <summary>The system's own word for the kind: "veth", "IF_TYPE_IEEE80211", "bridge".</summary>
    public required string KindName { get; init; }

    /// <summary>What the maker or the administrator calls it: the adapter description of Windows, ifalias of Linux.</summary>
    public Reading<string> Description { get; init; } = Reading.None<string>();

    /// <summary>The system's other name for it: the adapter GUID of Windows.</summary>
    public Reading<string> SystemName { get; init; } = Reading.Unsupported<string>("only Windows gives interfaces a second name");

    /// <summary>What kind of address the link uses, in the system's word: "ether", "loopback", "none".</summary>
    public required string LinkType { get; init; }

    /// <summary>The link-layer (MAC) address.</summary>
    public required Reading<HardwareAddress> HardwareAddress { get; init; }

    /// <summary>The link-layer broadcast address.</summary>
    public Reading<HardwareAddress> HardwareBroadcast { get; init; } = Reading.None<HardwareAddress>();

    /// <summary>The largest packet it takes, in bytes, without the link-layer header.</summary>
    public required Reading<long> Mtu { get; init; }

    /// <summary>What the administrator wants.</summary>
    public required AdministrativeState AdministrativeState { get; init; }

    /// <summary>What it really does.</summary>
    public required OperationalState OperationalState { get; init; }

    /// <summary>The system's flags by their names, without prefix: "BROADCAST", "LOWER_UP".</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>How fast the link runs, in bits per second.</summary>
    public required Reading<long> LinkSpeedBitsPerSecond { get; init; }

    /// <summary>The index of the interface below it (of a VLAN, a macvlan) or at its other end (of a veth).</summary>
    public Reading<int> LowerIndex { get; init; } = Reading.None<int>();

    /// <summary>The number of the other network namespace that <see cref="LowerIndex"/> counts in; none when it is this one.</summary>
    public Reading<int> LowerNamespaceId { get; init; } = Reading.None<int>();

    /// <summary>The index of the bridge, bond or VRF that it is a port of.</summary>
    public Reading<int> MasterIndex { get; init; } = Reading.None<int>();

    /// <summary>Its addresses, in the system's order.</summary>
    public required Reading<IReadOnlyList<InterfaceAddress>> Addresses { get; init; }

    /// <summary>What it has counted.</summary>
    public required Reading<InterfaceCounters> Counters { get; init; }

    /// <summary>Default routes through it, best first.</summary>
    public required Reading<IReadOnlyList<DefaultGateway>> DefaultGateways { get; init; }

    /// <summary>Name servers that belong to it, where the system ties name servers to interfaces.</summary>
    public required Reading<IReadOnlyList<IPAddress>> DnsServers { get; init; }

    /// <summary>Search domains that belong to it, where the system ties them to interfaces.</summary>
    public required Reading<IReadOnlyList<string>> SearchDomains { get; init; }
}
