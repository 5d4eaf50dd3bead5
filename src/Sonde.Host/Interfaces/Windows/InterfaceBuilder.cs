using System.Net;
using System.Net.Sockets;
using Sonde.Interop.Windows;

namespace Sonde.Host.Interfaces.Windows;

/// <summary>Puts together what three tables say about one interface.</summary>
internal static class InterfaceBuilder
{
    private const uint InfiniteLifetime = 0xFFFFFFFF;
    private const byte HardwareInterface = 0x01;
    private const byte FilterInterface = 0x02;

    private static readonly string[] s_adapterFlags =
    [
        "DDNS_ENABLED", "REGISTER_ADAPTER_SUFFIX", "DHCP_ENABLED", "RECEIVE_ONLY", "NO_MULTICAST", "IPV6_OTHER_STATEFUL_CONFIG",
        "NETBIOS_OVER_TCPIP_ENABLED", "IPV4_ENABLED", "IPV6_ENABLED", "IPV6_MANAGE_ADDRESS_CONFIG",
    ];

    private static readonly string[] s_rowFlags =
    [
        "HardwareInterface", "FilterInterface", "ConnectorPresent", "NotAuthenticated", "NotMediaConnected", "Paused", "LowPower", "EndPointInterface",
    ];

    /// <summary>An adapter that IP is bound to.</summary>
    /// <param name="adapter">Its entry of GetAdaptersAddresses.</param>
    /// <param name="row">Its row of the interface table, or why there is none.</param>
    /// <param name="routes">All default routes.</param>
    internal static NetworkInterface FromAdapter(Adapter adapter, in Reading<MIB_IF_ROW2> row, IReadOnlyList<DefaultRoute> routes)
    {
        int? medium = row.TryGetValue(out MIB_IF_ROW2 known) ? known.MediaType : null;
        return new NetworkInterface
        {
            Name = adapter.FriendlyName,
            Index = (int)adapter.Index,
            Kind = IfType.KindOf(adapter.IfType, medium),
            KindName = IfType.NameOf(adapter.IfType),
            Description = TextOrNone(adapter.Description),
            SystemName = TextOrNone(adapter.Name),
            LinkType = medium is { } number ? IfType.MediumName(number) : "unknown",
            HardwareAddress = AddressOrNone(adapter.HardwareAddress),
            Mtu = MtuOf(adapter.Mtu),
            AdministrativeState = row.HasValue ? AdministrativeStateOf(known.AdminStatus) : AdministrativeState.Up, // only enabled adapters are in that list
            OperationalState = OperationalStateOf(adapter.OperStatus),
            Flags = [.. NamesOf(adapter.Flags, s_adapterFlags), .. row.HasValue ? NamesOf(known.InterfaceAndOperStatusFlags, s_rowFlags) : []],
            LinkSpeedBitsPerSecond = LinkSpeedOf(adapter.ReceiveLinkSpeed, adapter.TransmitLinkSpeed),
            LowerIndex = Reading.Unsupported<int>("the IP Helper functions do not tell how interfaces are stacked"),
            MasterIndex = Reading.Unsupported<int>("the IP Helper functions do not tell how interfaces are stacked"),
            Addresses = Reading.Ok<IReadOnlyList<InterfaceAddress>>([.. adapter.Addresses.Select(address => AddressOf(address, adapter.IPv6Index))]),
            Counters = row.Select(static found => CountersOf(found)),
            DefaultGateways = Reading.Ok<IReadOnlyList<DefaultGateway>>(GatewaysOf(adapter, routes)),
            DnsServers = Reading.Ok(adapter.DnsServers),
            SearchDomains = Reading.Ok(adapter.DnsSuffixes),
        };
    }

