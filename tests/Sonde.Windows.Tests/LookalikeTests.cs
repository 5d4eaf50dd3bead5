using System.Net;
using System.Net.Sockets;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Host.Resolvers;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>What Wine cannot show, played by a look-alike iphlpapi.dll behind the same declarations.</summary>
[Trait("pass", "lookalike")]
public sealed class LookalikeTests
{
    [Fact]
    public void Adapters_have_what_the_three_tables_say()
    {
        NetworkInterface ethernet = Collect(Scene.Usual).Interfaces.Single(found => found.Name == "Ethernet 2");

        Assert.Equal(12, ethernet.Index);
        Assert.Equal(InterfaceKind.Ethernet, ethernet.Kind);
        Assert.Equal("{11111111-2222-3333-4444-555555555555}", ethernet.SystemName.Value);
        Assert.Equal("Look-alike Gigabit Adapter", ethernet.Description.Value);
        Assert.Equal("NdisMedium802_3", ethernet.LinkType);
        Assert.Equal("02:00:5e:10:00:01", ethernet.HardwareAddress.Value.ToString());
        Assert.Equal(["DHCP_ENABLED", "IPV4_ENABLED", "IPV6_ENABLED", "HardwareInterface", "ConnectorPresent"], ethernet.Flags);
        Assert.Equal(AdministrativeState.Up, ethernet.AdministrativeState);
        Assert.Equal(OperationalState.Up, ethernet.OperationalState);
        Assert.Equal([IPAddress.Parse("192.0.2.53"), IPAddress.Parse("2001:db8::53")], ethernet.DnsServers.Value);
        Assert.Equal(["corp.example", "lab.example"], ethernet.SearchDomains.Value);
    }

    [Fact]
    public void Counters_keep_all_their_64_bits_and_packets_are_unicast_and_other_together()
    {
        InterfaceCounters counters = Collect(Scene.Usual).Interfaces.Single(found => found.Index == 12).Counters.Value;

        Assert.Equal(0x1122334455667788u + 12, counters.ReceivedBytes);
        Assert.Equal(1024u, counters.ReceivedPackets);
        Assert.Equal(3u, counters.ReceiveDrops);
        Assert.Equal(4u, counters.ReceiveErrors);
        Assert.Equal(0x0102030405060708u, counters.SentBytes);
        Assert.Equal(2048u, counters.SentPackets);
        Assert.Equal(5u, counters.SendDrops.Value);
        Assert.Equal(6u, counters.SendErrors);
    }

    [Fact]
    public void The_link_speed_is_the_smaller_one_and_all_ones_mean_unknown()
    {
        IReadOnlyList<NetworkInterface> interfaces = Collect(Scene.Usual).Interfaces;

        Assert.Equal(100_000_000, interfaces.Single(found => found.Index == 12).LinkSpeedBitsPerSecond.Value);
        Assert.Equal(ReadingStatus.None, interfaces.Single(found => found.Index == 30).LinkSpeedBitsPerSecond.Status);
    }

    [Fact]
    public void Addresses_have_lifetimes_and_states()
    {
        IReadOnlyList<InterfaceAddress> addresses = Collect(Scene.Usual).Interfaces.Single(found => found.Index == 12).Addresses.Value;

        Assert.Equal(AddressState.Dynamic, addresses[0].State);
        Assert.Equal(TimeSpan.FromDays(1), addresses[0].ValidLifetime.Value);
        Assert.Equal(TimeSpan.FromHours(12), addresses[0].PreferredLifetime.Value);
        Assert.Equal(AddressState.Dynamic | AddressState.Temporary | AddressState.Deprecated, addresses[1].State);
        Assert.Equal(AddressState.Duplicate, addresses[2].State);
        Assert.Equal(Timeout.InfiniteTimeSpan, addresses[2].ValidLifetime.Value);
        Assert.Equal(AddressState.Tentative, addresses[3].State);
        Assert.Equal("fe80::17%12", addresses[3].Address.ToString());
        Assert.Equal(AddressScope.Link, addresses[3].Scope);
    }

    [Fact]
    public void A_tunnel_that_a_program_serves_is_Tun_and_odd_names_stay_readable()
    {
        NetworkInterface tun = Collect(Scene.Usual).Interfaces.Single(found => found.Index == 30);

        Assert.Equal(InterfaceKind.Tun, tun.Kind);
        Assert.Equal("IF_TYPE_PROP_VIRTUAL", tun.KindName);
        Assert.Equal(@"tunnel \uD800", tun.Name);
        Assert.Equal(ReadingStatus.None, tun.HardwareAddress.Status);
        Assert.Equal(AddressScope.Link, Assert.Single(tun.Addresses.Value).Scope);
    }

