using System.Globalization;

namespace Sonde.Host.Interfaces.Windows;

/// <summary>Interface types of Windows (ipifcons.h): their names, and what they are in Sonde's words.</summary>
internal static class IfType
{
    internal const uint EthernetCsmacd = 6;
    internal const uint Iso88025TokenRing = 9;
    internal const uint Ppp = 23;
    internal const uint SoftwareLoopback = 24;
    internal const uint Slip = 28;
    internal const uint PropVirtual = 53;
    internal const uint FastEther = 62;
    internal const uint FastEtherFx = 69;
    internal const uint Ieee80211 = 71;
    internal const uint GigabitEthernet = 117;
    internal const uint Tunnel = 131;
    internal const uint L2Vlan = 135;
    internal const uint Ieee8023AdLag = 161;
    internal const uint Infiniband = 199;
    internal const uint Bridge = 209;
    internal const uint Wwanpp = 243;
    internal const uint Wwanpp2 = 244;

    // NDIS_MEDIUM (ntddndis.h)
    internal const int NdisMediumIP = 19;

    /// <summary>What sort of interface that is. Never guessed from names: a virtual card that says it is Ethernet is Ethernet.</summary>
    /// <param name="type">The interface type.</param>
    /// <param name="medium">The medium, when known: a virtual interface whose medium is IP is what a program serves on layer 3 (Wintun).</param>
    internal static InterfaceKind KindOf(uint type, int? medium) => type switch
    {
        SoftwareLoopback => InterfaceKind.Loopback,
        EthernetCsmacd or FastEther or FastEtherFx or GigabitEthernet => InterfaceKind.Ethernet,
        Ieee80211 => InterfaceKind.Wifi,
        Ppp or Slip => InterfaceKind.Ppp,
        Tunnel => InterfaceKind.Tunnel,
        PropVirtual when medium == NdisMediumIP => InterfaceKind.Tun,
        L2Vlan => InterfaceKind.Vlan,
        Ieee8023AdLag => InterfaceKind.Bond,
        Infiniband => InterfaceKind.Infiniband,
        Bridge => InterfaceKind.Bridge,
        Wwanpp or Wwanpp2 => InterfaceKind.Cellular,
        _ => InterfaceKind.Other,
    };

    /// <summary>The name of the constant; IF_TYPE_n for one that has no name here.</summary>
    internal static string NameOf(uint type) => type switch
    {
        1 => "IF_TYPE_OTHER",
        5 => "IF_TYPE_RFC877_X25",
        6 => "IF_TYPE_ETHERNET_CSMACD",
        7 => "IF_TYPE_IS088023_CSMACD",
        8 => "IF_TYPE_ISO88024_TOKENBUS",
        9 => "IF_TYPE_ISO88025_TOKENRING",
        15 => "IF_TYPE_FDDI",
        20 => "IF_TYPE_BASIC_ISDN",
        21 => "IF_TYPE_PRIMARY_ISDN",
        22 => "IF_TYPE_PROP_POINT2POINT_SERIAL",
        23 => "IF_TYPE_PPP",
        24 => "IF_TYPE_SOFTWARE_LOOPBACK",
        28 => "IF_TYPE_SLIP",
        32 => "IF_TYPE_FRAMERELAY",
        33 => "IF_TYPE_RS232",
        37 => "IF_TYPE_ATM",
        48 => "IF_TYPE_MODEM",
        49 => "IF_TYPE_AAL5",
        53 => "IF_TYPE_PROP_VIRTUAL",
        54 => "IF_TYPE_PROP_MULTIPLEXOR",
        55 => "IF_TYPE_IEEE80212",
        56 => "IF_TYPE_FIBRECHANNEL",
        62 => "IF_TYPE_FASTETHER",
        63 => "IF_TYPE_ISDN",
        69 => "IF_TYPE_FASTETHER_FX",
        71 => "IF_TYPE_IEEE80211",
        94 => "IF_TYPE_ADSL",
        95 => "IF_TYPE_RADSL",
        96 => "IF_TYPE_SDSL",
        97 => "IF_TYPE_VDSL",
        108 => "IF_TYPE_PPPMULTILINKBUNDLE",
        112 => "IF_TYPE_VIRTUALIPADDRESS",
        114 => "IF_TYPE_IPOVER_ATM",
        116 => "IF_TYPE_TDLC",
        117 => "IF_TYPE_GIGABITETHERNET",
        118 => "IF_TYPE_HDLC",
        119 => "IF_TYPE_LAP_F",
        126 => "IF_TYPE_IP",
        131 => "IF_TYPE_TUNNEL",
        134 => "IF_TYPE_ATM_SUBINTERFACE",
        135 => "IF_TYPE_L2_VLAN",
        136 => "IF_TYPE_L3_IPVLAN",
        144 => "IF_TYPE_IEEE1394",
        145 => "IF_TYPE_RECEIVE_ONLY",
        161 => "IF_TYPE_IEEE8023AD_LAG",
        199 => "IF_TYPE_INFINIBAND",
        209 => "IF_TYPE_BRIDGE",
        237 => "IF_TYPE_IEEE80216_WMAN",
        243 => "IF_TYPE_WWANPP",
        244 => "IF_TYPE_WWANPP2",
        259 => "IF_TYPE_IEEE802154",
        281 => "IF_TYPE_XBOX_WIRELESS",
        _ => string.Create(CultureInfo.InvariantCulture, $"IF_TYPE_{type}"),
    };

    /// <summary>The name of the medium (NDIS_MEDIUM).</summary>
    internal static string MediumName(int medium) => medium switch
    {
        0 => "NdisMedium802_3",
        1 => "NdisMedium802_5",
        2 => "NdisMediumFddi",
        3 => "NdisMediumWan",
        4 => "NdisMediumLocalTalk",
        5 => "NdisMediumDix",
        6 => "NdisMediumArcnetRaw",
        7 => "NdisMediumArcnet878_2",
        8 => "NdisMediumAtm",
        9 => "NdisMediumWirelessWan",
        10 => "NdisMediumIrda",
        11 => "NdisMediumBpc",
        12 => "NdisMediumCoWan",
        13 => "NdisMedium1394",
        14 => "NdisMediumInfiniBand",
        15 => "NdisMediumTunnel",
        16 => "NdisMediumNative802_11",
        17 => "NdisMediumLoopback",
        18 => "NdisMediumWiMAX",
        19 => "NdisMediumIP",
        _ => string.Create(CultureInfo.InvariantCulture, $"NdisMedium_{medium}"),
    };
}
