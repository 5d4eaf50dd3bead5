namespace Sonde.Host.Interfaces;

/// <summary>What sort of interface it is, in words that mean the same on every system.</summary>
public enum InterfaceKind
{
    /// <summary>The system's kind has no word here; see <see cref="NetworkInterface.KindName"/>.</summary>
    Other = 0,

    /// <summary>The host's interface to itself.</summary>
    Loopback,

    /// <summary>Ethernet: a card, or what presents itself as one.</summary>
    Ethernet,

    /// <summary>A wireless LAN.</summary>
    Wifi,

    /// <summary>A layer-3 device that a program serves (TUN, utun, Wintun).</summary>
    Tun,

    /// <summary>A layer-2 device that a program serves (TAP).</summary>
    Tap,

    /// <summary>A bridge that other interfaces are ports of.</summary>
    Bridge,

    /// <summary>A tagged VLAN on top of another interface.</summary>
    Vlan,

    /// <summary>One end of a virtual cable.</summary>
    Veth,

    /// <summary>Another MAC address on top of an interface.</summary>
    Macvlan,

    /// <summary>Another IP address space on top of an interface.</summary>
    Ipvlan,

    /// <summary>Several interfaces joined into one (bond, team, lagg).</summary>
    Bond,

    /// <summary>A device that swallows what it is given.</summary>
    Dummy,

    /// <summary>An encapsulating tunnel (VXLAN, GRE, IPIP, SIT, GENEVE, gif, 6to4, Teredo).</summary>
    Tunnel,

    /// <summary>A WireGuard tunnel.</summary>
    Wireguard,

    /// <summary>Point-to-point protocol.</summary>
    Ppp,

    /// <summary>Virtual routing and forwarding.</summary>
    Vrf,

    /// <summary>A CAN bus.</summary>
    Can,

    /// <summary>InfiniBand.</summary>
    Infiniband,

    /// <summary>A mobile broadband modem.</summary>
    Cellular,
}