    [Fact]
    public void Loopback_has_the_MTU_that_Windows_says()
    {
        NetworkInterface loopback = Collect(Scene.Usual).Interfaces[0];

        Assert.Equal(InterfaceKind.Loopback, loopback.Kind);
        Assert.Equal(0xFFFFFFFFL, loopback.Mtu.Value);
        Assert.All(loopback.Addresses.Value, address => Assert.Equal(AddressScope.Host, address.Scope));
    }

    [Fact]
    public void A_card_that_IP_is_not_bound_to_is_listed_and_a_filter_module_is_not()
    {
        IReadOnlyList<NetworkInterface> interfaces = Collect(Scene.Usual).Interfaces;

        NetworkInterface card = interfaces.Single(found => found.Index == 14);
        Assert.Equal("EtherCAT", card.Name);
        Assert.Equal(AdministrativeState.Down, card.AdministrativeState);
        Assert.Equal(OperationalState.Down, card.OperationalState);
        Assert.Equal("00:00:00:00:00:09", card.HardwareAddress.Value.ToString());
        Assert.Equal(ReadingStatus.None, card.Addresses.Status);
        Assert.Equal("IP is not bound to this interface", card.Addresses.Reason);
        Assert.Equal(10_000_000_000, card.LinkSpeedBitsPerSecond.Value);
        Assert.DoesNotContain(interfaces, found => found.Index == 15);
    }

    [Fact]
    public void Default_gateways_of_both_families_come_with_the_sum_of_both_metrics_best_first()
    {
        IReadOnlyList<DefaultGateway> gateways = Collect(Scene.Usual).Interfaces.Single(found => found.Index == 12).DefaultGateways.Value;

        Assert.Equal(
            [
                new DefaultGateway(AddressFamily.InterNetwork, IPAddress.Parse("192.0.2.1"), 25L, "dhcp"),
                new DefaultGateway(AddressFamily.InterNetwork, IPAddress.Parse("192.0.2.254"), 281L, "netmgmt"),
                new DefaultGateway(AddressFamily.InterNetworkV6, IPAddress.Parse("fe80::1%12"), 291L, "router_advertisement"),
            ],
            gateways);
    }

    [Fact]
    public void A_default_route_without_a_router_has_no_address_and_says_why()
    {
        DefaultGateway gateway = Assert.Single(Collect(Scene.Usual).Interfaces.Single(found => found.Index == 30).DefaultGateways.Value);

        Assert.Equal(ReadingStatus.None, gateway.Address.Status);
        Assert.Equal(5, gateway.Metric.Value);
    }

    [Fact]
    public void A_list_that_grows_from_call_to_call_is_asked_for_until_it_fits()
    {
        LookalikeDll dll = Lookalike.Play(Scene.Growing);
        using var interfaces = NetworkInterfaces.Open();

        Assert.Equal(4, interfaces.Collect().Interfaces.Count);
        Assert.Equal(5, dll.Call("fake_calls"));
    }

    [Fact]
    public void A_system_that_asks_for_no_more_than_it_was_given_gets_twice_as_much() => Assert.Equal(4, Collect(Scene.Stubborn).Interfaces.Count);

    [Fact]
    public void A_list_that_never_fits_is_given_up_after_some_tries()
    {
        LookalikeDll dll = Lookalike.Play(Scene.NeverEnough);
        using var interfaces = NetworkInterfaces.Open();

        HostException refused = Assert.Throws<HostException>(interfaces.Collect);

        Assert.Equal("GetAdaptersAddresses", refused.Operation);
        Assert.Contains("outgrew its buffer 10 times", refused.Reason);
        Assert.Equal(10, dll.Call("fake_calls"));
    }

    [Fact]
    public void A_host_without_adapters_is_an_empty_list_and_no_failure()
    {
        InterfaceSnapshot snapshot = Collect(Scene.NoAdapters);

        // Cards are still in the interface table.
        Assert.Equal([12, 14], snapshot.Interfaces.Select(found => found.Index));
        Assert.All(snapshot.Interfaces, found => Assert.Equal("IP is not bound to this interface", found.Addresses.Reason));
        Assert.Empty(snapshot.Gaps);
        Assert.Empty(NameResolvers.Create().Collect().Servers);
    }

    [Fact]
    public void Refused_tables_are_gaps_and_single_interfaces_are_asked_for_one_by_one()
    {
        InterfaceSnapshot snapshot = Collect(Scene.TablesDenied);

        Assert.Equal(["IPv4 routes", "IPv6 routes", "interface table"], snapshot.Gaps.Select(gap => gap.What));
        Assert.All(snapshot.Gaps, gap => Assert.Equal(ReadingStatus.Denied, gap.Status));
        NetworkInterface ethernet = snapshot.Interfaces.Single(found => found.Index == 12);
        Assert.Equal(1024u, ethernet.Counters.Value.ReceivedPackets);
        Assert.Equal(ReadingStatus.Gone, snapshot.Interfaces.Single(found => found.Index == 30).Counters.Status);
    }

