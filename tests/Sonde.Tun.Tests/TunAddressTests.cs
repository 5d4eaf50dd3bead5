using Sonde.Packets;

namespace Sonde.Tun.Tests;

public class TunAddressTests
{
    [Theory]
    [InlineData("10.0.0.2/24", "10.0.0.0")]
    [InlineData("10.0.0.2", "10.0.0.2")]
    [InlineData("255.255.255.255/0", "0.0.0.0")]
    [InlineData("fd00:1:2:3:4:5:6:7/64", "fd00:1:2:3::")]
    [InlineData("fd00::1/127", "fd00::")]
    [InlineData("ffff::/0", "::")]
    public void The_network_is_the_address_without_the_bits_after_the_prefix(string text, string network)
    {
        Assert.Equal(InternetAddress.Parse(network), TunAddress.Parse(text).Network);
    }

    [Theory]
    [InlineData("10.0.0.2/33")]
    [InlineData("fd00::/129")]
    [InlineData("10.0.0.2/-1")]
    [InlineData("10.0.0.2/ 8")]
    [InlineData("10.0.0.2/")]
    [InlineData("10.0.0/8")]
    [InlineData("/8")]
    [InlineData("")]
    public void What_is_no_address_with_a_prefix_is_refused(string text) => Assert.False(TunAddress.TryParse(text, out _));

    [Theory]
    [InlineData("10.1.2.3/16", "10.1.0.0/16")]
    [InlineData("fd01::/48 via fd00::1", "fd01::/48 via fd00::1")]
    public void A_route_is_read_as_it_is_written(string text, string written)
    {
        Assert.True(TunRoute.TryParse(text, out TunRoute? route));
        Assert.Equal(written, route.ToString());
    }

    [Theory]
    [InlineData("10.1.0.0/16 via fd00::1")]
    [InlineData("10.1.0.0/16 dev eth0")]
    [InlineData("10.1.0.0/16 via")]
    [InlineData("default")]
    public void What_is_no_route_is_refused(string text) => Assert.False(TunRoute.TryParse(text, out _));

    [Fact]
    public void The_halves_of_a_split_default_cover_every_address_and_are_more_specific_than_it()
    {
        foreach (bool isIPv4 in new[] { true, false })
        {
            IReadOnlyList<TunRoute> halves = TunRoute.SplitDefault(isIPv4);

            Assert.All(halves, half => Assert.Equal(1, half.Destination.PrefixLength));
            string[] addresses = isIPv4 ? ["0.0.0.1", "127.255.255.255", "128.0.0.0", "255.1.2.3"] : ["::2", "7fff::1", "8000::", "ffff::1"];
            Assert.All(addresses, address => Assert.Single(halves, half => InternetAddress.Parse(address).IsIn(half.Destination.Address, 1)));
        }
    }
}
