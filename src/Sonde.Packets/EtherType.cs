namespace Sonde.Packets;

/// <summary>What an Ethernet frame carries, by its number in the IEEE registry; any value may occur.</summary>
/// <remarks>Numbers below 0x0600 are lengths of IEEE 802.3 frames, not types.</remarks>
public enum EtherType : ushort
{
    /// <summary>No type: the frame names its content by an LLC header, or not at all.</summary>
    None = 0,

    /// <summary>IPv4.</summary>
    IPv4 = 0x0800,

    /// <summary>ARP.</summary>
    Arp = 0x0806,

    /// <summary>Wake-on-LAN.</summary>
    WakeOnLan = 0x0842,

    /// <summary>An IEEE 802.1Q VLAN tag.</summary>
    Vlan = 0x8100,

    /// <summary>IPv6.</summary>
    IPv6 = 0x86DD,

    /// <summary>Ethernet flow control.</summary>
    FlowControl = 0x8808,

    /// <summary>Slow protocols: LACP and others.</summary>
    SlowProtocols = 0x8809,

    /// <summary>MPLS with one receiver.</summary>
    Mpls = 0x8847,

    /// <summary>MPLS with several receivers.</summary>
    MplsMulticast = 0x8848,

    /// <summary>PPP over Ethernet, discovery.</summary>
    PppoeDiscovery = 0x8863,

    /// <summary>PPP over Ethernet, session.</summary>
    PppoeSession = 0x8864,

    /// <summary>IEEE 802.1X (EAP over LAN).</summary>
    Eapol = 0x888E,

    /// <summary>PROFINET.</summary>
    Profinet = 0x8892,

    /// <summary>EtherCAT.</summary>
    EtherCat = 0x88A4,

    /// <summary>An IEEE 802.1ad service tag (QinQ).</summary>
    ServiceVlan = 0x88A8,

    /// <summary>Link layer discovery (LLDP).</summary>
    Lldp = 0x88CC,

    /// <summary>MACsec.</summary>
    MacSec = 0x88E5,

    /// <summary>Precision time protocol.</summary>
    Ptp = 0x88F7,

    /// <summary>A service tag from before 802.1ad.</summary>
    LegacyServiceVlan = 0x9100,

    /// <summary>Another Ethernet frame, without a header before it (transparent Ethernet bridging, in GRE).</summary>
    EthernetBridging = 0x6558,
}
