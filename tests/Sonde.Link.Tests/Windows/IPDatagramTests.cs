using Sonde.Link.Windows;
using Sonde.Packets;

namespace Sonde.Link.Tests.Windows;

public sealed class IPDatagramTests
{
    [Fact]
    public void An_IPv4_packet_ends_where_its_header_says()
    {
        byte[] bytes = [.. IPv4(30), 0xEE, 0xEE];

        Assert.True(IPDatagram.TryRead(bytes, isIPv4: true, out IPDatagram datagram));

        Assert.Equal(30, datagram.Data.Length);
        Assert.Equal(30, datagram.Length);
        Assert.Equal("192.0.2.1", datagram.Source.ToString());
        Assert.Equal("198.51.100.2", datagram.Destination.ToString());
    }

    [Fact]
    public void An_IPv4_packet_that_was_cut_keeps_the_length_it_had()
    {
        Assert.True(IPDatagram.TryRead(IPv4(30).AsSpan(0, 24), isIPv4: true, out IPDatagram datagram));

        Assert.Equal((24, 30), (datagram.Data.Length, datagram.Length));
    }

    [Fact]
    public void A_segment_that_the_card_will_split_is_as_long_as_what_came()
    {
        byte[] bytes = IPv4(1500);
        bytes[2] = bytes[3] = 0;

        Assert.True(IPDatagram.TryRead(bytes, isIPv4: true, out IPDatagram datagram));
        Assert.Equal((1500, 1500), (datagram.Data.Length, datagram.Length));
    }

    [Theory]
    [InlineData(0, 0x65)] // another version
    [InlineData(0, 0x44)] // a header of 16 bytes
    [InlineData(3, 19)] // shorter than its header
    public void What_contradicts_itself_is_no_IPv4_packet(int at, byte value)
    {
        byte[] bytes = IPv4(30);
        bytes[at] = value;

        Assert.False(IPDatagram.TryRead(bytes, isIPv4: true, out _));
    }

    [Fact]
    public void Options_count_to_the_header()
    {
        byte[] bytes = IPv4(24);
        bytes[0] = 0x46;
        Assert.True(IPDatagram.TryRead(bytes, isIPv4: true, out _));
        bytes[3] = 23;
        Assert.False(IPDatagram.TryRead(bytes, isIPv4: true, out _));
    }

    [Fact]
    public void An_IPv6_packet_has_its_header_and_all_its_payload()
    {
        byte[] bytes = IPv6(8);

        Assert.True(IPDatagram.TryRead(bytes, isIPv4: false, out IPDatagram datagram));

        Assert.Equal((48, 48), (datagram.Data.Length, datagram.Length));
        Assert.Equal("2001:db8::1", datagram.Source.ToString());
        Assert.Equal("2001:db8::2", datagram.Destination.ToString());
    }

    [Fact]
    public void What_follows_an_IPv6_header_is_no_packet_even_when_it_begins_like_one()
    {
        byte[] payload = new byte[60];
        payload[0] = 0x60; // the source port 24,576 of a datagram

        Assert.False(IPDatagram.TryRead(payload, isIPv4: false, out _));
        Assert.False(IPDatagram.TryRead(IPv6(8).AsSpan(40), isIPv4: false, out _));
        Assert.False(IPDatagram.TryRead(IPv6(8).AsSpan(0, 47), isIPv4: false, out _));
        Assert.False(IPDatagram.TryRead([.. IPv6(8), 0], isIPv4: false, out _));
    }

    [Fact]
    public void Every_beginning_and_every_change_of_a_packet_is_read_or_refused()
    {
        var random = new Random(20_26);
        foreach (bool isIPv4 in (bool[])[true, false])
        {
            byte[] packet = isIPv4 ? IPv4(60) : IPv6(20);
            for (int length = 0; length <= packet.Length; length++)
            {
                Check(packet.AsSpan(0, length), isIPv4);
            }

            for (int i = 0; i < 20_000; i++)
            {
                byte[] changed = [.. packet];
                changed[random.Next(changed.Length)] = (byte)random.Next();
                changed[random.Next(8)] = (byte)random.Next();
                Check(changed, isIPv4);
            }
        }

        static void Check(ReadOnlySpan<byte> bytes, bool isIPv4)
        {
            if (IPDatagram.TryRead(bytes, isIPv4, out IPDatagram datagram))
            {
                Assert.InRange(datagram.Data.Length, isIPv4 ? 20 : 40, bytes.Length);
                Assert.True(datagram.Length >= datagram.Data.Length);
            }
        }
    }

    private static byte[] IPv4(int length)
    {
        byte[] packet = new byte[length];
        packet[0] = 0x45;
        packet[2] = (byte)(length >> 8);
        packet[3] = (byte)length;
        InternetAddress.Parse("192.0.2.1").ToIPAddress().TryWriteBytes(packet.AsSpan(12), out _);
        InternetAddress.Parse("198.51.100.2").ToIPAddress().TryWriteBytes(packet.AsSpan(16), out _);
        return packet;
    }

    private static byte[] IPv6(int payload)
    {
        byte[] packet = new byte[40 + payload];
        packet[0] = 0x60;
        packet[5] = (byte)payload;
        InternetAddress.Parse("2001:db8::1").TryWriteBytes(packet.AsSpan(8));
        InternetAddress.Parse("2001:db8::2").TryWriteBytes(packet.AsSpan(24));
        return packet;
    }
}
