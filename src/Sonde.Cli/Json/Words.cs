using System.ComponentModel;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Tun;

namespace Sonde.Cli.Json;

/// <summary>The words of enums in JSON and TSV: "LowerLayerDown" is "lower_layer_down".</summary>
/// <remarks>Written out, because asking an enum for its own names costs milliseconds at the first time, a tenth of a whole command.</remarks>
internal static class Words
{
    private static readonly (AddressState State, string Word)[] s_addressStates =
    [
        (AddressState.Dynamic, "dynamic"),
        (AddressState.Temporary, "temporary"),
        (AddressState.Deprecated, "deprecated"),
        (AddressState.Tentative, "tentative"),
        (AddressState.Duplicate, "duplicate"),
        (AddressState.Secondary, "secondary"),
        (AddressState.ManagesTemporary, "manages_temporary"),
        (AddressState.NoPrefixRoute, "no_prefix_route"),
        (AddressState.NoDuplicateDetection, "no_duplicate_detection"),
        (AddressState.Home, "home"),
        (AddressState.Optimistic, "optimistic"),
        (AddressState.AutoJoin, "auto_join"),
        (AddressState.Anycast, "anycast"),
        (AddressState.StateUnknown, "state_unknown"),
    ];

    internal static string Of(InterfaceKind value) => value switch
    {
        InterfaceKind.Other => "other",
        InterfaceKind.Loopback => "loopback",
        InterfaceKind.Ethernet => "ethernet",
        InterfaceKind.Wifi => "wifi",
        InterfaceKind.Tun => "tun",
        InterfaceKind.Tap => "tap",
        InterfaceKind.Bridge => "bridge",
        InterfaceKind.Vlan => "vlan",
        InterfaceKind.Veth => "veth",
        InterfaceKind.Macvlan => "macvlan",
        InterfaceKind.Ipvlan => "ipvlan",
        InterfaceKind.Bond => "bond",
        InterfaceKind.Dummy => "dummy",
        InterfaceKind.Tunnel => "tunnel",
        InterfaceKind.Wireguard => "wireguard",
        InterfaceKind.Ppp => "ppp",
        InterfaceKind.Vrf => "vrf",
        InterfaceKind.Can => "can",
        InterfaceKind.Infiniband => "infiniband",
        InterfaceKind.Cellular => "cellular",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(InterfaceKind)),
    };

    internal static string Of(AdministrativeState value) => value switch
    {
        AdministrativeState.Down => "down",
        AdministrativeState.Up => "up",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(AdministrativeState)),
    };

    internal static string Of(OperationalState value) => value switch
    {
        OperationalState.Unknown => "unknown",
        OperationalState.NotPresent => "not_present",
        OperationalState.Down => "down",
        OperationalState.LowerLayerDown => "lower_layer_down",
        OperationalState.Testing => "testing",
        OperationalState.Dormant => "dormant",
        OperationalState.Up => "up",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(OperationalState)),
    };

    internal static string Of(AddressScope value) => value switch
    {
        AddressScope.Global => "global",
        AddressScope.Site => "site",
        AddressScope.Link => "link",
        AddressScope.Host => "host",
        AddressScope.Nowhere => "nowhere",
        AddressScope.Custom => "custom",
        AddressScope.Unknown => "unknown",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(AddressScope)),
    };

    internal static string Of(ReadingStatus value) => value switch
    {
        ReadingStatus.NotCollected => "not_collected",
        ReadingStatus.Ok => "ok",
        ReadingStatus.None => "none",
        ReadingStatus.Denied => "denied",
        ReadingStatus.Gone => "gone",
        ReadingStatus.Unsupported => "unsupported",
        ReadingStatus.Failed => "failed",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(ReadingStatus)),
    };

    internal static string Of(TunChangeKind value) => value switch
    {
        TunChangeKind.Unknown => "unknown",
        TunChangeKind.Up => "up",
        TunChangeKind.Down => "down",
        TunChangeKind.Mtu => "mtu",
        TunChangeKind.AddressAdded => "address_added",
        TunChangeKind.AddressRemoved => "address_removed",
        TunChangeKind.Renamed => "renamed",
        TunChangeKind.Removed => "removed",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(TunChangeKind)),
    };

    internal static string Of(TunOffload value) => value switch
    {
        TunOffload.None => "plain",
        TunOffload.Segmented => "segmented",
        TunOffload.Raw => "raw",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(TunOffload)),
    };

    internal static string Of(BackendState value) => value switch
    {
        BackendState.Available => "available",
        BackendState.Denied => "denied",
        BackendState.Unavailable => "unavailable",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(BackendState)),
    };

    /// <summary>The words of the flags that are set.</summary>
    internal static IReadOnlyList<string> Of(AddressState flags)
    {
        if (flags == AddressState.None)
        {
            return [];
        }

        var words = new List<string>();
        foreach ((AddressState state, string word) in s_addressStates)
        {
            if ((flags & state) != AddressState.None)
            {
                words.Add(word);
            }
        }

        return words;
    }
}
