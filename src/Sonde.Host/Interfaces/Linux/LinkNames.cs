using System.Globalization;
using Sonde.Interop.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>Puts the kernel's numbers and words for links into ours.</summary>
internal static class LinkNames
{
    // In the order in which ip(8) prints them.
    private static readonly (uint Bit, string Name)[] s_flags =
    [
        (1 << 3, "LOOPBACK"), (1 << 1, "BROADCAST"), (1 << 4, "POINTOPOINT"), (1 << 12, "MULTICAST"), (1 << 7, "NOARP"), (1 << 9, "ALLMULTI"),
        (1 << 8, "PROMISC"), (1 << 10, "MASTER"), (1 << 11, "SLAVE"), (1 << 2, "DEBUG"), (1 << 15, "DYNAMIC"), (1 << 14, "AUTOMEDIA"),
        (1 << 13, "PORTSEL"), (1 << 5, "NOTRAILERS"), (1 << 0, "UP"), (1 << 6, "RUNNING"), (1 << 16, "LOWER_UP"), (1 << 17, "DORMANT"), (1 << 18, "ECHO"),
    ];

    /// <summary>The names of the flags that are set; bits without a name appear as a number.</summary>
    internal static IReadOnlyList<string> ToFlags(uint flags)
    {
        var names = new List<string>();
        foreach ((uint bit, string name) in s_flags)
        {
            if ((flags & bit) != 0)
            {
                names.Add(name);
                flags &= ~bit;
            }
        }

        if (flags != 0)
        {
            names.Add(string.Create(CultureInfo.InvariantCulture, $"0x{flags:x}"));
        }

        return names;
    }

    internal static OperationalState ToOperationalState(byte state) => state switch
    {
        1 => OperationalState.NotPresent,
        2 => OperationalState.Down,
        3 => OperationalState.LowerLayerDown,
        4 => OperationalState.Testing,
        5 => OperationalState.Dormant,
        6 => OperationalState.Up,
        _ => OperationalState.Unknown,
    };

    /// <summary>The words of ip(8) for ARPHRD_ numbers; numbers without one appear in brackets as there.</summary>
    internal static string ToLinkType(ushort hardwareType) => hardwareType switch
    {
        RtNetlink.ARPHRD_ETHER => "ether",
        RtNetlink.ARPHRD_INFINIBAND => "infiniband",
        RtNetlink.ARPHRD_CAN => "can",
        RtNetlink.ARPHRD_PPP => "ppp",
        RtNetlink.ARPHRD_RAWIP => "rawip",
        RtNetlink.ARPHRD_TUNNEL => "ipip",
        RtNetlink.ARPHRD_TUNNEL6 => "tunnel6",
        RtNetlink.ARPHRD_LOOPBACK => "loopback",
        RtNetlink.ARPHRD_SIT => "sit",
        RtNetlink.ARPHRD_IPGRE => "gre",
        RtNetlink.ARPHRD_IP6GRE => "gre6",
        RtNetlink.ARPHRD_IEEE80211 => "ieee802.11",
        RtNetlink.ARPHRD_IEEE80211_PRISM => "ieee802.11/prism",
        RtNetlink.ARPHRD_IEEE80211_RADIOTAP => "ieee802.11/radiotap",
        RtNetlink.ARPHRD_NETLINK => "netlink",
        RtNetlink.ARPHRD_NONE => "none",
        RtNetlink.ARPHRD_VOID => "void",
        _ => string.Create(CultureInfo.InvariantCulture, $"[{hardwareType}]"),
    };

    /// <summary>The kind: the driver's own word where it gives one (IFLA_INFO_KIND), else what the hardware type says.</summary>
    internal static InterfaceKind ToKind(string? kind, bool isTap, ushort hardwareType, bool isWireless) => kind switch
    {
        "veth" or "netkit" => InterfaceKind.Veth,
        "bridge" => InterfaceKind.Bridge,
        "vlan" => InterfaceKind.Vlan,
        "macvlan" or "macvtap" => InterfaceKind.Macvlan,
        "ipvlan" or "ipvtap" => InterfaceKind.Ipvlan,
        "bond" or "team" => InterfaceKind.Bond,
        "dummy" => InterfaceKind.Dummy,
        "tun" => isTap ? InterfaceKind.Tap : InterfaceKind.Tun,
        "wireguard" => InterfaceKind.Wireguard,
        "vrf" => InterfaceKind.Vrf,
        "ppp" => InterfaceKind.Ppp,
        "can" or "vcan" or "vxcan" => InterfaceKind.Can,
        "ipoib" => InterfaceKind.Infiniband,
        "wwan" or "rmnet" => InterfaceKind.Cellular,
        "vxlan" or "geneve" or "gre" or "gretap" or "ip6gre" or "ip6gretap" or "erspan" or "ip6erspan" or "ipip" or "sit" or "ip6tnl" or "vti" or "vti6"
            or "xfrm" or "gtp" or "bareudp" => InterfaceKind.Tunnel,
        not null => InterfaceKind.Other,
        null when isWireless => InterfaceKind.Wifi,
        null => hardwareType switch
        {
            RtNetlink.ARPHRD_LOOPBACK => InterfaceKind.Loopback,
            RtNetlink.ARPHRD_ETHER => InterfaceKind.Ethernet,
            RtNetlink.ARPHRD_IEEE80211 or RtNetlink.ARPHRD_IEEE80211_PRISM or RtNetlink.ARPHRD_IEEE80211_RADIOTAP => InterfaceKind.Wifi,
            RtNetlink.ARPHRD_PPP => InterfaceKind.Ppp,
            RtNetlink.ARPHRD_CAN => InterfaceKind.Can,
            RtNetlink.ARPHRD_INFINIBAND => InterfaceKind.Infiniband,
            RtNetlink.ARPHRD_TUNNEL or RtNetlink.ARPHRD_TUNNEL6 or RtNetlink.ARPHRD_SIT or RtNetlink.ARPHRD_IPGRE or RtNetlink.ARPHRD_IP6GRE => InterfaceKind.Tunnel,
            _ => InterfaceKind.Other,
        },
    };
}
