using System.Net;
using System.Net.Sockets;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.MacOS;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests;

public sealed class InterfaceTests
{
    private const long Now = 1_700_000_000;

    [Fact]
    public void All_interfaces_are_listed_by_index()
    {
        using var system = new LookAlike();

        InterfaceSnapshot snapshot = Collect(system);

        Assert.Equal(["lo0", "en0", "en5", "awdl0", "bridge0", "utun0"], snapshot.Interfaces.Select(one => one.Name));
        Assert.Equal([1, 4, 5, 8, 9, 12], snapshot.Interfaces.Select(one => one.Index));
        Assert.Equal("sysctl", snapshot.Backend);
        Assert.Equal(42, snapshot.Timestamp);
        Assert.Empty(snapshot.Gaps);
    }

    [Theory]
    [InlineData("lo0", InterfaceKind.Loopback, "IFT_LOOP", "loop")]
    [InlineData("en0", InterfaceKind.Ethernet, "IFT_ETHER", "ether")]
    [InlineData("awdl0", InterfaceKind.Wifi, "IFRTYPE_SUBFAMILY_WIFI", "ether")]
    [InlineData("bridge0", InterfaceKind.Bridge, "IFT_BRIDGE", "bridge")]
    [InlineData("utun0", InterfaceKind.Tun, "IFRTYPE_FAMILY_UTUN", "other")]
    public void The_kind_is_what_the_system_says_of_the_interface(string name, InterfaceKind kind, string word, string linkType)
    {
        using var system = new LookAlike();

        NetworkInterface one = Collect(system, name);

        Assert.Equal((kind, word, linkType), (one.Kind, one.KindName, one.LinkType));
    }

    [Fact]
    public void Without_the_private_question_the_medium_tells_wifi_and_nothing_tells_utun()
    {
        using var system = new LookAlike { ["fail.type"] = Darwin.EINVAL };

        InterfaceSnapshot snapshot = Collect(system);

        Assert.Equal((InterfaceKind.Wifi, "IFM_IEEE80211"), KindOf(snapshot, "awdl0"));
        Assert.Equal((InterfaceKind.Other, "IFT_OTHER"), KindOf(snapshot, "utun0"));
        Gap gap = Assert.Single(snapshot.Gaps);
        Assert.Equal(("interface kinds", 6L), (gap.What, gap.Count));
    }

    [Fact]
    public void An_answer_that_does_not_repeat_the_type_has_another_layout_and_does_not_count()
    {
        using var system = new LookAlike { ["type.skew"] = 1 };

        Assert.Equal((InterfaceKind.Other, "IFT_OTHER"), KindOf(Collect(system), "utun0"));
    }

    [Fact]
    public void States_come_from_the_flags_and_from_the_medium()
    {
        using var system = new LookAlike();

        InterfaceSnapshot snapshot = Collect(system);

        NetworkInterface en0 = snapshot.Interfaces.Single(one => one.Name == "en0");
        Assert.Equal(["UP", "BROADCAST", "NOTRAILERS", "RUNNING", "SIMPLEX", "MULTICAST"], en0.Flags);
        Assert.Equal((AdministrativeState.Up, OperationalState.Up), (en0.AdministrativeState, en0.OperationalState));

        // RUNNING, and the medium says that there is no link.
        NetworkInterface en5 = snapshot.Interfaces.Single(one => one.Name == "en5");
        Assert.Equal((AdministrativeState.Up, OperationalState.Down), (en5.AdministrativeState, en5.OperationalState));

        Assert.Equal(OperationalState.Up, snapshot.Interfaces.Single(one => one.Name == "lo0").OperationalState);
    }

    [Fact]
    public void Link_properties_are_read()
    {
        using var system = new LookAlike();

        InterfaceSnapshot snapshot = Collect(system);

        NetworkInterface en0 = snapshot.Interfaces.Single(one => one.Name == "en0");
        Assert.Equal("02:fc:00:00:00:01", en0.HardwareAddress.Value.ToString());
        Assert.Equal(1500, en0.Mtu.Value);
        Assert.Equal(10_000_000_000, en0.LinkSpeedBitsPerSecond.Value);

        NetworkInterface lo0 = snapshot.Interfaces.Single(one => one.Name == "lo0");
        Assert.Equal(ReadingStatus.None, lo0.HardwareAddress.Status);
        Assert.Equal(ReadingStatus.None, lo0.LinkSpeedBitsPerSecond.Status);
        Assert.Equal(ReadingStatus.NotCollected, lo0.MasterIndex.Status);
        Assert.NotNull(lo0.MasterIndex.Reason);
    }

