using System.Globalization;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Headers;

namespace Sonde.Cli.Frames;

/// <summary>The words for what frames hold: in JSON, TSV and statistics. A number without a word is written as that number.</summary>
internal static class FrameWords
{
    // Made once, so that a number without a word costs no string per packet.
    private static readonly string[] s_protocolNumbers = [.. Enumerable.Range(0, 256).Select(static number => number.ToString(CultureInfo.InvariantCulture))];

    internal static string Of(IPProtocol protocol) => protocol switch
    {
        IPProtocol.HopByHop => "hopopt",
        IPProtocol.Icmp => "icmp",
        IPProtocol.Igmp => "igmp",
        IPProtocol.IPv4 => "ipip",
        IPProtocol.Tcp => "tcp",
        IPProtocol.Udp => "udp",
        IPProtocol.Dccp => "dccp",
        IPProtocol.IPv6 => "ipv6",
        IPProtocol.Gre => "gre",
        IPProtocol.Esp => "esp",
        IPProtocol.AuthenticationHeader => "ah",
        IPProtocol.IcmpV6 => "icmp6",
        IPProtocol.NoNextHeader => "none",
        IPProtocol.Ospf => "ospf",
        IPProtocol.Pim => "pim",
        IPProtocol.Vrrp => "vrrp",
        IPProtocol.Sctp => "sctp",
        IPProtocol.UdpLite => "udplite",
        _ => s_protocolNumbers[(byte)protocol],
    };

    /// <summary>The word, or null where there is only a number.</summary>
    internal static string? Of(EtherType type) => type switch
    {
        EtherType.IPv4 => "ipv4",
        EtherType.Arp => "arp",
        EtherType.WakeOnLan => "wol",
        EtherType.Vlan => "vlan",
        EtherType.IPv6 => "ipv6",
        EtherType.FlowControl => "flow_control",
        EtherType.SlowProtocols => "slow",
        EtherType.Mpls => "mpls",
        EtherType.MplsMulticast => "mpls_multicast",
        EtherType.PppoeDiscovery => "pppoe_discovery",
        EtherType.PppoeSession => "pppoe",
        EtherType.Eapol => "eapol",
        EtherType.Profinet => "profinet",
        EtherType.EtherCat => "ethercat",
        EtherType.ServiceVlan or EtherType.LegacyServiceVlan => "service_vlan",
        EtherType.Lldp => "lldp",
        EtherType.MacSec => "macsec",
        EtherType.Ptp => "ptp",
        EtherType.EthernetBridging => "ethernet_bridging",
        _ => null,
    };

    /// <summary>The word, or null where there is only a number.</summary>
    internal static string? Of(LinkType type) => type switch
    {
        LinkType.Null => "null",
        LinkType.Ethernet => "ethernet",
        LinkType.Raw => "raw",
        LinkType.Loop => "loop",
        LinkType.LinuxSll => "linux_sll",
        LinkType.IPv4 => "ipv4",
        LinkType.IPv6 => "ipv6",
        LinkType.LinuxSll2 => "linux_sll2",
        _ => null,
    };

    /// <summary>A link type for a person: its word, or "link type 127".</summary>
    internal static string Describe(LinkType type) => Of(type) ?? $"link type {((int)type).ToString(CultureInfo.InvariantCulture)}";

    internal static string Of(ApplicationKind kind) => kind switch
    {
        ApplicationKind.Dns => "dns",
        ApplicationKind.MulticastDns => "mdns",
        ApplicationKind.Llmnr => "llmnr",
        ApplicationKind.Tls => "tls",
        ApplicationKind.Quic => "quic",
        ApplicationKind.Http => "http",
        ApplicationKind.Ssh => "ssh",
        ApplicationKind.Dhcp => "dhcp",
        ApplicationKind.Dhcp6 => "dhcp6",
        ApplicationKind.Ntp => "ntp",
        _ => string.Empty,
    };

    internal static string Of(PacketDirection direction) => direction == PacketDirection.Inbound ? "in" : "out";

    internal static string Of(PacketDefect defect) => defect switch
    {
        PacketDefect.Truncated => "truncated",
        PacketDefect.BadLength => "bad_length",
        PacketDefect.BadVersion => "bad_version",
        PacketDefect.Unsupported => "unsupported",
        PacketDefect.TooDeep => "too_deep",
        _ => "malformed",
    };

    /// <summary>Writes the control bits as tcpdump does: "S.", "P.", "none".</summary>
    internal static int Format(TcpFlags flags, Span<char> text)
    {
        const string Letters = "FSRP.UEWe"; // from the lowest bit
        int at = 0;
        for (int bit = 0; bit < Letters.Length; bit++)
        {
            if (((int)flags & (1 << bit)) != 0)
            {
                text[at++] = Letters[bit];
            }
        }

        if (at == 0)
        {
            "none".CopyTo(text);
            at = 4;
        }

        return at;
    }
}
