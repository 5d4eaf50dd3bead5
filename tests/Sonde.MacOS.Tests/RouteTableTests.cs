using System.Net;
using System.Net.Sockets;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.MacOS;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests;

public sealed class RouteTableTests
{
    private static readonly byte[] s_dump = Join(
        RouteBytes.Default4(4, "192.0.2.1"),
        RouteBytes.Route(
            Darwin.RTM_ADD,
            4,
            Darwin.RTF_UP,
            (Darwin.RTAX_DST, RouteBytes.IP("192.0.2.0")),
            (Darwin.RTAX_GATEWAY, RouteBytes.Link(4)),
            (Darwin.RTAX_NETMASK, [7, 0, 0, 0, 0xFF, 0xFF, 0xFE])),
        RouteBytes.Route(
            Darwin.RTM_ADD,
            12,
            Darwin.RTF_UP | Darwin.RTF_GATEWAY | Darwin.RTF_IFSCOPE,
            (Darwin.RTAX_DST, RouteBytes.IP("::")),
            (Darwin.RTAX_GATEWAY, RouteBytes.IP("fe80::1", embeddedScope: 12)),
            (Darwin.RTAX_NETMASK, [2, 30])));

    [Fact]
    public void Default_routes_are_found_among_the_others()
    {
        MacOSRouteTable table = MacOSRouteTable.Parse(s_dump);

        Assert.Equal([4, 12], table.ByInterface.Keys.Order());
        Assert.Equal(0, table.Skipped);
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single(table.ByInterface[4]).Address.Value);
        DefaultGateway six = Assert.Single(table.ByInterface[12]);
        Assert.Equal((AddressFamily.InterNetworkV6, "fe80::1%12"), (six.Family, six.Address.Value.ToString()));
        Assert.Equal(ReadingStatus.Unsupported, six.Protocol.Status);
    }

    [Theory]
    [InlineData(Darwin.RTF_UP | Darwin.RTF_HOST)]
    [InlineData(Darwin.RTF_UP | Darwin.RTF_REJECT)]
    [InlineData(Darwin.RTF_UP | Darwin.RTF_BLACKHOLE)]
    [InlineData(0)]
    public void A_route_to_one_host_or_to_nowhere_or_that_is_down_is_no_default_route(int flags)
    {
        byte[] route = RouteBytes.Route(Darwin.RTM_ADD, 4, flags, (Darwin.RTAX_DST, RouteBytes.IP("0.0.0.0")), (Darwin.RTAX_NETMASK, []));

        Assert.Empty(MacOSRouteTable.Parse(route).ByInterface);
    }

    [Fact]
    public void Half_of_the_address_space_is_no_default_route()
    {
        byte[] half = RouteBytes.Route(
            Darwin.RTM_ADD,
            12,
            Darwin.RTF_UP,
            (Darwin.RTAX_DST, RouteBytes.IP("0.0.0.0")),
            (Darwin.RTAX_NETMASK, [5, 0, 0, 0, 0x80]));

        Assert.Empty(MacOSRouteTable.Parse(half).ByInterface);
    }

    [Fact]
    public void A_route_that_says_router_but_names_none_has_a_failed_address()
    {
        byte[] route = RouteBytes.Route(
            Darwin.RTM_ADD,
            4,
            Darwin.RTF_UP | Darwin.RTF_GATEWAY,
            (Darwin.RTAX_DST, RouteBytes.IP("0.0.0.0")),
            (Darwin.RTAX_GATEWAY, [5, 2, 0, 0, 10]));

        Assert.Equal(ReadingStatus.Failed, MacOSRouteTable.Parse(route).ByInterface[4][0].Address.Status);
    }

    [Fact]
    public void Every_prefix_of_a_dump_yields_what_is_whole_in_it_and_counts_the_tear()
    {
        int first = BitConverter.ToUInt16(s_dump);
        for (int length = 0; length < s_dump.Length; length++)
        {
            MacOSRouteTable table = MacOSRouteTable.Parse(s_dump.AsSpan(0, length));

            Assert.Equal(length >= first ? 1 : 0, table.ByInterface.Count);
            bool isWhole = length == 0 || length == first || length == first + BitConverter.ToUInt16(s_dump, first);
            Assert.Equal(isWhole ? 0 : 1, table.Skipped);
        }
    }

    [Fact]
    public void A_message_of_length_zero_ends_the_walk()
    {
        byte[] dump = Join(RouteBytes.Default4(4, "192.0.2.1"), new byte[200]);

        MacOSRouteTable table = MacOSRouteTable.Parse(dump);

        Assert.Single(table.ByInterface);
        Assert.Equal(1, table.Skipped);
    }

    [Fact]
    public void A_message_of_another_version_is_counted_and_passed_over()
    {
        byte[] foreign = RouteBytes.Default4(7, "192.0.2.7");
        foreign[2] = 6;

        MacOSRouteTable table = MacOSRouteTable.Parse(Join(foreign, RouteBytes.Default4(4, "192.0.2.1")));

        Assert.Equal([4], table.ByInterface.Keys);
        Assert.Equal(1, table.Skipped);
    }

    [Fact]
    public void An_address_that_runs_past_its_message_is_counted()
    {
        byte[] route = RouteBytes.Default4(4, "192.0.2.1");
        route[RouteBytes.HeaderSize + 16] = 200; // the router's sa_len

        MacOSRouteTable table = MacOSRouteTable.Parse(route);

        Assert.Empty(table.ByInterface);
        Assert.Equal(1, table.Skipped);
    }

    [Fact]
    public void An_address_of_no_length_takes_four_bytes()
    {
        var addresses = new MacOSRouteAddresses(
            [0, 0, 0, 0, 5, 2, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0],
            (1 << Darwin.RTAX_DST) | (1 << Darwin.RTAX_GATEWAY) | (1 << Darwin.RTAX_NETMASK));

        Assert.True(addresses.Destination.IsEmpty);
        Assert.Equal([5, 2, 0, 0, 10], addresses.Gateway.ToArray());
        Assert.False(addresses.IsTorn);
    }

    [Fact]
    public void Mutated_dumps_harm_nobody()
    {
        var random = new Random(2);
        byte[] mutated = new byte[s_dump.Length];
        for (int round = 0; round < 20_000; round++)
        {
            s_dump.CopyTo(mutated, 0);
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            MacOSRouteTable table = MacOSRouteTable.Parse(mutated.AsSpan(0, random.Next(mutated.Length + 1)));
            Assert.True(table.Skipped <= mutated.Length / 4);
            Assert.True(table.ByInterface.Count <= 3);
            MacOSRouteMessages.Classify(mutated);
        }
    }

    [Theory]
    [InlineData(Darwin.RTM_IFINFO, InterfaceChange.Links)]
    [InlineData(Darwin.RTM_IFINFO2, InterfaceChange.Links)]
    [InlineData(Darwin.RTM_NEWADDR, InterfaceChange.Addresses)]
    [InlineData(Darwin.RTM_DELADDR, InterfaceChange.Addresses)]
    [InlineData(4, InterfaceChange.None)] // RTM_GET: somebody looked a route up
    public void A_message_tells_what_changed(byte type, InterfaceChange change) =>
        Assert.Equal(change, MacOSRouteMessages.Classify(RouteBytes.Plain(type)));

    [Theory]
    [InlineData(Darwin.RTM_ADD)]
    [InlineData(Darwin.RTM_DELETE)]
    [InlineData(Darwin.RTM_CHANGE)]
    public void A_default_route_that_comes_or_goes_is_a_change_and_a_neighbour_is_not(byte type)
    {
        byte[] route = RouteBytes.Default4(4, "192.0.2.1");
        route[3] = type;
        byte[] neighbour = RouteBytes.Route(
            type,
            4,
            Darwin.RTF_UP | Darwin.RTF_HOST,
            (Darwin.RTAX_DST, RouteBytes.IP("192.0.2.77")),
            (Darwin.RTAX_GATEWAY, RouteBytes.Link(4)));

        Assert.Equal(InterfaceChange.Routes, MacOSRouteMessages.Classify(route));
        Assert.Equal(InterfaceChange.None, MacOSRouteMessages.Classify(neighbour));
    }

    [Fact]
    public void Bytes_that_cannot_be_read_count_as_lost() =>
        Assert.Equal(InterfaceChange.Links | InterfaceChange.Lost, MacOSRouteMessages.Classify(Join(RouteBytes.Plain(Darwin.RTM_IFINFO), [9, 0, 5])));

    private static byte[] Join(params byte[][] messages) => [.. messages.SelectMany(message => message)];
}
