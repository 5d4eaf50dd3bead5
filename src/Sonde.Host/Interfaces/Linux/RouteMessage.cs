using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sonde.Interop.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>Finds default routes in RTM_NEWROUTE messages.</summary>
internal static class RouteMessage
{
    // A route has a handful of legs; the bound only ends a message that lies.
    private const int MaxLegs = 4096;

    /// <summary>Adds each leg of a default route of the main table to <paramref name="found"/>.</summary>
    /// <returns>How many legs were added; 0 for other routes and for bytes that are no route.</returns>
    internal static int AddDefaults(ReadOnlySpan<byte> payload, List<(int InterfaceIndex, DefaultGateway Gateway)> found)
    {
        if (!NativeBytes.TryTake(ref payload, out rtmsg head)
            || head.rtm_family is not (Netlink.AF_INET or Netlink.AF_INET6)
            || head.rtm_dst_len != 0
            || head.rtm_type != RtNetlink.RTN_UNICAST)
        {
            return 0;
        }

        AddressFamily family = head.rtm_family == Netlink.AF_INET ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        uint table = head.rtm_table;
        uint metric = 0;
        var leg = default(Leg);
        ReadOnlySpan<byte> legs = default;

        var attributes = new NetlinkAttributes(payload);
        while (attributes.MoveNext())
        {
            ReadOnlySpan<byte> value = attributes.Value;
            switch (attributes.Type)
            {
                case RtNetlink.RTA_TABLE when value.Length >= 4:
                    table = BitConverter.ToUInt32(value);
                    break;
                case RtNetlink.RTA_PRIORITY when value.Length >= 4:
                    metric = BitConverter.ToUInt32(value);
                    break;
                case RtNetlink.RTA_OIF when value.Length >= 4:
                    leg.Interface = BitConverter.ToInt32(value);
                    break;
                case RtNetlink.RTA_MULTIPATH:
                    legs = value;
                    break;
                default:
                    leg.Take(attributes.Type, value);
                    break;
            }
        }

        if (table != RtNetlink.RT_TABLE_MAIN)
        {
            return 0;
        }

        Reading<string> protocol = ToProtocol(head.rtm_protocol);
        if (legs.IsEmpty)
        {
            found.Add((leg.Interface, new DefaultGateway(family, leg.Router, metric, protocol)));
            return 1;
        }

        int added = 0;
        int size = Interop.NativeStruct.SizeOf<rtnexthop>();
        while (added < MaxLegs && Interop.NativeStruct.TryRead(legs, out rtnexthop hop) && hop.rtnh_len >= size && hop.rtnh_len <= legs.Length)
        {
            var part = new Leg { Interface = hop.rtnh_ifindex };
            var hopAttributes = new NetlinkAttributes(legs[size..hop.rtnh_len]);
            while (hopAttributes.MoveNext())
            {
                part.Take(hopAttributes.Type, hopAttributes.Value);
            }

            found.Add((part.Interface, new DefaultGateway(family, part.Router, metric, protocol)));
            added++;
            legs = legs[Math.Min((hop.rtnh_len + 3) & ~3, legs.Length)..];
        }

        return added;
    }

    /// <summary>The names that iproute2 and the kernel's header give to the makers of routes (RTPROT_).</summary>
    internal static Reading<string> ToProtocol(byte protocol) => protocol switch
    {
        0 => Reading.None<string>(),
        1 => "redirect",
        2 => "kernel",
        3 => "boot",
        4 => "static",
        8 => "gated",
        9 => "ra",
        10 => "mrt",
        11 => "zebra",
        12 => "bird",
        13 => "dnrouted",
        14 => "xorp",
        15 => "ntk",
        16 => "dhcp",
        17 => "mrouted",
        18 => "keepalived",
        42 => "babel",
        99 => "openr",
        186 => "bgp",
        187 => "isis",
        188 => "ospf",
        189 => "rip",
        192 => "eigrp",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };

    private struct Leg
    {
        internal int Interface;
        private IPAddress? _router;

        internal readonly Reading<IPAddress> Router => _router is null ? Reading.None<IPAddress>("on the link: no router") : _router;

        internal void Take(ushort type, ReadOnlySpan<byte> value)
        {
            if (type == RtNetlink.RTA_GATEWAY)
            {
                _router = NativeBytes.ToAddress(value, 0);
            }
            else if (type == RtNetlink.RTA_VIA && value.Length > sizeof(ushort))
            {
                // struct rtvia: the family, then the address (an IPv6 router for IPv4 traffic).
                _router = NativeBytes.ToAddress(value[sizeof(ushort)..], 0);
            }
        }
    }
}