    [Fact]
    public void Without_the_routing_table_the_adapters_own_gateways_stand_in_for_it()
    {
        IReadOnlyList<DefaultGateway> gateways = Collect(Scene.TablesDenied).Interfaces.Single(found => found.Index == 12).DefaultGateways.Value;

        Assert.Equal([IPAddress.Parse("192.0.2.1"), IPAddress.Parse("fe80::1%12")], gateways.Select(gateway => gateway.Address.Value));
        Assert.All(gateways, gateway => Assert.Equal(ReadingStatus.Unsupported, gateway.Metric.Status));
    }

    [Fact]
    public void An_interface_that_vanishes_between_two_calls_has_no_counters_and_says_that_it_is_gone()
    {
        InterfaceSnapshot snapshot = Collect(Scene.Vanishing);

        Assert.Equal(3, snapshot.Interfaces.Count);
        Assert.All(snapshot.Interfaces, found => Assert.Equal(ReadingStatus.Gone, found.Counters.Status));
    }

    [Fact]
    public void A_list_that_leads_back_to_its_start_ends_and_is_counted()
    {
        InterfaceSnapshot snapshot = Collect(Scene.Circle);

        Assert.Equal(1, Assert.Single(snapshot.Gaps).Count);
        Assert.Equal([1, 12, 14, 30], snapshot.Interfaces.Select(found => found.Index));
    }

    [Fact]
    public void Refused_adapters_are_an_exception_that_says_denied()
    {
        Lookalike.Play(Scene.AdaptersDenied);
        using var interfaces = NetworkInterfaces.Open();

        HostException refused = Assert.Throws<HostException>(interfaces.Collect);

        Assert.Equal(HostFailure.AccessDenied, refused.Failure);
        Assert.Equal(5, refused.NativeError);
        Assert.Equal(BackendState.Denied, Assert.Single(NetworkInterfaces.Check()).State);
        Assert.Equal(ReadingStatus.Denied, NameResolvers.Create().Collect().Sources[0].Status);
    }

    [Theory]
    [InlineData(0, InterfaceChange.Links)]
    [InlineData(1, InterfaceChange.Addresses)]
    [InlineData(2, InterfaceChange.Routes)]
    public void A_notification_ends_the_wait_and_says_what_changed(int kind, InterfaceChange expected)
    {
        LookalikeDll dll = Lookalike.Play(Scene.Usual);
        using var interfaces = NetworkInterfaces.Open();
        interfaces.Collect();

        Assert.Equal(1, dll.Call("fake_fire", kind)); // between the picture and the wait: not lost

        Assert.Equal(expected, interfaces.WaitForChange(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(InterfaceChange.None, interfaces.WaitForChange(TimeSpan.Zero, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_notification_wakes_a_thread_that_waits()
    {
        LookalikeDll dll = Lookalike.Play(Scene.Usual);
        using var interfaces = NetworkInterfaces.Open();
        interfaces.Collect();
        using var timer = new Timer(_ => dll.Call("fake_fire", 1), null, TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);

        Assert.Equal(InterfaceChange.Addresses, interfaces.WaitForChange(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Notifications_that_work_leave_the_ladder_without_a_remark()
    {
        Lookalike.Play(Scene.Usual);

        Assert.Null(Assert.Single(NetworkInterfaces.Check()).Reason);
    }

    [Fact]
    public void Every_table_and_registration_is_given_back()
    {
        LookalikeDll dll = Lookalike.Play(Scene.Usual);
        for (int i = 0; i < 5; i++)
        {
            using var interfaces = NetworkInterfaces.Open();
            interfaces.Collect();
            interfaces.WaitForChange(TimeSpan.Zero, TestContext.Current.CancellationToken);
            NetworkInterfaces.Check();
        }

        Assert.Equal(0, dll.Call("fake_outstanding"));
    }

    [Fact]
    public void Resolvers_come_in_the_order_of_the_metrics_with_their_suffixes()
    {
        Lookalike.Play(Scene.Usual);

        ResolverSnapshot snapshot = NameResolvers.Create().Collect();

        Assert.Equal([IPAddress.Parse("192.0.2.53"), IPAddress.Parse("2001:db8::53")], snapshot.Servers.Select(server => server.Address));
        Assert.All(snapshot.Servers, server => Assert.Equal("Ethernet 2", server.InterfaceName.Value));
        Assert.Equal(
            ["corp.example", "lab.example"],
            snapshot.SearchDomains.Where(domain => domain.Source == "iphlpapi").Select(domain => domain.Name));
    }

    private static InterfaceSnapshot Collect(Scene scene)
    {
        Lookalike.Play(scene);
        using var interfaces = NetworkInterfaces.Open();
        return interfaces.Collect();
    }
}
