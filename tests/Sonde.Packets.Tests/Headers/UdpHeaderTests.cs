using Sonde.Packets.Headers;

namespace Sonde.Packets.Tests.Headers;

public sealed class UdpHeaderTests
{
    // 53 to 33333, 12 bytes declared, no checksum; 4 bytes of payload, then 2 of Ethernet padding.
    private static readonly byte[] s_reply = Convert.FromHexString("0035" + "8235" + "000C" + "0000" + "DEADBEEF" + "0000");

    [Fact]
    public void Fields_are_where_RFC_768_puts_them()
    {
        Assert.True(UdpHeader.TryParse(s_reply, out UdpHeader header, out PacketDefect defect));

        Assert.Equal((53, 33333, 12, 0, 4, PacketDefect.None), (header.SourcePort, header.DestinationPort, header.DeclaredLength, header.Checksum, header.PayloadLength, defect));
    }

    [Fact]
    public void Payload_ends_where_the_length_says_not_where_the_frame_does()
    {
        Assert.True(UdpHeader.TryParse(s_reply, out UdpHeader header, out _));
        Assert.Equal("DEADBEEF", Convert.ToHexString(header.Payload));
    }

    [Fact]
    public void No_prefix_of_a_packet_makes_parser_or_accessor_throw()
    {
        for (int length = 0; length <= s_reply.Length; length++)
        {
            bool parsed = UdpHeader.TryParse(s_reply.AsSpan(0, length), out UdpHeader header, out _);

            Assert.Equal(length >= UdpHeader.Size, parsed);
            Assert.InRange(parsed ? header.Payload.Length : 0, 0, length);
        }
    }

    [Theory]
    [InlineData("0001", false, PacketDefect.BadLength)]
    [InlineData("0007", false, PacketDefect.BadLength)]
    [InlineData("0008", true, PacketDefect.None)]
    [InlineData("0000", true, PacketDefect.None)]
    [InlineData("FFFF", true, PacketDefect.None)]
    public void A_length_that_lies_is_refused_or_bounded(string length, bool parsed, PacketDefect expected)
    {
        byte[] bytes = Convert.FromHexString("00010002" + length + "0000" + "AABB");

        Assert.Equal(parsed, UdpHeader.TryParse(bytes, out UdpHeader header, out PacketDefect defect));
        Assert.Equal(expected, defect);
        Assert.InRange(parsed ? header.Payload.Length : 0, 0, 2);
    }
}