    /// <summary>A card that IP is not bound to (one that EtherCAT or a hypervisor uses): only the interface table has it.</summary>
    internal static NetworkInterface FromRow(in MIB_IF_ROW2 row)
    {
        const string Unbound = "IP is not bound to this interface";
        ReadOnlySpan<byte> hardware = row.PhysicalAddress;
        return new NetworkInterface
        {
            Name = WideText.ToText(row.Alias),
            Index = (int)row.InterfaceIndex,
            Kind = IfType.KindOf(row.Type, row.MediaType),
            KindName = IfType.NameOf(row.Type),
            Description = TextOrNone(WideText.ToText(row.Description)),
            SystemName = row.InterfaceGuid.ToString("B").ToUpperInvariant(),
            LinkType = IfType.MediumName(row.MediaType),
            HardwareAddress = AddressOrNone(new HardwareAddress(hardware[..(int)Math.Min(row.PhysicalAddressLength, (uint)hardware.Length)])),
            Mtu = MtuOf(row.Mtu),
            AdministrativeState = AdministrativeStateOf(row.AdminStatus),
            OperationalState = OperationalStateOf(row.OperStatus),
            Flags = [.. NamesOf(row.InterfaceAndOperStatusFlags, s_rowFlags)],
            LinkSpeedBitsPerSecond = LinkSpeedOf(row.ReceiveLinkSpeed, row.TransmitLinkSpeed),
            LowerIndex = Reading.Unsupported<int>("the IP Helper functions do not tell how interfaces are stacked"),
            MasterIndex = Reading.Unsupported<int>("the IP Helper functions do not tell how interfaces are stacked"),
            Addresses = Reading.None<IReadOnlyList<InterfaceAddress>>(Unbound),
            Counters = CountersOf(row),
            DefaultGateways = Reading.None<IReadOnlyList<DefaultGateway>>(Unbound),
            DnsServers = Reading.None<IReadOnlyList<IPAddress>>(Unbound),
            SearchDomains = Reading.None<IReadOnlyList<string>>(Unbound),
        };
    }

    /// <summary>Whether a row of the interface table is a card, and not one of the filter modules that Windows stacks on each.</summary>
    internal static bool IsCard(in MIB_IF_ROW2 row) =>
        (row.InterfaceAndOperStatusFlags & (HardwareInterface | FilterInterface)) == HardwareInterface;

    /// <summary>The speed that holds both ways: the smaller one where they differ. 0 and all ones mean that the driver does not know.</summary>
    internal static Reading<long> LinkSpeedOf(ulong receive, ulong transmit)
    {
        ulong smaller = Math.Min(receive is 0 ? ulong.MaxValue : receive, transmit is 0 ? ulong.MaxValue : transmit);
        return smaller <= long.MaxValue ? (long)smaller : Reading.None<long>("the driver does not tell");
    }

    internal static InterfaceCounters CountersOf(in MIB_IF_ROW2 row) => new()
    {
        ReceivedBytes = row.InOctets,
        ReceivedPackets = row.InUcastPkts + row.InNUcastPkts,
        ReceiveErrors = row.InErrors,
        ReceiveDrops = row.InDiscards,
        SentBytes = row.OutOctets,
        SentPackets = row.OutUcastPkts + row.OutNUcastPkts,
        SendErrors = row.OutErrors,
        SendDrops = row.OutDiscards,
        ReceivedMulticast = Reading.Unsupported<ulong>("Windows counts multicast and broadcast packets together"),
        Collisions = Reading.Unsupported<ulong>("Windows does not count collisions"),
    };

    internal static InterfaceAddress AddressOf(AdapterAddress entry, uint index)
    {
        IPAddress address = entry.Address;
        if (address.IsIPv6LinkLocal && address.ScopeId == 0 && index != 0)
        {
            address = new IPAddress(address.GetAddressBytes(), index);
        }

        return new InterfaceAddress
        {
            Address = address,
            PrefixLength = entry.PrefixLength,
            Scope = ScopeOf(address),
            State = StateOf(entry),
            Peer = Reading.Unsupported<IPAddress>("Windows does not tell the other end of a link with its addresses"),
            Broadcast = Reading.Unsupported<IPAddress>("Windows does not tell the broadcast address"),
            Label = Reading.Unsupported<string>("addresses have no names on Windows"),
            ValidLifetime = LifetimeOf(entry.ValidLifetime),
            PreferredLifetime = LifetimeOf(entry.PreferredLifetime),
        };
    }

