using System.Net;
using System.Net.Sockets;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.Windows;
using Sonde.Interop.Windows;

namespace Sonde.Host.Tests.Windows;

public sealed class InterfaceBuilderTests
{
    [Theory]
    [InlineData(1_000_000_000ul, 100_000_000ul, 100_000_000L)]
    [InlineData(100ul, 0ul, 100L)]
    [InlineData(ulong.MaxValue, 200ul, 200L)]
    public void The_link_speed_is_the_smaller_of_those_that_are_known(ulong receive, ulong transmit, long expected) =>
        Assert.Equal(expected, InterfaceBuilder.LinkSpeedOf(receive, transmit).Value);

    [Theory]
    [InlineData(0ul, 0ul)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    [InlineData(0ul, ulong.MaxValue)]
    public void A_link_speed_that_is_not_known_has_a_reason(ulong receive, ulong transmit)
    {
        Reading<long> speed = InterfaceBuilder.LinkSpeedOf(receive, transmit);

        Assert.Equal(ReadingStatus.None, speed.Status);
        Assert.False(string.IsNullOrEmpty(speed.Reason));
    }

    [Theory]
    [InlineData("127.0.0.1", AddressScope.Host)]
    [InlineData("::1", AddressScope.Host)]
    [InlineData("169.254.3.4", AddressScope.Link)]
    [InlineData("169.253.3.4", AddressScope.Global)]
    [InlineData("fe80::1", AddressScope.Link)]
    [InlineData("fec0::1", AddressScope.Site)]
    [InlineData("fd00::1", AddressScope.Global)]
    [InlineData("10.0.0.1", AddressScope.Global)]
    public void Scopes_follow_from_the_address(string address, AddressScope expected) =>
        Assert.Equal(expected, InterfaceBuilder.ScopeOf(IPAddress.Parse(address)));

    [Theory]
    [InlineData(1, OperationalState.Up)]
    [InlineData(2, OperationalState.Down)]
    [InlineData(3, OperationalState.Testing)]
    [InlineData(4, OperationalState.Unknown)]
    [InlineData(5, OperationalState.Dormant)]
    [InlineData(6, OperationalState.NotPresent)]
    [InlineData(7, OperationalState.LowerLayerDown)]
    [InlineData(99, OperationalState.Unknown)]
    public void Operational_states_are_those_of_the_header(int status, OperationalState expected) =>
        Assert.Equal(expected, InterfaceBuilder.OperationalStateOf(status));

    [Fact]
    public void All_ones_are_a_lifetime_without_end()
    {
        InterfaceAddress address = InterfaceBuilder.AddressOf(new AdapterAddress(IPAddress.Parse("10.0.0.1"), 8, 1, 1, 4, 0xFFFFFFFF, 0xFFFFFFFE), 3);

        Assert.Equal(Timeout.InfiniteTimeSpan, address.ValidLifetime.Value);
        Assert.Equal(TimeSpan.FromSeconds(0xFFFFFFFE), address.PreferredLifetime.Value);
        Assert.Equal(AddressState.None, address.State);
    }

    [Fact]
    public void A_link_local_address_without_a_scope_gets_the_index_of_its_interface()
    {
        InterfaceAddress address = InterfaceBuilder.AddressOf(new AdapterAddress(IPAddress.Parse("fe80::1"), 64, 2, 4, 4, 1, 1), 9);

        Assert.Equal("fe80::1%9", address.Address.ToString());
    }

    [Fact]
    public void Only_cards_that_are_no_filter_modules_count_as_cards()
    {
        Assert.True(InterfaceBuilder.IsCard(new MIB_IF_ROW2 { InterfaceAndOperStatusFlags = 0b0000_0101 }));
        Assert.False(InterfaceBuilder.IsCard(new MIB_IF_ROW2 { InterfaceAndOperStatusFlags = 0b0000_0111 }));
        Assert.False(InterfaceBuilder.IsCard(new MIB_IF_ROW2 { InterfaceAndOperStatusFlags = 0b0000_0100 }));
    }

    [Theory]
    [InlineData(3, 0, "netmgmt")]
    [InlineData(3, 2, "dhcp")]
    [InlineData(3, 3, "router_advertisement")]
    [InlineData(13, 0, "ospf")]
    [InlineData(10006, 0, "nt_static")]
    [InlineData(12345, 0, "12345")]
    public void Routes_name_who_made_them(int protocol, int origin, string expected) =>
        Assert.Equal(expected, new DefaultRoute(1, 1, AddressFamily.InterNetwork, null, 0, protocol, origin).ProtocolName);

    [Fact]
    public void Only_default_routes_are_selected()
    {
        MIB_IPFORWARD_ROW2[] rows = new MIB_IPFORWARD_ROW2[4];
        rows[0].DestinationPrefix.Prefix.si_family = 2;
        rows[0].NextHop.si_family = 2;
        rows[0].InterfaceLuid = 5;
        rows[1].DestinationPrefix.Prefix.si_family = 2;
        rows[1].DestinationPrefix.PrefixLength = 24;
        rows[2].DestinationPrefix.Prefix.si_family = 23;
        rows[2].DestinationPrefix.Prefix.Ipv6.sin6_addr[0] = 0x20; // 2000::/0 is no default route
        rows[3].DestinationPrefix.Prefix.si_family = 77;

        DefaultRoute route = Assert.Single(DefaultRoute.Select(rows));

        Assert.Equal(5ul, route.Luid);
        Assert.Null(route.NextHop);
    }
}
