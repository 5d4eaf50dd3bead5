using System.Diagnostics;
using System.Runtime.Versioning;
using Sonde.Host.Resolvers.Linux;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>Interfaces by rtnetlink: three dumps for everything, one more each for link speeds and wireless.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxNetworkInterfaces : NetworkInterfaces
{
    internal const string Name = "rtnetlink";

    // A table that changes faster than it can be read four times running is reported as it was last seen, with a gap.
    private const int MaxDumps = 4;

    private const uint Groups = RtNetlink.RTMGRP_LINK | RtNetlink.RTMGRP_IPV4_IFADDR | RtNetlink.RTMGRP_IPV6_IFADDR
        | RtNetlink.RTMGRP_IPV4_ROUTE | RtNetlink.RTMGRP_IPV6_ROUTE;

    private readonly NetlinkSocket _netlink;
    private readonly LinkExtras _extras = new();
    private readonly LinuxNameResolvers _resolvers;
    private NetlinkSocket? _notifications;

    /// <summary>Opens a netlink socket.</summary>
    /// <exception cref="HostException">The system refused.</exception>
    internal LinuxNetworkInterfaces(LinuxNameResolvers resolvers)
    {
        _resolvers = resolvers;
        try
        {
            _netlink = NetlinkSocket.Open(Netlink.NETLINK_ROUTE);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    public override string Backend => Name;

    /// <summary>Tries it: a socket and the list of links.</summary>
    internal static BackendStatus CheckRung()
    {
        const string Provides = "everything: links, addresses, default routes, 64-bit counters, change notifications";
        try
        {
            using var socket = NetlinkSocket.Open(Netlink.NETLINK_ROUTE);
            socket.Dump(LinkRequest(), "netlink(RTM_GETLINK)", static (_, _) => { });
            return new BackendStatus(Part, Name, BackendState.Available, Provides, "netlink(RTM_GETLINK)");
        }
        catch (NativeException refused)
        {
            return BackendStatus.From(Part, Name, Provides, HostException.From(refused));
        }
    }

    /// <summary>Opens it and tries a dump, which a sandbox may refuse where it allows the socket.</summary>
    /// <exception cref="HostException">The system refused.</exception>
    internal static LinuxNetworkInterfaces OpenAndTry(LinuxNameResolvers resolvers)
    {
        var opened = new LinuxNetworkInterfaces(resolvers);
        try
        {
            opened.Try();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public override InterfaceSnapshot Collect()
    {
        var gaps = new List<Gap>();
        var links = new List<LinkMessage>();
        int unreadable = 0;
        DumpUntilConsistent(
            "links",
            gaps,
            LinkRequest(),
            "netlink(RTM_GETLINK)",
            () =>
            {
                links.Clear();
                unreadable = 0;
            },
            (type, payload) =>
            {
                if (type == RtNetlink.RTM_NEWLINK && LinkMessage.TryParse(payload, out LinkMessage? link))
                {
                    links.Add(link!); // not null when parsed
                }
                else
                {
                    unreadable++;
                }
            },
            mandatory: true);
        long timestamp = Stopwatch.GetTimestamp();
        if (unreadable > 0)
        {
            gaps.Add(new Gap("links", ReadingStatus.Failed, "messages of the kernel that could not be understood", unreadable));
        }

        Reading<Dictionary<int, List<InterfaceAddress>>> addresses = CollectAddresses(gaps);
        Reading<Dictionary<int, List<DefaultGateway>>> gateways = CollectGateways(gaps);
        LinkExtras.Found extras = _extras.Collect();
        DnsByLink dns = DnsByLink.From(_resolvers.ReadResolved());

        links.Sort(static (left, right) => left.Index.CompareTo(right.Index));
        var interfaces = new NetworkInterface[links.Count];
        for (int i = 0; i < interfaces.Length; i++)
        {
            interfaces[i] = ToInterface(links[i], addresses, gateways, extras, dns);
        }

        CountStrays(links, addresses, gaps);
        return new InterfaceSnapshot(Name, timestamp, interfaces, gaps);
    }

    public override InterfaceChange WaitForChange(TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // Opened at the first wait: most users collect once.
            bool justOpened = _notifications is null;
            _notifications ??= NetlinkSocket.Open(Netlink.NETLINK_ROUTE, Groups, receiveBufferBytes: 1 << 20);
            if (justOpened)
            {
                // Whatever changed since the last Collect was not heard.
                return InterfaceChange.Lost;
            }

            using var stop = (UnixStopSignal)StopSignal.Create(cancellationToken); // on Linux it is made of descriptors
            switch (Poller.Wait(_notifications.Descriptor, stop.Waitable, timeout))
            {
                case WaitResult.Stopped:
                    cancellationToken.ThrowIfCancellationRequested();
                    return InterfaceChange.None;
                case WaitResult.TimedOut:
                    return InterfaceChange.None;
                default:
                    InterfaceChange change = InterfaceChange.None;
                    NetlinkReceipt receipt = _notifications.ReceivePending((type, _) => change |= ToChange(type));
                    return receipt.Overflowed ? change | InterfaceChange.Lost : change;
            }
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _netlink.Dispose();
        _notifications?.Dispose();
        _extras.Dispose();
    }

    internal static InterfaceChange ToChange(ushort messageType) => messageType switch
    {
        RtNetlink.RTM_NEWLINK or RtNetlink.RTM_DELLINK => InterfaceChange.Links,
        RtNetlink.RTM_NEWADDR or RtNetlink.RTM_DELADDR => InterfaceChange.Addresses,
        RtNetlink.RTM_NEWROUTE or RtNetlink.RTM_DELROUTE => InterfaceChange.Routes,
        _ => InterfaceChange.None,
    };

    private static NetlinkRequest LinkRequest() =>
        new NetlinkRequest(RtNetlink.RTM_GETLINK)
            .Add(default(ifinfomsg))

            // Leaves out the per-protocol counters, which are longer than all the rest and are not shown.
            .Attribute(RtNetlink.IFLA_EXT_MASK, RtNetlink.RTEXT_FILTER_SKIP_STATS);

    private static NetworkInterface ToInterface(
        LinkMessage link,
        Reading<Dictionary<int, List<InterfaceAddress>>> addresses,
        Reading<Dictionary<int, List<DefaultGateway>>> gateways,
        LinkExtras.Found extras,
        DnsByLink dns) => new()
        {
            Name = link.Name,
            Index = link.Index,
            Kind = LinkNames.ToKind(link.Kind, link.IsTap, link.HardwareType, extras.IsWireless(link.Index)),
            KindName = link.Kind ?? LinkNames.ToLinkType(link.HardwareType),
            Description = link.Alias,
            LinkType = LinkNames.ToLinkType(link.HardwareType),
            HardwareAddress = link.HardwareAddress,
            HardwareBroadcast = link.HardwareBroadcast,
            Mtu = link.Mtu,
            AdministrativeState = (link.Flags & RtNetlink.IFF_UP) != 0 ? AdministrativeState.Up : AdministrativeState.Down,
            OperationalState = LinkNames.ToOperationalState(link.OperationalState),
            Flags = LinkNames.ToFlags(link.Flags),
            LinkSpeedBitsPerSecond = extras.SpeedOf(link.Index),
            LowerIndex = link.Lower is { HasValue: true, Value: 0 } ? Reading.None<int>() : link.Lower,
            LowerNamespaceId = link.LowerNamespace,
            MasterIndex = link.Master,
            Addresses = addresses.Select(byIndex => byIndex.TryGetValue(link.Index, out List<InterfaceAddress>? own) ? own : (IReadOnlyList<InterfaceAddress>)[]),
            Counters = link.Counters,
            DefaultGateways = gateways.Select(byIndex => byIndex.TryGetValue(link.Index, out List<DefaultGateway>? own) ? own : (IReadOnlyList<DefaultGateway>)[]),
            DnsServers = dns.ServersOf(link.Index),
            SearchDomains = dns.DomainsOf(link.Index),
        };

    // An address whose interface was not in the list of links: it came, or its interface went, between the two dumps.
    private static void CountStrays(List<LinkMessage> links, Reading<Dictionary<int, List<InterfaceAddress>>> addresses, List<Gap> gaps)
    {
        if (!addresses.TryGetValue(out Dictionary<int, List<InterfaceAddress>>? byIndex))
        {
            return;
        }

        var known = new HashSet<int>(links.Count);
        foreach (LinkMessage link in links)
        {
            known.Add(link.Index);
        }

        long strays = 0;
        foreach ((int index, List<InterfaceAddress> own) in byIndex)
        {
            strays += known.Contains(index) ? 0 : own.Count;
        }

        if (strays > 0)
        {
            gaps.Add(new Gap("addresses", ReadingStatus.Gone, "their interface came or went while the tables were read", strays));
        }
    }

    // Asks for the ports of the loopback interface, which never has any: refused like the whole list, and next to free when not.
    private void Try()
    {
        try
        {
            _netlink.Dump(LinkRequest().Attribute(RtNetlink.IFLA_MASTER, NativeStruct.AsBytes(1u)), "netlink(RTM_GETLINK)", static (_, _) => { });
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    private Reading<Dictionary<int, List<InterfaceAddress>>> CollectAddresses(List<Gap> gaps)
    {
        var found = new Dictionary<int, List<InterfaceAddress>>();
        return DumpUntilConsistent(
            "addresses",
            gaps,
            new NetlinkRequest(RtNetlink.RTM_GETADDR).Add(default(ifaddrmsg)),
            "netlink(RTM_GETADDR)",
            found.Clear,
            (type, payload) =>
            {
                if (type == RtNetlink.RTM_NEWADDR && AddressMessage.TryParse(payload, out int index, out InterfaceAddress? address))
                {
                    Add(found, index, address!); // not null when parsed
                }
            },
            mandatory: false).Select(_ => found);
    }

    private Reading<Dictionary<int, List<DefaultGateway>>> CollectGateways(List<Gap> gaps)
    {
        var legs = new List<(int InterfaceIndex, DefaultGateway Gateway)>();
        Reading<bool> read = default;
        foreach (byte family in (ReadOnlySpan<byte>)[Netlink.AF_INET, Netlink.AF_INET6])
        {
            int before = legs.Count;
            Reading<bool> one = DumpUntilConsistent(
                family == Netlink.AF_INET ? "IPv4 routes" : "IPv6 routes",
                gaps,
                new NetlinkRequest(RtNetlink.RTM_GETROUTE)
                    .Add(new rtmsg { rtm_family = family, rtm_table = RtNetlink.RT_TABLE_MAIN, rtm_type = RtNetlink.RTN_UNICAST }),
                "netlink(RTM_GETROUTE)",
                () => legs.RemoveRange(before, legs.Count - before),
                (type, payload) =>
                {
                    if (type == RtNetlink.RTM_NEWROUTE)
                    {
                        RouteMessage.AddDefaults(payload, legs);
                    }
                },
                mandatory: false);
            read = one.HasValue || read.HasValue ? true : one;
        }

        return read.Select(_ =>
        {
            var byIndex = new Dictionary<int, List<DefaultGateway>>();
            foreach ((int index, DefaultGateway gateway) in legs)
            {
                Add(byIndex, index, gateway);
            }

            foreach (List<DefaultGateway> own in byIndex.Values)
            {
                own.Sort(static (left, right) => left.Metric.GetValueOrDefault(0).CompareTo(right.Metric.GetValueOrDefault(0)));
            }

            return byIndex;
        });
    }

    private static void Add<T>(Dictionary<int, List<T>> byIndex, int index, T item)
    {
        if (!byIndex.TryGetValue(index, out List<T>? items))
        {
            byIndex.Add(index, items = []);
        }

        items.Add(item);
    }

    private Reading<bool> DumpUntilConsistent(
        string what,
        List<Gap> gaps,
        NetlinkRequest request,
        string operation,
        Action restart,
        NetlinkMessageHandler handler,
        bool mandatory)
    {
        try
        {
            for (int dump = 0; dump < MaxDumps; dump++)
            {
                restart();
                if (_netlink.Dump(request, operation, handler))
                {
                    return true;
                }
            }

            gaps.Add(new Gap(what, ReadingStatus.Failed, $"the table changed during each of {MaxDumps} readings: entries may be missing or double"));
            return true;
        }
        catch (NativeException refused) when (!mandatory)
        {
            restart();
            var failure = HostException.From(refused);
            ReadingStatus status = failure.Failure switch
            {
                HostFailure.AccessDenied => ReadingStatus.Denied,
                HostFailure.Unavailable => ReadingStatus.Unsupported,
                _ => ReadingStatus.Failed,
            };
            gaps.Add(new Gap(what, status, failure.Message));
            return new Reading<bool>(status, false, failure.Message);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }
}