    /// <summary>The scope that an address has by its value; Windows gives unicast addresses no other.</summary>
    internal static AddressScope ScopeOf(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return AddressScope.Host;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal ? AddressScope.Link : address.IsIPv6SiteLocal ? AddressScope.Site : AddressScope.Global;
        }

        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out _) && bytes is [169, 254, ..] ? AddressScope.Link : AddressScope.Global;
    }

    /// <summary>IF_OPER_STATUS (ifdef.h).</summary>
    internal static OperationalState OperationalStateOf(int status) => status switch
    {
        1 => OperationalState.Up,
        2 => OperationalState.Down,
        3 => OperationalState.Testing,
        5 => OperationalState.Dormant,
        6 => OperationalState.NotPresent,
        7 => OperationalState.LowerLayerDown,
        _ => OperationalState.Unknown,
    };

    // IP_PREFIX_ORIGIN: 3 DHCP, 4 router. IP_SUFFIX_ORIGIN: 5 random. IP_DAD_STATE: 1 tentative, 2 duplicate, 3 deprecated, 4 preferred.
    private static AddressState StateOf(AdapterAddress entry)
    {
        AddressState state = entry.DadState switch
        {
            1 => AddressState.Tentative,
            2 => AddressState.Duplicate,
            3 => AddressState.Deprecated,
            _ => AddressState.None,
        };
        if (entry.PrefixOrigin is 3 or 4)
        {
            state |= AddressState.Dynamic;
        }

        if (entry.SuffixOrigin == 5 && entry.Address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            state |= AddressState.Temporary;
        }

        return state;
    }

    // NET_IF_ADMIN_STATUS (ifdef.h): 1 up, 2 down, 3 testing (switched on all the same).
    private static AdministrativeState AdministrativeStateOf(int status) => status == 2 ? AdministrativeState.Down : AdministrativeState.Up;

    private static Reading<TimeSpan> LifetimeOf(uint seconds) =>
        seconds == InfiniteLifetime ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);

    private static Reading<string> TextOrNone(string text) => text.Length > 0 ? text : Reading.None<string>();

    private static Reading<HardwareAddress> AddressOrNone(HardwareAddress address) => address.Length > 0 ? address : Reading.None<HardwareAddress>();

    private static Reading<long> MtuOf(uint mtu) => mtu != 0 ? mtu : Reading.None<long>("the driver does not tell");

    private static IEnumerable<string> NamesOf(uint bits, string[] names) => names.Where((_, bit) => (bits & (1u << bit)) != 0);

    private static List<DefaultGateway> GatewaysOf(Adapter adapter, IReadOnlyList<DefaultRoute> routes)
    {
        // A route's rank is its own metric plus that of its interface (the sum is what Windows compares).
        List<DefaultGateway> gateways =
        [
            .. routes
                .Where(route => adapter.Luid != 0 ? route.Luid == adapter.Luid : route.Index == adapter.Index)
                .Select(route => new DefaultGateway(
                    route.Family,
                    route.NextHop is null ? Reading.None<IPAddress>("everything is on the link") : route.NextHop,
                    (long)route.Metric + (route.Family == AddressFamily.InterNetwork ? adapter.IPv4Metric : adapter.IPv6Metric),
                    route.ProtocolName))
                .OrderBy(static gateway => gateway.Metric.Value), // every route has one
        ];

        // The adapter's own list names gateways where the routing table could not be read or has none of that family.
        foreach (IPAddress listed in adapter.Gateways)
        {
            if (!gateways.Exists(gateway => gateway.Family == listed.AddressFamily))
            {
                const string Unlisted = "the routing table does not list this gateway";
                gateways.Add(new DefaultGateway(
                    listed.AddressFamily,
                    listed,
                    Reading.Unsupported<long>(Unlisted),
                    Reading.Unsupported<string>(Unlisted)));
            }
        }

        return gateways;
    }
}
