using System.Net;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.MacOS;
using Sonde.Host.MacOS;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests;

public sealed class SocketAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", 0, "192.0.2.1")]
    [InlineData("2001:db8::1", 0, "2001:db8::1")]
    [InlineData("fe80::1", 9, "fe80::1%9")] // inside the address, as the KAME stack keeps it
    [InlineData("fe80::1", 0, "fe80::1%4")] // of the interface it was found on
    public void An_address_is_read_with_its_scope(string text, int embedded, string expected)
    {
        Assert.True(MacOSSocketAddress.TryReadIP(RouteBytes.IP(text, embedded), 4, out IPAddress? address));
        Assert.Equal(expected, address.ToString());
    }

    [Fact]
    public void A_declared_scope_outranks_the_one_inside_the_address()
    {
        byte[] bytes = RouteBytes.IP("fe80::1", embeddedScope: 9);
        bytes[24] = 7;

        Assert.True(MacOSSocketAddress.TryReadIP(bytes, 4, out IPAddress? address));
        Assert.Equal("fe80::1%7", address.ToString());
    }

    [Fact]
    public void Bytes_2_and_3_of_other_addresses_are_left_alone()
    {
        Assert.True(MacOSSocketAddress.TryReadIP(RouteBytes.IP("2001:db8::1"), 4, out IPAddress? address));
        Assert.Equal("2001:db8::1", address.ToString());
        Assert.Equal(0, address.ScopeId);
    }

    [Theory]
    [InlineData("192.0.2.1", 8)]
    [InlineData("2001:db8::1", 24)]
    public void A_prefix_of_an_address_is_an_address_only_when_all_its_bytes_are_there(string text, int needed)
    {
        byte[] bytes = RouteBytes.IP(text);
        for (int length = 0; length <= bytes.Length; length++)
        {
            Assert.Equal(length >= needed, MacOSSocketAddress.TryReadIP(bytes.AsSpan(0, length), 0, out _));
        }
    }

    [Theory]
    [InlineData("", 2, 0)]
    [InlineData("05020000FF", 2, 8)]
    [InlineData("07000000FFFFFE", 2, 23)]
    [InlineData("10020000FFFFFFFF0000000000000000", 2, 32)]
    [InlineData("0A1E000000000000FFC0", 30, 10)]
    [InlineData("1C1E000000000000FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000", 30, 128)]
    [InlineData("10020000FF00FF000000000000000000", 2, 8)] // with a hole: what follows it does not count
    public void A_netmask_that_is_cut_short_has_its_prefix_length(string hex, int family, int expected) =>
        Assert.Equal(expected, MacOSSocketAddress.PrefixLength(Convert.FromHexString(hex), family));

    [Fact]
    public void A_link_address_is_read_behind_a_long_name()
    {
        // net/if_dl.h: index 4, IFT_ETHER, a name of 12 bytes, six of address: past the declared size of sdl_data.
        byte[] link = Convert.FromHexString("1A12" + "0400" + "06" + "0C" + "06" + "00" + "6272696467653130303030" + "30" + "02FC00000009");

        Assert.True(MacOSSocketAddress.TryReadLink(link, out int index, out byte type, out Reading<HardwareAddress> hardware));
        Assert.Equal((4, Darwin.IFT_ETHER, "02:fc:00:00:00:09"), (index, type, hardware.Value.ToString()));
    }

    [Fact]
    public void A_link_address_that_is_cut_or_absurd_is_a_reason()
    {
        byte[] cut = Convert.FromHexString("0C12" + "0400" + "06" + "03" + "06" + "00" + "656E30" + "02");
        byte[] absurd = Convert.FromHexString("1412" + "0400" + "06" + "03" + "FF" + "00" + "656E30" + "020202020202020202");

        Assert.True(MacOSSocketAddress.TryReadLink(cut, out _, out _, out Reading<HardwareAddress> first));
        Assert.True(MacOSSocketAddress.TryReadLink(absurd, out _, out _, out Reading<HardwareAddress> second));
        Assert.Equal((ReadingStatus.Failed, ReadingStatus.Failed), (first.Status, second.Status));
        Assert.False(MacOSSocketAddress.TryReadLink(cut.AsSpan(0, 7), out _, out _, out _));
    }

    [Fact]
    public void Random_bytes_harm_nobody()
    {
        var random = new Random(3);
        byte[] bytes = new byte[40];
        for (int round = 0; round < 50_000; round++)
        {
            random.NextBytes(bytes);
            bytes[1] = random.Next(4) switch
            {
                0 => 2,
                1 => 30,
                2 => 18,
                _ => bytes[1],
            };
            ReadOnlySpan<byte> address = bytes.AsSpan(0, random.Next(bytes.Length + 1));
            MacOSSocketAddress.TryReadIP(address, 1, out _);
            MacOSSocketAddress.TryReadLink(address, out _, out _, out _);
            Assert.InRange(MacOSSocketAddress.PrefixLength(address, 2), 0, 32);
            Assert.InRange(MacOSSocketAddress.PrefixLength(address, 30), 0, 128);
            Assert.InRange(MacOSSocketAddress.Port(address), 0, ushort.MaxValue);
        }
    }

    [Theory]
    [InlineData("127.0.0.1", AddressScope.Host)]
    [InlineData("169.254.7.7", AddressScope.Link)]
    [InlineData("10.0.0.1", AddressScope.Global)]
    [InlineData("::1", AddressScope.Host)]
    [InlineData("fe80::1", AddressScope.Link)]
    [InlineData("fec0::1", AddressScope.Site)]
    [InlineData("fd00::1", AddressScope.Global)]
    public void The_scope_of_an_address_is_in_its_bits(string text, AddressScope scope) =>
        Assert.Equal(scope, MacOSInterfaceAddresses.ScopeOf(IPAddress.Parse(text)));

    [Theory]
    [InlineData("656E30", "en0")]
    [InlineData("C3A9", "é")]
    [InlineData("65FF6E", @"e\xffn")]
    [InlineData("1B5B6D", @"\x1b[m")]
    [InlineData("E282", @"\xe2\x82")]
    [InlineData("", "")]
    public void Bytes_that_are_no_text_are_shown_by_number(string hex, string expected) =>
        Assert.Equal(expected, MacOSText.Decode(Convert.FromHexString(hex)));

    [Fact]
    public void A_flag_without_a_name_is_shown_by_number() =>
        Assert.Equal(["UP", "MULTICAST", "0x10000", "0x80000000"], MacOSInterfaceFlags.NamesOf(0x8001_8001));

    [Fact]
    public void An_interface_that_is_down_is_down_whatever_its_medium_says() =>
        Assert.Equal(OperationalState.Down, MacOSInterfaceFlags.Operational(Darwin.IFF_RUNNING, new InterfaceMedia(0x20, 0x20, 3)));

    [Fact]
    public void A_type_without_a_name_is_shown_by_number() =>
        Assert.Equal((InterfaceKind.Other, "IFT_77"), MacOSInterfaceKinds.Classify(77, null, null));
}
