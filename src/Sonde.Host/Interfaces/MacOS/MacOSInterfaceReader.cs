using System.Runtime.Versioning;
using System.Text;
using Sonde.Host.MacOS;
using Sonde.Host.Resolvers.MacOS;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Interfaces.MacOS;

/// <summary>One collection: the list of getifaddrs, and for each interface what only other calls tell.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSInterfaceReader
{
    private const string NoPorts = "not asked for: macOS lists a bridge's and a bond's ports by SIOCGDRVSPEC, whose structs are not verified here";
    private const string NoParent = "not asked for: macOS names a VLAN's parent by SIOCGIFVLAN, whose struct is not verified here";

    private readonly MacOSGaps _gaps = new();
    private readonly InterfaceQueries? _queries;
    private readonly Reading<MacOSRouteTable> _routes;
    private readonly Reading<MacOSInterfaceDns> _dns;
    private readonly DateTimeOffset _now;

    private MacOSInterfaceReader(InterfaceQueries? queries, Reading<MacOSRouteTable> routes, Reading<MacOSInterfaceDns> dns, DateTimeOffset now)
    {
        _queries = queries;
        _routes = routes;
        _dns = dns;
        _now = now;
    }

    /// <summary>Reads all interfaces now.</summary>
    /// <exception cref="HostException">The system refused the list itself.</exception>
    internal static InterfaceSnapshot Collect(string backend, TimeProvider time)
    {
        List<InterfaceAddressEntry> entries;
        bool isCut;
        try
        {
            entries = InterfaceAddressList.Read(out isCut);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        Reading<MacOSRouteTable> routes = ReadRoutes();
        Reading<MacOSInterfaceDns> dns = MacOSInterfaceDns.Read();
        using InterfaceQueries? queries = OpenQueries(out NativeException? noQueries);
        var reader = new MacOSInterfaceReader(queries, routes, dns, time.GetUtcNow());
        if (isCut)
        {
            reader._gaps.Add("interfaces", ReadingStatus.Failed, $"the list was cut at {InterfaceAddressList.MaxEntries} entries", count: 0);
        }

        if (noQueries is not null)
        {
            reader._gaps.Add("interface kinds, link states and IPv6 address states", noQueries.Operation, noQueries.Error);
        }

        reader.NoteTables();
        long timestamp = time.GetTimestamp();
        List<NetworkInterface> interfaces = reader.ReadAll(entries);
        return new InterfaceSnapshot(backend, timestamp, interfaces, reader._gaps.ToList());
    }

    /// <summary>The default routes, or why they cannot be read.</summary>
    internal static Reading<MacOSRouteTable> ReadRoutes()
    {
        try
        {
            return MacOSRouteTable.Parse(
                Sysctl.ReadTable([Darwin.CTL_NET, Darwin.PF_ROUTE, 0, Darwin.AF_UNSPEC, Darwin.NET_RT_DUMP, 0], "sysctl(NET_RT_DUMP)").Span);
        }
        catch (NativeException refused)
        {
            return MacOSReading.Refused<MacOSRouteTable>(refused.Operation, refused.Error);
        }
    }

    /// <summary>The way to ask for an interface's true counters.</summary>
    internal static bool TryReadMib(int index, out ifmibdata data, out NativeError error) =>
        Sysctl.TryRead(
            [Darwin.CTL_NET, Darwin.PF_LINK, Darwin.NETLINK_GENERIC, Darwin.IFMIB_IFDATA, index, Darwin.IFDATA_GENERAL],
            out data,
            out error);

    private static InterfaceQueries? OpenQueries(out NativeException? refused)
    {
        refused = null;
        try
        {
            return InterfaceQueries.Open(Darwin.AF_INET6);
        }
        catch (NativeException first)
        {
            try
            {
                // A host without IPv6 still answers the questions about interfaces.
                return InterfaceQueries.Open(Darwin.AF_INET);
            }
            catch (NativeException)
            {
                refused = first;
                return null;
            }
        }
    }

    private void NoteTables()
    {
        if (!_routes.TryGetValue(out MacOSRouteTable? table))
        {
            _gaps.Add("routes", _routes.Status, _routes.Reason ?? string.Empty, count: 0);
        }
        else if (table.Skipped > 0)
        {
            _gaps.Add("routes", ReadingStatus.Failed, "entries of the routing table could not be read", table.Skipped);
        }

        if (!_dns.TryGetValue(out MacOSInterfaceDns? dns))
        {
            _gaps.Add("name servers of interfaces", _dns.Status, _dns.Reason ?? string.Empty, count: 0);
        }
        else if (dns.Skipped > 0)
        {
            _gaps.Add("name servers of interfaces", ReadingStatus.Failed, "entries of the resolver configuration could not be read", dns.Skipped);
        }
    }

    private List<NetworkInterface> ReadAll(List<InterfaceAddressEntry> entries)
    {
        // getifaddrs keeps an interface's entries together and begins with its link, but does not promise either.
        var groups = new Dictionary<string, List<InterfaceAddressEntry>>(StringComparer.Ordinal);
        foreach (InterfaceAddressEntry entry in entries)
        {
            string name = Encoding.Latin1.GetString(entry.Name); // a character for each byte: different names stay different
            if (!groups.TryGetValue(name, out List<InterfaceAddressEntry>? group))
            {
                groups.Add(name, group = []);
            }

            group.Add(entry);
        }

        var interfaces = new List<NetworkInterface>(groups.Count);
        foreach (List<InterfaceAddressEntry> group in groups.Values)
        {
            if (ReadOne(group) is { } one)
            {
                interfaces.Add(one);
            }
        }

        interfaces.Sort(static (left, right) => left.Index.CompareTo(right.Index));
        return interfaces;
    }

    private NetworkInterface? ReadOne(List<InterfaceAddressEntry> entries)
    {
        InterfaceAddressEntry? link = entries.Find(entry => MacOSSocketAddress.Family(entry.Address) == Darwin.AF_LINK);
        if (link is null
            || !MacOSSocketAddress.TryReadLink(link.Address, out int index, out byte type, out Reading<HardwareAddress> hardware)
            || index == 0)
        {
            _gaps.Add("interfaces", ReadingStatus.Failed, "getifaddrs gave addresses without the link that they belong to");
            return null;
        }

        MacOSLinkData data = MacOSLinkData.Read(index, link, _gaps);
        if (data.IsGone)
        {
            _gaps.Add("interfaces", ReadingStatus.Gone, "vanished while the list was read");
            return null;
        }

        InterfaceMedia? media = AskMedia(link.Name);
        (InterfaceKind kind, string word) = MacOSInterfaceKinds.Classify(type, AskType(link.Name), media);
        return new NetworkInterface
        {
            Name = MacOSText.Decode(link.Name),
            Index = index,
            Kind = kind,
            KindName = word,
            LinkType = MacOSInterfaceKinds.LinkTypeOf(type),
            HardwareAddress = hardware,
            HardwareBroadcast = MacOSSocketAddress.TryReadLink(link.Destination, out _, out _, out Reading<HardwareAddress> broadcast)
                ? broadcast
                : Reading.None<HardwareAddress>(),
            Mtu = data.Mtu,
            AdministrativeState = MacOSInterfaceFlags.Administrative(link.Flags),
            OperationalState = MacOSInterfaceFlags.Operational(link.Flags, media),
            Flags = MacOSInterfaceFlags.NamesOf(link.Flags),
            LinkSpeedBitsPerSecond = data.Speed,
            LowerIndex = kind == InterfaceKind.Vlan ? new Reading<int>(ReadingStatus.NotCollected, 0, NoParent) : Reading.None<int>(),
            MasterIndex = new Reading<int>(ReadingStatus.NotCollected, 0, NoPorts),
            Addresses = Reading.Ok<IReadOnlyList<InterfaceAddress>>(ReadAddresses(entries, index)),
            Counters = data.Counters,
            DefaultGateways = _routes.Select(table => table.ByInterface.GetValueOrDefault(index, [])),
            DnsServers = _dns.Select(dns => dns.ServersOf(index)),
            SearchDomains = _dns.Select(dns => dns.SearchOf(index)),
        };
    }

    private List<InterfaceAddress> ReadAddresses(List<InterfaceAddressEntry> entries, int index)
    {
        var addresses = new List<InterfaceAddress>(entries.Count);
        foreach (InterfaceAddressEntry entry in entries)
        {
            int family = MacOSSocketAddress.Family(entry.Address);
            if (family is not (Darwin.AF_INET or Darwin.AF_INET6))
            {
                // AF_LINK is the link itself; an interface without addresses of a family has an entry without an address.
                if (family is not (Darwin.AF_LINK or Darwin.AF_UNSPEC))
                {
                    _gaps.Add("addresses", ReadingStatus.Unsupported, $"of the address family {family}");
                }

                continue;
            }

            int flags = 0;
            Reading<AddressLifetimes> lifetimes = default;
            if (family == Darwin.AF_INET6)
            {
                (flags, lifetimes) = AskAddress(entry);
            }

            if (MacOSInterfaceAddresses.Read(entry, index, flags, lifetimes, _now) is { } address)
            {
                addresses.Add(address);
            }
            else
            {
                _gaps.Add("addresses", ReadingStatus.Failed, "the system gave less of an address than its family has");
            }
        }

        return addresses;
    }

    private (int Flags, Reading<AddressLifetimes> Lifetimes) AskAddress(InterfaceAddressEntry entry)
    {
        if (_queries is null)
        {
            return (0, Reading.Failed<AddressLifetimes>("there is no socket to ask on"));
        }

        if (!_queries.TryGetAddressFlags(entry.Name, entry.Address, out int flags, out NativeError error))
        {
            _gaps.Add("IPv6 address states", "ioctl(SIOCGIFAFLAG_IN6)", error);
        }

        return _queries.TryGetAddressLifetimes(entry.Name, entry.Address, out AddressLifetimes lifetimes, out error)
            ? (flags, lifetimes)
            : (flags, MacOSReading.Refused<AddressLifetimes>("ioctl(SIOCGIFALIFETIME_IN6)", error));
    }

    private InterfaceMedia? AskMedia(byte[] name)
    {
        if (_queries is null)
        {
            return null;
        }

        if (_queries.TryGetMedia(name, out InterfaceMedia media, out NativeError error))
        {
            return media;
        }

        // What has no medium (loopback, tunnels) says so in one of these ways: that is an answer, not a gap.
        if (error.Code is not (Darwin.EINVAL or Darwin.EOPNOTSUPP or Darwin.ENOTSUP))
        {
            _gaps.Add("link states", "ioctl(SIOCGIFMEDIA)", error);
        }

        return null;
    }

    private InterfaceType? AskType(byte[] name)
    {
        if (_queries is null)
        {
            return null;
        }

        if (_queries.TryGetType(name, out InterfaceType type, out NativeError error))
        {
            return type;
        }

        _gaps.Add("interface kinds", "ioctl(SIOCGIFTYPE)", error);
        return null;
    }
}
