using System.Net;

namespace Sonde.Packets.Tests;

public sealed class InternetAddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1::1")]
    [InlineData("1:0:0:2::")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void Text_in_its_shortest_form_survives_a_round_trip(string text) => Assert.Equal(text, InternetAddress.Parse(text).ToString());

    [Fact]
    public void Text_of_any_address_is_read_back_as_the_same_address()
    {
        var random = new Random(3);
        byte[] bytes = new byte[16];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            for (int group = 0; group < 8; group++)
            {
                if (random.Next(2) == 0)
                {
                    bytes[2 * group] = bytes[(2 * group) + 1] = 0;
                }
            }

            InternetAddress address = InternetAddress.ReadIPv6(bytes);
            Assert.Equal(address, InternetAddress.From(IPAddress.Parse(address.ToString())));
        }
    }

    [Fact]
    public void An_IPv4_address_and_its_mapped_form_are_one_value()
    {
        InternetAddress plain = InternetAddress.Parse("192.0.2.1");

        Assert.Equal(plain, InternetAddress.Parse("::ffff:192.0.2.1"));
        Assert.True(plain.IsIPv4);
        Assert.Equal(IPAddress.Parse("192.0.2.1"), plain.ToIPAddress());
        Assert.True(plain.TryGetIPv4(out uint number));
        Assert.Equal(0xC0000201u, number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("0x7f000001")]
    [InlineData("10.0.0.256")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%2")]
    [InlineData("example.com")]
    public void What_is_no_address_is_refused(string text) => Assert.False(InternetAddress.TryParse(text, out _));

    [Theory]
    [InlineData("10.1.2.3", "10.0.0.0", 8, true)]
    [InlineData("11.1.2.3", "10.0.0.0", 8, false)]
    [InlineData("10.1.2.3", "10.1.2.3", 32, true)]
    [InlineData("10.1.2.2", "10.1.2.3", 32, false)]
    [InlineData("10.1.2.2", "192.0.2.1", 0, true)]
    [InlineData("2001:db8::1", "192.0.2.1", 0, false)]
    [InlineData("2001:db8::1", "2001:db8::", 64, true)]
    [InlineData("2001:db8:0:1::1", "2001:db8::", 64, false)]
    [InlineData("2001:db8::1", "::", 0, true)]
    [InlineData("2001:db8::1", "2001:db8::2", 127, false)]
    [InlineData("2001:db8::3", "2001:db8::2", 127, true)]
    public void Membership_of_a_network_goes_by_its_leading_bits(string address, string network, int bits, bool isIn) =>
        Assert.Equal(isIn, InternetAddress.Parse(address).IsIn(InternetAddress.Parse(network), bits));

    [Theory]
    [InlineData("127.8.8.8", "loopback")]
    [InlineData("::1", "loopback")]
    [InlineData("224.0.0.251", "multicast")]
    [InlineData("ff02::fb", "multicast")]
    [InlineData("169.254.1.1", "link")]
    [InlineData("fe80::1", "link")]
    [InlineData("febf::1", "link")]
    [InlineData("fec0::1", "")]
    [InlineData("0.0.0.0", "any")]
    [InlineData("::", "any")]
    [InlineData("8.8.8.8", "")]
    public void Special_addresses_are_told_apart(string text, string kind)
    {
        InternetAddress address = InternetAddress.Parse(text);
        string found = (address.IsLoopback ? "loopback" : "") + (address.IsMulticast ? "multicast" : "")
            + (address.IsLinkLocal ? "link" : "") + (address.IsAny ? "any" : "");

        Assert.Equal(kind, found);
    }

    [Fact]
    public void Senders_cannot_choose_addresses_of_one_hash()
    {
        Span<byte> bytes = stackalloc byte[16];
        var hashes = new HashSet<int>();
        for (int i = 0; i < 1000; i++)
        {
            // Both halves of the lower number alike: their exclusive or is always 0.
            BitConverter.TryWriteBytes(bytes[8..], i);
            BitConverter.TryWriteBytes(bytes[12..], i);
            hashes.Add(InternetAddress.ReadIPv6(bytes).GetHashCode());
        }

        Assert.InRange(hashes.Count, 990, 1000);
    }

    [Fact]
    public void Text_that_does_not_fit_is_not_begun()
    {
        Span<char> small = stackalloc char[7];

        Assert.True(InternetAddress.Parse("1.2.3.4").TryFormat(small, out int written));
        Assert.Equal(7, written);
        Assert.False(InternetAddress.Parse("10.2.3.4").TryFormat(small, out written));
        Assert.Equal(0, written);
    }
}
