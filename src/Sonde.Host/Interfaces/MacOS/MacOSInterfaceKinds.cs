using System.Globalization;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Interfaces.MacOS;

/// <summary>What sort of interface it is, by what the system says of it: its type, its family and its medium. Never by its name.</summary>
internal static class MacOSInterfaceKinds
{
    /// <summary>Puts together what the system says; the word is that of the answer which decided.</summary>
    /// <param name="type">IFT_… of the interface's link-layer address.</param>
    /// <param name="family">IFRTYPE_FAMILY_… and IFRTYPE_SUBFAMILY_… where the system tells.</param>
    /// <param name="media">The medium where the driver has one.</param>
    internal static (InterfaceKind Kind, string Word) Classify(byte type, InterfaceType? family, InterfaceMedia? media)
    {
        // SIOCGIFTYPE fills a private arm of struct ifreq. It repeats the type; if it does not, the layout is another one and nothing of it counts.
        InterfaceType told = family is { } given && given.Type == type ? given : default;
        return type switch
        {
            Darwin.IFT_LOOP => (InterfaceKind.Loopback, "IFT_LOOP"),
            Darwin.IFT_BRIDGE => (InterfaceKind.Bridge, "IFT_BRIDGE"),
            Darwin.IFT_L2VLAN => (InterfaceKind.Vlan, "IFT_L2VLAN"),
            Darwin.IFT_IEEE8023ADLAG => (InterfaceKind.Bond, "IFT_IEEE8023ADLAG"),
            Darwin.IFT_PPP => (InterfaceKind.Ppp, "IFT_PPP"),
            Darwin.IFT_GIF => (InterfaceKind.Tunnel, "IFT_GIF"),
            Darwin.IFT_STF => (InterfaceKind.Tunnel, "IFT_STF"),
            Darwin.IFT_CELLULAR => (InterfaceKind.Cellular, "IFT_CELLULAR"),
            Darwin.IFT_ETHER when told is { Family: Darwin.IFRTYPE_FAMILY_ETHERNET, Subfamily: Darwin.IFRTYPE_SUBFAMILY_WIFI } =>
                (InterfaceKind.Wifi, "IFRTYPE_SUBFAMILY_WIFI"),
            Darwin.IFT_ETHER when media is { } medium && (medium.Current & Darwin.IFM_NMASK) == Darwin.IFM_IEEE80211 =>
                (InterfaceKind.Wifi, "IFM_IEEE80211"),
            _ => told.Family switch
            {
                Darwin.IFRTYPE_FAMILY_UTUN => (InterfaceKind.Tun, "IFRTYPE_FAMILY_UTUN"),
                Darwin.IFRTYPE_FAMILY_TUN => (InterfaceKind.Tun, "IFRTYPE_FAMILY_TUN"),
                Darwin.IFRTYPE_FAMILY_IPSEC => (InterfaceKind.Tunnel, "IFRTYPE_FAMILY_IPSEC"),
                Darwin.IFRTYPE_FAMILY_PPP => (InterfaceKind.Ppp, "IFRTYPE_FAMILY_PPP"),
                Darwin.IFRTYPE_FAMILY_VLAN => (InterfaceKind.Vlan, "IFRTYPE_FAMILY_VLAN"),
                Darwin.IFRTYPE_FAMILY_BOND => (InterfaceKind.Bond, "IFRTYPE_FAMILY_BOND"),
                Darwin.IFRTYPE_FAMILY_CELLULAR => (InterfaceKind.Cellular, "IFRTYPE_FAMILY_CELLULAR"),
                _ => (type == Darwin.IFT_ETHER ? InterfaceKind.Ethernet : InterfaceKind.Other, NameOf(type)),
            },
        };
    }

    /// <summary>The name of a link type in the system's headers; its number where we know none.</summary>
    internal static string NameOf(byte type) => type switch
    {
        Darwin.IFT_OTHER => "IFT_OTHER",
        Darwin.IFT_ETHER => "IFT_ETHER",
        Darwin.IFT_ISO88025 => "IFT_ISO88025",
        Darwin.IFT_FDDI => "IFT_FDDI",
        Darwin.IFT_PPP => "IFT_PPP",
        Darwin.IFT_LOOP => "IFT_LOOP",
        Darwin.IFT_XETHER => "IFT_XETHER",
        Darwin.IFT_SLIP => "IFT_SLIP",
        Darwin.IFT_MODEM => "IFT_MODEM",
        Darwin.IFT_GIF => "IFT_GIF",
        Darwin.IFT_FAITH => "IFT_FAITH",
        Darwin.IFT_STF => "IFT_STF",
        Darwin.IFT_L2VLAN => "IFT_L2VLAN",
        Darwin.IFT_IEEE8023ADLAG => "IFT_IEEE8023ADLAG",
        Darwin.IFT_IEEE1394 => "IFT_IEEE1394",
        Darwin.IFT_BRIDGE => "IFT_BRIDGE",
        Darwin.IFT_ENC => "IFT_ENC",
        Darwin.IFT_PFLOG => "IFT_PFLOG",
        Darwin.IFT_PFSYNC => "IFT_PFSYNC",
        Darwin.IFT_CARP => "IFT_CARP",
        Darwin.IFT_PKTAP => "IFT_PKTAP",
        Darwin.IFT_CELLULAR => "IFT_CELLULAR",
        _ => string.Create(CultureInfo.InvariantCulture, $"IFT_{type}"),
    };

    /// <summary>The link type as a word of its own: "ether", "loop", "gif".</summary>
    internal static string LinkTypeOf(byte type) => NameOf(type)["IFT_".Length..].ToLowerInvariant();
}
