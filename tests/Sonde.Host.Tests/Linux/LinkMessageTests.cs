using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.Linux;

namespace Sonde.Host.Tests.Linux;

public sealed class LinkMessageTests
{
    // RTM_NEWLINK of a TAP named tap0, index 9, up: ifinfomsg, IFLA_IFNAME, IFLA_MTU 1400, IFLA_OPERSTATE 6, IFLA_ADDRESS, IFLA_LINK 4,
    // IFLA_LINKINFO { IFLA_INFO_KIND "tun", IFLA_INFO_DATA { IFLA_TUN_TYPE 2 } }, IFLA_STATS64 cut after tx_bytes.
    private static readonly byte[] s_tap = Convert.FromHexString(
        "00000100" + "09000000" + "03100100" + "00000000"
        + "09000300" + "7461703000" + "000000"
        + "08000400" + "78050000"
        + "05001000" + "06000000"
        + "0A000100" + "02FC00000001" + "0000"
        + "08000500" + "04000000"
        + "18001200" + "08000100" + "74756E00" + "0C000280" + "05000300" + "02000000"
        + "24001700" + "0500000000000000" + "0600000000000000" + "0700000000000000" + "0800000000000000");

    [Fact]
    public void A_link_is_read_with_its_kind_address_and_counters()
    {
        Assert.True(LinkMessage.TryParse(s_tap, out LinkMessage? link));

        Assert.Equal("tap0", link!.Name);
        Assert.Equal(9, link.Index);
        Assert.Equal(1400, link.Mtu.Value);
        Assert.Equal(6, link.OperationalState);
        Assert.Equal("02:fc:00:00:00:01", link.HardwareAddress.Value.ToString());
        Assert.Equal(4, link.Lower.Value);
        Assert.Equal("tun", link.Kind);
        Assert.True(link.IsTap);
        Assert.Equal(5UL, link.Counters.Value.ReceivedPackets);
        Assert.Equal(8UL, link.Counters.Value.SentBytes);
    }

    [Fact]
    public void Counters_that_an_older_kernel_does_not_send_are_zero()
    {
        Assert.True(LinkMessage.TryParse(s_tap, out LinkMessage? link));

        Assert.Equal(0UL, link!.Counters.Value.ReceiveErrors);
    }

    [Fact]
    public void What_the_kernel_left_out_has_a_reason()
    {
        Assert.True(LinkMessage.TryParse(s_tap.AsSpan(0, 28), out LinkMessage? link));

        Assert.Equal(ReadingStatus.Unsupported, link!.Counters.Status);
        Assert.Equal(ReadingStatus.None, link.Mtu.Status);
        Assert.Null(link.Kind);
    }

    [Fact]
    public void No_prefix_throws_and_one_without_a_name_is_no_link()
    {
        for (int length = 0; length <= s_tap.Length; length++)
        {
            bool parsed = LinkMessage.TryParse(s_tap.AsSpan(0, length), out LinkMessage? link);

            Assert.Equal(length >= 25, parsed);
            Assert.Equal(parsed, link is not null);
        }
    }

    [Fact]
    public void Mutated_messages_never_throw()
    {
        var random = new Random(7);
        int parsed = 0;
        for (int round = 0; round < 50_000; round++)
        {
            byte[] bytes = [.. s_tap];
            for (int change = 0; change < 4; change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            parsed += LinkMessage.TryParse(bytes, out _) ? 1 : 0;
        }

        Assert.InRange(parsed, 1, 49_999);
    }

    [Theory]
    [InlineData("veth", false, 1, false, InterfaceKind.Veth)]
    [InlineData("tun", true, 1, false, InterfaceKind.Tap)]
    [InlineData("tun", false, 65534, false, InterfaceKind.Tun)]
    [InlineData("made-up", false, 1, false, InterfaceKind.Other)]
    [InlineData(null, false, 1, false, InterfaceKind.Ethernet)]
    [InlineData(null, false, 1, true, InterfaceKind.Wifi)]
    [InlineData(null, false, 772, false, InterfaceKind.Loopback)]
    [InlineData(null, false, 65534, false, InterfaceKind.Other)]
    public void The_drivers_word_goes_before_the_hardware_type(string? kind, bool isTap, ushort hardware, bool isWireless, InterfaceKind expected) =>
        Assert.Equal(expected, LinkNames.ToKind(kind, isTap, hardware, isWireless));

    [Fact]
    public void Flags_without_a_name_are_shown_as_a_number() =>
        Assert.Equal(["BROADCAST", "UP", "0x80000000"], LinkNames.ToFlags(0x80000003));

    [Theory]
    [InlineData("65746800", "eth")]
    [InlineData("C3A974C3A9", "été")]
    [InlineData("65FF", @"e\xff")]
    [InlineData("65C3", @"e\xc3")]
    [InlineData("", "")]
    public void Bytes_that_are_no_text_stay_apart_from_one_another(string bytes, string text) =>
        Assert.Equal(text, NativeBytes.ToText(Convert.FromHexString(bytes)));
}
