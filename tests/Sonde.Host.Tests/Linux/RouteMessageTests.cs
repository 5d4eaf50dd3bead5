using System.Net.Sockets;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.Linux;

namespace Sonde.Host.Tests.Linux;

public sealed class RouteMessageTests
{
    // default via 192.0.2.1 dev 4 metric 100 proto dhcp, table main.
    private static readonly byte[] s_plain = Convert.FromHexString(
        "02000000" + "FE100001" + "00000000" + "08000F00" + "FE000000" + "08000600" + "64000000" + "08000500" + "C0000201" + "08000400" + "04000000");

    // default metric 0 with two legs: via 10.1.0.251 dev 2, and dev 3 without a router.
    private static readonly byte[] s_legs = Convert.FromHexString(
        "02000000" + "FE030001" + "00000000" + "1C000900" + "10000000" + "02000000" + "08000500" + "0A0100FB" + "08000000" + "03000000");

    [Fact]
    public void A_default_route_gives_its_router_metric_and_maker()
    {
        var found = new List<(int InterfaceIndex, DefaultGateway Gateway)>();

        Assert.Equal(1, RouteMessage.AddDefaults(s_plain, found));

        (int index, DefaultGateway gateway) = Assert.Single(found);
        Assert.Equal(4, index);
        Assert.Equal(AddressFamily.InterNetwork, gateway.Family);
        Assert.Equal("192.0.2.1", gateway.Address.Value.ToString());
        Assert.Equal(100, gateway.Metric.Value);
        Assert.Equal("dhcp", gateway.Protocol.Value);
    }

    [Fact]
    public void Each_leg_of_a_multipath_route_is_a_gateway()
    {
        var found = new List<(int InterfaceIndex, DefaultGateway Gateway)>();

        Assert.Equal(2, RouteMessage.AddDefaults(s_legs, found));

        Assert.Equal([2, 3], found.Select(leg => leg.InterfaceIndex));
        Assert.Equal("10.1.0.251", found[0].Gateway.Address.Value.ToString());
        Assert.Equal(ReadingStatus.None, found[1].Gateway.Address.Status);
    }

    [Theory]
    [InlineData(1, 24)] // a destination prefix
    [InlineData(4, 255)] // the local table
    [InlineData(7, 7)] // an unreachable route
    [InlineData(0, 99)] // another family
    public void Other_routes_are_no_gateways(int offset, byte value)
    {
        byte[] bytes = [.. s_plain.AsSpan(0, 12), .. s_plain.AsSpan(20)];
        bytes[offset] = value;
        var found = new List<(int InterfaceIndex, DefaultGateway Gateway)>();

        Assert.Equal(0, RouteMessage.AddDefaults(bytes, found));
        Assert.Empty(found);
    }

    [Fact]
    public void The_table_attribute_outranks_the_header_that_has_room_for_small_numbers_only()
    {
        byte[] bytes = [.. s_plain];
        bytes[16] = 77;

        Assert.Equal(0, RouteMessage.AddDefaults(bytes, []));
    }

    [Fact]
    public void No_prefix_or_mutation_throws()
    {
        var random = new Random(13);
        for (int round = 0; round < 40_000; round++)
        {
            byte[] bytes = [.. round % 2 == 0 ? s_plain : s_legs];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var found = new List<(int InterfaceIndex, DefaultGateway Gateway)>();

            int added = RouteMessage.AddDefaults(bytes.AsSpan(0, random.Next(bytes.Length + 1)), found);

            Assert.Equal(found.Count, added);
            Assert.InRange(added, 0, 4);
        }
    }
}
