using System.Net;
using System.Net.Sockets;
using Sonde.Host.MacOS;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Interfaces.MacOS;

/// <summary>The default routes of a routing table dump (NET_RT_DUMP), by interface index.</summary>
/// <param name="ByInterface">Best first: a route that every program takes comes before one for programs that bind to the interface.</param>
/// <param name="Skipped">Entries that could not be read.</param>
internal sealed record MacOSRouteTable(IReadOnlyDictionary<int, IReadOnlyList<DefaultGateway>> ByInterface, int Skipped)
{
    private const string NoMetric = "macOS ranks routes by the order of network services and gives them no number";
    private const string NoProtocol = "macOS does not record who made a route";

    internal static MacOSRouteTable Empty { get; } = new(new Dictionary<int, IReadOnlyList<DefaultGateway>>(), 0);

    /// <summary>Reads a dump, whatever its bytes are.</summary>
    internal static MacOSRouteTable Parse(ReadOnlySpan<byte> dump)
    {
        var found = new Dictionary<int, List<(bool IsScoped, DefaultGateway Gateway)>>();
        int skipped = 0;
        var walk = new MacOSRouteMessages(dump);
        while (walk.MoveNext())
        {
            if (!NativeStruct.TryRead(walk.Message, out rt_msghdr header))
            {
                skipped++;
                continue;
            }

            var addresses = new MacOSRouteAddresses(walk.Message[NativeStruct.SizeOf<rt_msghdr>()..], header.rtm_addrs);
            if (addresses.IsTorn)
            {
                skipped++;
                continue;
            }

            if (!IsDefault(header, addresses) || (header.rtm_flags & Darwin.RTF_UP) == 0)
            {
                continue;
            }

            if (!found.TryGetValue(header.rtm_index, out List<(bool, DefaultGateway)>? ofInterface))
            {
                found.Add(header.rtm_index, ofInterface = []);
            }

            ofInterface.Add(((header.rtm_flags & Darwin.RTF_IFSCOPE) != 0, Read(header, addresses)));
        }

        return new MacOSRouteTable(
            found.ToDictionary(
                pair => pair.Key,
                pair => (IReadOnlyList<DefaultGateway>)[.. pair.Value.OrderBy(route => route.IsScoped).Select(route => route.Gateway).Distinct()]),
            skipped + walk.Foreign + (walk.IsTorn ? 1 : 0));
    }

    /// <summary>Whether the route leads everywhere: destination and mask of nothing but zeros, and not a route to one host.</summary>
    internal static bool IsDefault(rt_msghdr header, in MacOSRouteAddresses addresses)
    {
        int family = MacOSSocketAddress.Family(addresses.Destination);
        return (header.rtm_flags & (Darwin.RTF_HOST | Darwin.RTF_REJECT | Darwin.RTF_BLACKHOLE)) == 0
            && family is Darwin.AF_INET or Darwin.AF_INET6
            && MacOSSocketAddress.IsZero(addresses.Destination, family)
            && MacOSSocketAddress.IsZero(addresses.Netmask, family);
    }

    private static DefaultGateway Read(rt_msghdr header, in MacOSRouteAddresses addresses)
    {
        bool isIPv6 = MacOSSocketAddress.Family(addresses.Destination) == Darwin.AF_INET6;
        Reading<IPAddress> router =
            (header.rtm_flags & Darwin.RTF_GATEWAY) == 0 ? Reading.None<IPAddress>("everything is on the link")
            : MacOSSocketAddress.TryReadIP(addresses.Gateway, header.rtm_index, out IPAddress? address) ? address
            : MacOSSocketAddress.Family(addresses.Gateway) == Darwin.AF_LINK ? Reading.None<IPAddress>("the router is an interface")
            : Reading.Failed<IPAddress>("the router's address cannot be read");
        Reading<string> protocol =
            (header.rtm_flags & Darwin.RTF_STATIC) != 0 ? "static"
            : (header.rtm_flags & Darwin.RTF_DYNAMIC) != 0 ? "redirect"
            : Reading.Unsupported<string>(NoProtocol);
        return new DefaultGateway(
            isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
            router,
            Reading.Unsupported<long>(NoMetric),
            protocol);
    }
}