    [Fact]
    public void Counters_have_64_bits()
    {
        using var system = new LookAlike();

        InterfaceCounters counters = Collect(system, "en0").Counters.Value;

        Assert.Equal((0x5_0000_0001UL, 0x1_0000_0003UL), (counters.ReceivedBytes, counters.ReceivedPackets));
        Assert.Equal((5UL, 11UL), (counters.ReceiveErrors, counters.ReceiveDrops));
        Assert.Equal((0x6_0000_0002UL, 4UL, 6UL), (counters.SentBytes, counters.SentPackets, counters.SendErrors));
        Assert.Equal((7UL, 9UL, 8UL), (counters.SendDrops.Value, counters.ReceivedMulticast.Value, counters.Collisions.Value));
    }

    [Fact]
    public void A_refused_mib_leaves_the_counters_of_32_bits_and_says_so()
    {
        using var system = new LookAlike { ["fail.ifdata"] = Darwin.EPERM };

        InterfaceSnapshot snapshot = Collect(system);

        NetworkInterface en0 = snapshot.Interfaces.Single(one => one.Name == "en0");
        Assert.Equal((1000UL, 2000UL), (en0.Counters.Value.ReceivedBytes, en0.Counters.Value.SentBytes));
        Assert.Equal(ReadingStatus.Unsupported, en0.Counters.Value.SendDrops.Status);
        Assert.Equal(1500, en0.Mtu.Value);
        Gap gap = Assert.Single(snapshot.Gaps);
        Assert.Equal(("counters of 32 bits, which wrap at 4 GiB", ReadingStatus.Denied, 6L), (gap.What, gap.Status, gap.Count));
        Assert.Contains("Operation not permitted", gap.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vanish")]
    [InlineData("reused")]
    public void An_interface_that_vanishes_while_it_is_read_is_left_out_and_counted(string how)
    {
        using var system = new LookAlike { [how] = 9 };

        InterfaceSnapshot snapshot = Collect(system);

        Assert.DoesNotContain(snapshot.Interfaces, one => one.Name == "bridge0");
        Assert.Equal(5, snapshot.Interfaces.Count);
        Gap gap = Assert.Single(snapshot.Gaps);
        Assert.Equal(("interfaces", ReadingStatus.Gone, 1L), (gap.What, gap.Status, gap.Count));
    }

    [Fact]
    public void A_struct_that_came_back_short_is_not_read()
    {
        using var system = new LookAlike { ["short"] = 4 };

        InterfaceSnapshot snapshot = Collect(system);

        Assert.Equal(1000UL, snapshot.Interfaces.Single(one => one.Name == "en0").Counters.Value.ReceivedBytes);
        Assert.Equal(1, Assert.Single(snapshot.Gaps).Count);
    }

    [Fact]
    public void IPv4_addresses_have_prefix_broadcast_and_peer()
    {
        using var system = new LookAlike();

        InterfaceSnapshot snapshot = Collect(system);

        InterfaceAddress loopback = AddressesOf(snapshot, "lo0")[0];
        Assert.Equal((IPAddress.Loopback, 8, AddressScope.Host), (loopback.Address, loopback.PrefixLength, loopback.Scope));

        InterfaceAddress en0 = AddressesOf(snapshot, "en0")[0];
        Assert.Equal((IPAddress.Parse("192.0.2.10"), 23, AddressScope.Global), (en0.Address, en0.PrefixLength, en0.Scope));
        Assert.Equal(IPAddress.Parse("192.0.3.255"), en0.Broadcast.Value);
        Assert.Equal(ReadingStatus.None, en0.Peer.Status);
        Assert.Equal(ReadingStatus.Unsupported, en0.ValidLifetime.Status);

        InterfaceAddress utun0 = AddressesOf(snapshot, "utun0")[0];
        Assert.Equal((IPAddress.Parse("10.8.0.2"), 32), (utun0.Address, utun0.PrefixLength));
        Assert.Equal(IPAddress.Parse("10.8.0.1"), utun0.Peer.Value);
        Assert.Equal(ReadingStatus.None, utun0.Broadcast.Status);
    }

    [Fact]
    public void The_scope_inside_a_link_local_address_is_taken_out()
    {
        using var system = new LookAlike();

        InterfaceAddress address = AddressesOf(Collect(system), "en0")[1];

        Assert.Equal(IPAddress.Parse("fe80::1000:0:0:1%4"), address.Address);
        Assert.Equal((4L, 64, AddressScope.Link), (address.Address.ScopeId, address.PrefixLength, address.Scope));
        Assert.Equal(Timeout.InfiniteTimeSpan, address.ValidLifetime.Value);
    }

    [Theory]
    [InlineData("2001:db8:1::1", AddressState.Dynamic, 2592000, 604800)]
    [InlineData("2001:db8:1::2", AddressState.Dynamic | AddressState.Temporary, 86400, 3600)]
    [InlineData("2001:db8:1::3", AddressState.Dynamic | AddressState.Temporary | AddressState.Deprecated, 600, 0)]
    [InlineData("2001:db8:1::4", AddressState.Dynamic | AddressState.Tentative, 2592000, 604800)]
    [InlineData("fd00::5", AddressState.Dynamic | AddressState.Duplicate, 2592000, 604800)]
    public void IPv6_addresses_have_states_and_lifetimes(string text, AddressState state, int valid, int preferred)
    {
        using var system = new LookAlike();

        InterfaceAddress address = AddressesOf(Collect(system), "en0").Single(one => one.Address.Equals(IPAddress.Parse(text)));

        Assert.Equal(state, address.State);
        Assert.Equal((TimeSpan.FromSeconds(valid), TimeSpan.FromSeconds(preferred)), (address.ValidLifetime.Value, address.PreferredLifetime.Value));
        Assert.Equal(AddressScope.Global, address.Scope);
    }

    [Fact]
    public void Refused_address_states_are_a_gap_and_refused_lifetimes_a_reason()
    {
        using var system = new LookAlike { ["fail.flags"] = Darwin.EPERM, ["fail.lifetime"] = Darwin.EOPNOTSUPP };

        InterfaceSnapshot snapshot = Collect(system);

        Assert.Equal(("IPv6 address states", 8L), (snapshot.Gaps[0].What, snapshot.Gaps[0].Count));
        Assert.Equal(ReadingStatus.Unsupported, AddressesOf(snapshot, "en0")[1].ValidLifetime.Status);
    }

    [Fact]
    public void An_address_that_vanishes_while_it_is_asked_about_has_lifetimes_that_are_gone()
    {
        using var system = new LookAlike { ["fail.lifetime"] = Darwin.EADDRNOTAVAIL };

        Assert.Equal(ReadingStatus.Gone, AddressesOf(Collect(system), "en0")[1].ValidLifetime.Status);
    }

    [Fact]
    public void Default_routes_belong_to_their_interfaces_best_first()
    {
        using var system = new LookAlike();
        system.SetRoutes(
            RouteBytes.Default4(4, "192.0.2.254", Darwin.RTF_IFSCOPE),
            RouteBytes.Default4(4, "192.0.2.1"),
            RouteBytes.Route(
                Darwin.RTM_ADD,
                4,
                Darwin.RTF_UP | Darwin.RTF_GATEWAY,
                (Darwin.RTAX_DST, RouteBytes.IP("::")),
                (Darwin.RTAX_GATEWAY, RouteBytes.IP("fe80::ffff", embeddedScope: 4)),
                (Darwin.RTAX_NETMASK, [])),
            RouteBytes.Route(
                Darwin.RTM_ADD,
                12,
                Darwin.RTF_UP | Darwin.RTF_STATIC,
                (Darwin.RTAX_DST, RouteBytes.IP("0.0.0.0")),
                (Darwin.RTAX_GATEWAY, RouteBytes.Link(12)),
                (Darwin.RTAX_NETMASK, [])));

        InterfaceSnapshot snapshot = Collect(system);

        IReadOnlyList<DefaultGateway> en0 = snapshot.Interfaces.Single(one => one.Name == "en0").DefaultGateways.Value;
        Assert.Equal(
            [(AddressFamily.InterNetwork, "192.0.2.1"), (AddressFamily.InterNetworkV6, "fe80::ffff%4"), (AddressFamily.InterNetwork, "192.0.2.254")],
            en0.Select(gateway => (gateway.Family, gateway.Address.Value.ToString())));
        Assert.Equal("static", en0[0].Protocol.Value);
        Assert.Equal(ReadingStatus.Unsupported, en0[0].Metric.Status);
        DefaultGateway utun0 = Assert.Single(snapshot.Interfaces.Single(one => one.Name == "utun0").DefaultGateways.Value);
        Assert.Equal(ReadingStatus.None, utun0.Address.Status);
        Assert.Empty(snapshot.Interfaces.Single(one => one.Name == "lo0").DefaultGateways.Value);
    }

    [Fact]
    public void A_refused_routing_table_is_a_reason_on_every_interface_and_a_gap()
    {
        using var system = new LookAlike { ["fail.routes"] = Darwin.EPERM };

        InterfaceSnapshot snapshot = Collect(system);

        Assert.All(snapshot.Interfaces, one => Assert.Equal(ReadingStatus.Denied, one.DefaultGateways.Status));
        Assert.Equal("routes", Assert.Single(snapshot.Gaps).What);
    }

    [Fact]
    public void Name_servers_and_search_domains_belong_to_the_interface_they_are_bound_to()
    {
        using var system = new LookAlike();

        InterfaceSnapshot snapshot = Collect(system);

        NetworkInterface en0 = snapshot.Interfaces.Single(one => one.Name == "en0");
        Assert.Equal([IPAddress.Parse("192.0.2.53"), IPAddress.Parse("192.0.2.54")], en0.DnsServers.Value);
        NetworkInterface utun0 = snapshot.Interfaces.Single(one => one.Name == "utun0");
        Assert.Equal([IPAddress.Parse("fe80::35%12")], utun0.DnsServers.Value);
        Assert.Empty(snapshot.Interfaces.Single(one => one.Name == "lo0").DnsServers.Value);
    }

    [Fact]
    public void A_refused_list_is_an_error()
    {
        using var system = new LookAlike { ["fail.getifaddrs"] = Darwin.ENOMEM };
        using var interfaces = new MacOSNetworkInterfaces(new FixedTime(Now));

        HostException refused = Assert.Throws<HostException>(interfaces.Collect);

        Assert.Equal(("getifaddrs", Darwin.ENOMEM, HostFailure.System), (refused.Operation, refused.NativeError, refused.Failure));
    }

    [Fact]
    public void A_host_without_IPv6_still_tells_kinds()
    {
        using var system = new LookAlike { ["fail.socket.inet6"] = Darwin.EAFNOSUPPORT };

        Assert.Equal((InterfaceKind.Wifi, "IFRTYPE_SUBFAMILY_WIFI"), KindOf(Collect(system), "awdl0"));
    }

    [Fact]
    public void Without_any_socket_what_it_would_have_told_is_missing_with_the_reason()
    {
        using var system = new LookAlike { ["fail.socket.inet6"] = Darwin.EPERM, ["fail.socket.inet"] = Darwin.EPERM };

        InterfaceSnapshot snapshot = Collect(system);

        Assert.Equal(6, snapshot.Interfaces.Count);
        Gap gap = snapshot.Gaps[0];
        Assert.Equal(("interface kinds, link states and IPv6 address states", ReadingStatus.Denied), (gap.What, gap.Status));
        Assert.Equal(ReadingStatus.Failed, AddressesOf(snapshot, "en0")[1].ValidLifetime.Status);
    }

    [Fact]
    public void Odd_entries_are_shown_or_counted_and_harm_nobody()
    {
        using var system = new LookAlike { ["oddities"] = 1 };

        InterfaceSnapshot snapshot = Collect(system);

        Assert.Equal(@"en\xff\xfe\x01", snapshot.Interfaces[^1].Name);
        Assert.Equal(1 + 6, AddressesOf(snapshot, "en0").Count);
        Assert.Contains(snapshot.Gaps, gap => gap is { What: "addresses", Status: ReadingStatus.Failed, Count: 2 });
        Assert.Contains(snapshot.Gaps, gap => gap is { What: "addresses", Status: ReadingStatus.Unsupported, Count: 1 });

        // ghost0, and the one without a name.
        Assert.Contains(snapshot.Gaps, gap => gap is { What: "interfaces", Status: ReadingStatus.Failed, Count: 2 });
    }

    [Fact]
    public void Five_thousand_interfaces_are_listed()
    {
        using var system = new LookAlike { ["interfaces"] = 5000 };

        InterfaceSnapshot snapshot = Collect(system);

        Assert.Equal(5006, snapshot.Interfaces.Count);
        Assert.Equal("feth4999", snapshot.Interfaces[^1].Name);
        Assert.Equal(IPAddress.Parse("10.1.19.135"), AddressesOf(snapshot, "feth4999")[0].Address);
    }

    [Fact]
    public void Collecting_leaves_no_descriptor_open()
    {
        using var system = new LookAlike();
        Collect(system);
        int before = LookAlike.Descriptors().Length;

        for (int i = 0; i < 5; i++)
        {
            Collect(system);
        }

        Assert.Equal(before, LookAlike.Descriptors().Length);
    }

    private static InterfaceSnapshot Collect(LookAlike system)
    {
        system["now"] = Now;
        using var interfaces = new MacOSNetworkInterfaces(new FixedTime(Now));
        return interfaces.Collect();
    }

    private static NetworkInterface Collect(LookAlike system, string name) => Collect(system).Interfaces.Single(one => one.Name == name);

    private static (InterfaceKind Kind, string Word) KindOf(InterfaceSnapshot snapshot, string name)
    {
        NetworkInterface one = snapshot.Interfaces.Single(each => each.Name == name);
        return (one.Kind, one.KindName);
    }

    private static IReadOnlyList<InterfaceAddress> AddressesOf(InterfaceSnapshot snapshot, string name) =>
        snapshot.Interfaces.Single(one => one.Name == name).Addresses.Value;
}
