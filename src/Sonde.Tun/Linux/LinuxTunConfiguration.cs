using System.Diagnostics;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;

namespace Sonde.Tun.Linux;

/// <summary>Addresses, MTU, state and routes by rtnetlink, in the network namespace of the thread that opened it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxTunConfiguration : IDisposable
{
    // Longer than any host needs that is alive.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly NetlinkSocket _netlink;

    private LinuxTunConfiguration(NetlinkSocket netlink) => _netlink = netlink;

    /// <summary>Opens a socket.</summary>
    /// <exception cref="TunException">The system refused.</exception>
    internal static LinuxTunConfiguration Open()
    {
        try
        {
            return new LinuxTunConfiguration(NetlinkSocket.Open(Netlink.NETLINK_ROUTE));
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, null);
        }
    }

    /// <summary>The interface of a name; null when there is none.</summary>
    internal LinuxTunLink? FindLink(string name) =>
        AskLink(new NetlinkRequest(RtNetlink.RTM_GETLINK).Add(default(ifinfomsg)).Attribute(RtNetlink.IFLA_IFNAME, name), name);

    /// <summary>The interface of an index; null when there is none.</summary>
    internal LinuxTunLink? FindLink(int index, string name) =>
        AskLink(new NetlinkRequest(RtNetlink.RTM_GETLINK).Add(new ifinfomsg { ifi_index = index }), name);

    /// <summary>Every TUN device.</summary>
    internal List<LinuxTunLink> ListTuns()
    {
        var found = new List<LinuxTunLink>();
        Dump(
            new NetlinkRequest(RtNetlink.RTM_GETLINK).Add(default(ifinfomsg)).Attribute(RtNetlink.IFLA_EXT_MASK, RtNetlink.RTEXT_FILTER_SKIP_STATS),
            "netlink(RTM_GETLINK)",
            null,
            found.Clear,
            payload =>
            {
                if (LinuxTunLink.Read(payload) is { IsTun: true } link)
                {
                    found.Add(link);
                }
            });
        return found;
    }

    /// <summary>The addresses of an interface.</summary>
    internal List<TunAddress> ListAddresses(int index, string device)
    {
        var found = new List<TunAddress>();
        Dump(
            new NetlinkRequest(RtNetlink.RTM_GETADDR).Add(new ifaddrmsg { ifa_index = (uint)index }),
            "netlink(RTM_GETADDR)",
            device,
            found.Clear,
            payload =>
            {
                // Kernels before 4.20 do not filter.
                if (LinuxTunAddress.TryRead(payload, out int of, out TunAddress address) && of == index)
                {
                    found.Add(address);
                }
            });
        return found;
    }

    internal void SetMtu(int index, string device, int mtu) =>
        Request(new NetlinkRequest(RtNetlink.RTM_NEWLINK).Add(new ifinfomsg { ifi_index = index }).Attribute(RtNetlink.IFLA_MTU, (uint)mtu), $"netlink(RTM_NEWLINK, mtu {mtu})", device);

    internal void SetUp(int index, string device, bool isUp) =>
        Request(
            new NetlinkRequest(RtNetlink.RTM_NEWLINK).Add(new ifinfomsg { ifi_index = index, ifi_flags = isUp ? RtNetlink.IFF_UP : 0, ifi_change = RtNetlink.IFF_UP }),
            isUp ? "netlink(RTM_NEWLINK, up)" : "netlink(RTM_NEWLINK, down)",
            device);

    internal void SetTransmitQueueLength(int index, string device, int packets) =>
        Request(
            new NetlinkRequest(RtNetlink.RTM_NEWLINK).Add(new ifinfomsg { ifi_index = index }).Attribute(RtNetlink.IFLA_TXQLEN, (uint)packets),
            $"netlink(RTM_NEWLINK, txqueuelen {packets})",
            device);

    /// <summary>Makes the kernel generate no link-local address, and so send nothing of its own over IPv6 when the device goes up.</summary>
    internal void SilenceIPv6(int index, string device) =>
        Request(
            new NetlinkRequest(RtNetlink.RTM_NEWLINK)
                .Add(new ifinfomsg { ifi_index = index })
                .Nested(RtNetlink.IFLA_AF_SPEC, static families => families.Nested(
                    Netlink.AF_INET6,
                    static family => family.Attribute(RtNetlink.IFLA_INET6_ADDR_GEN_MODE, [RtNetlink.IN6_ADDR_GEN_MODE_NONE]))),
            "netlink(RTM_NEWLINK, addr_gen_mode none)",
            device);

    /// <summary>Removes an interface.</summary>
    internal void DeleteLink(int index, string device) =>
        Request(new NetlinkRequest(RtNetlink.RTM_DELLINK).Add(new ifinfomsg { ifi_index = index }), "netlink(RTM_DELLINK)", device);

    /// <summary>Adds an address; <see langword="false"/> when it is there already.</summary>
    internal bool AddAddress(int index, string device, TunAddress address)
    {
        try
        {
            Request(AddressRequest(RtNetlink.RTM_NEWADDR, Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL, index, address), $"netlink(RTM_NEWADDR, {address})", device);
            return true;
        }
        catch (TunException refused) when (refused.Failure == TunFailure.AlreadyExists && ListAddresses(index, device).Contains(address))
        {
            return false;
        }
        catch (TunException refused) when (refused.NativeError == Interop.Unix.LibC.EACCES && !address.Address.IsIPv4)
        {
            // Not a right: a missing right is EPERM.
            throw new TunException(TunFailure.Unavailable, refused.Operation, device, refused.NativeError, $"IPv6 is disabled on this device ({refused.Reason})", refused);
        }
    }

    /// <summary>Waits until the kernel delivers to these addresses what is sent to them.</summary>
    /// <remarks>
    /// Even without detection of duplicates a worker of the kernel enters the route of an IPv6 address later than the answer; until then packets
    /// to it are thrown away. On a busy host that is more than 100 ms. The address itself shows no sign of it.
    /// </remarks>
    internal void WaitForAddresses(string device, IEnumerable<TunAddress> addresses)
    {
        List<TunAddress> pending = [.. addresses.Where(address => !address.Address.IsIPv4 && !IsLocal(device, address))];
        if (pending.Count == 0)
        {
            return;
        }

        try
        {
            // Listening first and looking then, so that nothing falls between the two.
            using NetlinkSocket news = NetlinkSocket.Open(Netlink.NETLINK_ROUTE, RtNetlink.RTMGRP_IPV6_IFADDR | RtNetlink.RTMGRP_IPV6_ROUTE);
            long started = Stopwatch.GetTimestamp();
            for (TimeSpan left = s_patience; left > TimeSpan.Zero; left = s_patience - Stopwatch.GetElapsedTime(started))
            {
                pending.RemoveAll(address => IsLocal(device, address));
                if (pending.Count == 0)
                {
                    return;
                }

                if (Poller.Wait(news.Descriptor, null, left) == WaitResult.Ready)
                {
                    news.ReceivePending(static (_, _) => { });
                }
            }
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, device);
        }
    }

    /// <summary>Removes an address, if it is there.</summary>
    internal void RemoveAddress(int index, string device, TunAddress address)
    {
        try
        {
            Request(AddressRequest(RtNetlink.RTM_DELADDR, 0, index, address), $"netlink(RTM_DELADDR, {address})", device);
        }
        catch (TunException refused) when (refused.NativeError == Netlink.EADDRNOTAVAIL)
        {
            // Gone already: what was wanted.
        }
    }

    /// <summary>Adds a route; <see langword="false"/> when exactly it is there already.</summary>
    internal bool AddRoute(int index, string device, TunRoute route)
    {
        try
        {
            Request(RouteRequest(RtNetlink.RTM_NEWROUTE, Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL, index, route), $"netlink(RTM_NEWROUTE, {route})", device);
            return true;
        }
        catch (TunException refused) when (refused.Failure == TunFailure.AlreadyExists && HasRoute(index, device, route))
        {
            return false;
        }
    }

    /// <summary>Removes a route, if it is there.</summary>
    internal void RemoveRoute(int index, string device, TunRoute route)
    {
        try
        {
            Request(RouteRequest(RtNetlink.RTM_DELROUTE, 0, index, route), $"netlink(RTM_DELROUTE, {route})", device);
        }
        catch (TunException refused) when (refused.NativeError == Netlink.ESRCH)
        {
            // Gone already, by itself when the device went down: what was wanted.
        }
    }

    public void Dispose() => _netlink.Dispose();

    private static NetlinkRequest AddressRequest(ushort type, int flags, int index, TunAddress address)
    {
        bool isIPv4 = address.Address.IsIPv4;
        byte[] bytes = Prefixes.Bytes(address.Address);
        NetlinkRequest request = new NetlinkRequest(type, (ushort)flags)
            .Add(new ifaddrmsg
            {
                ifa_family = (byte)(isIPv4 ? Netlink.AF_INET : Netlink.AF_INET6),
                ifa_prefixlen = (byte)address.PrefixLength,
                ifa_index = (uint)index,
            })
            .Attribute(RtNetlink.IFA_LOCAL, bytes)
            .Attribute(RtNetlink.IFA_ADDRESS, bytes);

        // Without detection of duplicates an IPv6 address serves at once; on a device of our own there is nobody else to have it.
        return isIPv4 ? request : request.Attribute(RtNetlink.IFA_FLAGS, RtNetlink.IFA_F_NODAD);
    }

    private static NetlinkRequest RouteRequest(ushort type, int flags, int index, TunRoute route)
    {
        TunAddress destination = route.Destination;
        bool isIPv4 = destination.Address.IsIPv4;
        NetlinkRequest request = new NetlinkRequest(type, (ushort)flags).Add(new rtmsg
        {
            rtm_family = (byte)(isIPv4 ? Netlink.AF_INET : Netlink.AF_INET6),
            rtm_dst_len = (byte)destination.PrefixLength,
            rtm_table = RtNetlink.RT_TABLE_MAIN,
            rtm_protocol = RtNetlink.RTPROT_STATIC,
            rtm_scope = isIPv4 && route.Gateway is null ? RtNetlink.RT_SCOPE_LINK : RtNetlink.RT_SCOPE_UNIVERSE,
            rtm_type = RtNetlink.RTN_UNICAST,
        });
        if (destination.PrefixLength > 0)
        {
            request.Attribute(RtNetlink.RTA_DST, Prefixes.Bytes(destination.Address));
        }

        request.Attribute(RtNetlink.RTA_OIF, (uint)index);
        if (route.Gateway is { } gateway)
        {
            request.Attribute(RtNetlink.RTA_GATEWAY, Prefixes.Bytes(gateway));
        }

        if (route.Metric is { } metric)
        {
            request.Attribute(RtNetlink.RTA_PRIORITY, (uint)metric);
        }

        if (route.Mtu is { } mtu && type == RtNetlink.RTM_NEWROUTE)
        {
            request.Nested(RtNetlink.RTA_METRICS, metrics => metrics.Attribute(RtNetlink.RTAX_MTU, (uint)mtu));
        }

        return request;
    }

    private static bool Matches(ReadOnlySpan<byte> payload, int index, TunRoute route)
    {
        TunAddress destination = route.Destination;
        bool isIPv4 = destination.Address.IsIPv4;
        if (!NativeStruct.TryRead(payload, out rtmsg head)
            || head.rtm_family != (isIPv4 ? Netlink.AF_INET : Netlink.AF_INET6)
            || head.rtm_dst_len != destination.PrefixLength
            || head.rtm_table != RtNetlink.RT_TABLE_MAIN)
        {
            return false;
        }

        uint outputIndex = 0;
        uint priority = 0;
        ReadOnlySpan<byte> network = default;
        ReadOnlySpan<byte> gateway = default;
        var attributes = new NetlinkAttributes(payload[NativeStruct.SizeOf<rtmsg>()..]);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case RtNetlink.RTA_DST:
                    network = attributes.Value;
                    break;
                case RtNetlink.RTA_GATEWAY:
                    gateway = attributes.Value;
                    break;
                case RtNetlink.RTA_OIF when NativeStruct.TryRead(attributes.Value, out uint value):
                    outputIndex = value;
                    break;
                case RtNetlink.RTA_PRIORITY when NativeStruct.TryRead(attributes.Value, out uint value):
                    priority = value;
                    break;
            }
        }

        // IPv6 gives a route without a metric one of its own, 1024.
        return outputIndex == (uint)index
            && (destination.PrefixLength == 0 || network.SequenceEqual(Prefixes.Bytes(destination.Address)))
            && gateway.SequenceEqual(route.Gateway is { } wanted ? Prefixes.Bytes(wanted) : [])
            && priority == (uint)(route.Metric ?? (isIPv4 ? 0 : 1024));
    }

    private bool HasRoute(int index, string device, TunRoute route)
    {
        bool isThere = false;
        Dump(
            new NetlinkRequest(RtNetlink.RTM_GETROUTE).Add(new rtmsg
            {
                rtm_family = (byte)(route.Destination.Address.IsIPv4 ? Netlink.AF_INET : Netlink.AF_INET6),
                rtm_table = RtNetlink.RT_TABLE_MAIN,
                rtm_type = RtNetlink.RTN_UNICAST,
            }),
            "netlink(RTM_GETROUTE)",
            device,
            () => isThere = false,
            payload => isThere |= Matches(payload, index, route));
        return isThere;
    }

    private bool IsLocal(string device, TunAddress address)
    {
        bool isLocal = false;
        try
        {
            Request(
                new NetlinkRequest(RtNetlink.RTM_GETROUTE)
                    .Add(new rtmsg { rtm_family = Netlink.AF_INET6, rtm_dst_len = 128 })
                    .Attribute(RtNetlink.RTA_DST, Prefixes.Bytes(address.Address)),
                "netlink(RTM_GETROUTE)",
                device,
                payload => isLocal = NativeStruct.TryRead(payload, out rtmsg head) && head.rtm_type == RtNetlink.RTN_LOCAL);
            return isLocal;
        }
        catch (TunException none) when (none.NativeError == Netlink.ENETUNREACH)
        {
            return false;
        }
    }

    private LinuxTunLink? AskLink(NetlinkRequest request, string name)
    {
        LinuxTunLink? link = null;
        try
        {
            Request(request, "netlink(RTM_GETLINK)", name, payload => link = LinuxTunLink.Read(payload));
            return link;
        }
        catch (TunException refused) when (refused.Failure == TunFailure.NotFound)
        {
            return null;
        }
    }

    private void Request(NetlinkRequest request, string operation, string? device, Action<ReadOnlySpan<byte>>? answer = null)
    {
        try
        {
            _netlink.Request(request, operation, answer is null ? null : (_, payload) => answer(payload));
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, device);
        }
    }

    // A table that changes while it is read is read again, a few times.
    private void Dump(NetlinkRequest request, string operation, string? device, Action restart, Action<ReadOnlySpan<byte>> entry)
    {
        try
        {
            for (int attempt = 0; attempt < 4; attempt++)
            {
                restart();
                if (_netlink.Dump(request, operation, (_, payload) => entry(payload)))
                {
                    break;
                }
            }
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, device);
        }
    }
}
