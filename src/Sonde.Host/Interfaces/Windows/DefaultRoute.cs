using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Interfaces.Windows;

/// <summary>A default route out of GetIpForwardTable2, with the system's numbers as they are; no next hop when everything is on the link.</summary>
internal readonly record struct DefaultRoute(
    ulong Luid,
    uint Index,
    AddressFamily Family,
    IPAddress? NextHop,
    uint Metric,
    int Protocol,
    int Origin)
{
    private const int ProtocolNetManagement = 3;

    /// <summary>Who made the route, as a user would ask: for routes that management made, what told it to (NL_ROUTE_ORIGIN).</summary>
    internal string ProtocolName => (Protocol, Origin) switch
    {
        (ProtocolNetManagement, 1) => "wellknown",
        (ProtocolNetManagement, 2) => "dhcp",
        (ProtocolNetManagement, 3) => "router_advertisement",
        (ProtocolNetManagement, 4) => "6to4",
        _ => NameOfProtocol(Protocol),
    };

    /// <summary>Picks the default routes out of a table.</summary>
    internal static List<DefaultRoute> Select(ReadOnlySpan<MIB_IPFORWARD_ROW2> rows)
    {
        var routes = new List<DefaultRoute>();
        foreach (ref readonly MIB_IPFORWARD_ROW2 row in rows)
        {
            if (row.DestinationPrefix.PrefixLength == 0
                && SocketAddressReader.TryRead(NativeStruct.AsBytes(in row.DestinationPrefix.Prefix), out IPAddress destination)
                && IsUnspecified(destination))
            {
                IPAddress? hop = SocketAddressReader.TryRead(NativeStruct.AsBytes(in row.NextHop), out IPAddress address) && !IsUnspecified(address)
                    ? address
                    : null;
                routes.Add(new DefaultRoute(row.InterfaceLuid, row.InterfaceIndex, destination.AddressFamily, hop, row.Metric, row.Protocol, row.Origin));
            }
        }

        return routes;
    }

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    // NL_ROUTE_PROTOCOL (nldef.h) and the numbers of routprot.h.
    private static string NameOfProtocol(int protocol) => protocol switch
    {
        1 => "other",
        2 => "local",
        ProtocolNetManagement => "netmgmt",
        4 => "icmp",
        5 => "egp",
        6 => "ggp",
        7 => "hello",
        8 => "rip",
        9 => "is_is",
        10 => "es_is",
        11 => "cisco",
        12 => "bbn",
        13 => "ospf",
        14 => "bgp",
        15 => "idpr",
        16 => "eigrp",
        17 => "dvmrp",
        18 => "rpl",
        19 => "dhcp",
        10002 => "nt_autostatic",
        10006 => "nt_static",
        10007 => "nt_static_non_dod",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };
}
