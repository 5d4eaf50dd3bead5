using Sonde.Packets.Headers;

namespace Sonde.Packets.Tests.Headers;

public sealed class InternetHeaderTests
{
    private const string Source6 = "20010DB8000000000000000000000001";
    private const string Destination6 = "20010DB8000000000000000000000002";

    // Router alert, then 4 bytes of payload and 3 of padding.
    private static readonly byte[] s_ipv4 = Convert.FromHexString("46B9001C12344000" + "01029317" + "C0000201" + "E0000016" + "94040000" + "DEADBEEF" + "000000");

    [Fact]
    public void IPv4_fields_are_where_RFC_791_puts_them()
    {
        Assert.True(IPv4Header.TryParse(s_ipv4, out IPv4Header ip, out _));

        Assert.Equal((24, 28, 0x1234, 0x2E, 1), (ip.HeaderLength, ip.TotalLength, ip.Identification, ip.ServiceClass, ip.Congestion));
        Assert.Equal((true, false, 0, false, 1, IPProtocol.Igmp), (ip.DoNotFragment, ip.MoreFragments, ip.FragmentOffset, ip.IsFragment, ip.TimeToLive, ip.Protocol));
        Assert.Equal(("192.0.2.1", "224.0.0.22"), (ip.Source.ToString(), ip.Destination.ToString()));
        Assert.Equal(("DEADBEEF", 4), (Convert.ToHexString(ip.Payload), ip.PayloadLength));
        Assert.True(ip.Options.TryGet(0x94, out ReadOnlySpan<byte> alert));
        Assert.Equal("0000", Convert.ToHexString(alert));
    }

    [Fact]
    public void The_IPv4_checksum_is_checked_over_the_whole_header()
    {
        byte[] header = [.. s_ipv4];
        header[10] = header[11] = 0;
        ushort right = InternetChecksum.Compute(header.AsSpan(0, 24));
        header[10] = (byte)(right >> 8);
        header[11] = (byte)right;

        Assert.True(IPv4Header.TryParse(header, out IPv4Header ip, out _));
        Assert.True(ip.HasValidChecksum);
        header[23] ^= 1;
        Assert.True(IPv4Header.TryParse(header, out ip, out _));
        Assert.False(ip.HasValidChecksum);
    }

    [Theory]
    [InlineData("6500", PacketDefect.BadVersion)]
    [InlineData("44000014" + "0000000000000000C0000201C0000202", PacketDefect.BadLength)]
    [InlineData("45000013" + "0000000000000000C0000201C0000202", PacketDefect.BadLength)]
    [InlineData("4F00003B" + "0000000000000000C0000201C0000202", PacketDefect.BadLength)]
    [InlineData("45", PacketDefect.Truncated)]
    [InlineData("", PacketDefect.Truncated)]
    public void What_is_no_IPv4_header_is_refused_with_the_reason(string hex, PacketDefect expected)
    {
        Assert.False(IPv4Header.TryParse(Convert.FromHexString(hex), out _, out PacketDefect defect));
        Assert.Equal(expected, defect);
    }

    [Fact]
    public void A_capture_that_ends_in_the_IPv4_options_keeps_the_addresses()
    {
        Assert.True(IPv4Header.TryParse(s_ipv4.AsSpan(0, 21), out IPv4Header ip, out _));
        Assert.Equal(("192.0.2.1", 4, 0), (ip.Source.ToString(), ip.PayloadLength, ip.Payload.Length));
        Assert.True(ip.Options.HasDefect);
        Assert.False(ip.HasValidChecksum);
    }

    [Fact]
    public void IPv6_fields_are_where_RFC_8200_puts_them()
    {
        byte[] bytes = Convert.FromHexString("6B912345" + "0002" + "3B" + "40" + Source6 + Destination6 + "AABBCCDD");
        Assert.True(IPv6Header.TryParse(bytes, out IPv6Header ip, out _));

        Assert.Equal((0x2E, 1, 0x12345, 2, IPProtocol.NoNextHeader, 64), (ip.ServiceClass, ip.Congestion, ip.FlowLabel, ip.DeclaredPayloadLength, ip.NextHeader, ip.HopLimit));
        Assert.Equal(("2001:db8::1", "2001:db8::2", "AABB"), (ip.Source.ToString(), ip.Destination.ToString(), Convert.ToHexString(ip.Payload)));
    }

    [Fact]
    public void Extension_headers_lead_to_the_upper_layer()
    {
        // Hop-by-hop, routing of two units, destination options, authentication (24 bytes), fragment, UDP.
        byte[] bytes = Convert.FromHexString(
            "2B00" + "000000000000" + "3C01" + "0000000000000000000000000000" + "3300" + "000000000000"
            + "2C04" + "00000000000000000000000000000000000000000000" + "1100" + "0001" + "12345678" + "CAFE");
        Assert.True(IPv6ExtensionChain.TryParse(IPProtocol.HopByHop, bytes, out IPv6ExtensionChain chain, out PacketDefect defect));

        var seen = new List<IPProtocol>();
        foreach (IPv6Extension extension in chain)
        {
            seen.Add(extension.Protocol);
        }

        Assert.Equal(PacketDefect.None, defect);
        Assert.Equal([IPProtocol.HopByHop, IPProtocol.Routing, IPProtocol.DestinationOptions, IPProtocol.AuthenticationHeader, IPProtocol.Fragment], seen);
        Assert.Equal((IPProtocol.Udp, 5, 64, "CAFE"), (chain.UpperProtocol, chain.Count, chain.UpperOffset, Convert.ToHexString(chain.UpperPayload)));
        Assert.Equal((true, true, 0, true, 0x12345678u), (chain.HasFragmentHeader, chain.IsFragment, chain.FragmentOffset, chain.MoreFragments, chain.Identification));
    }

    [Fact]
    public void Nothing_is_looked_for_within_a_later_fragment()
    {
        // What follows a later fragment's header is amid the packet, even where the first fragment had more headers.
        byte[] bytes = Convert.FromHexString("3C00" + "0008" + "00000001" + "FFFFFFFFFFFFFFFF");
        Assert.True(IPv6ExtensionChain.TryParse(IPProtocol.Fragment, bytes, out IPv6ExtensionChain chain, out _));

        Assert.Equal((1, 8, IPProtocol.DestinationOptions, 8), (chain.Count, chain.FragmentOffset, chain.UpperProtocol, chain.UpperPayload.Length));
    }

    [Fact]
    public void A_lone_fragment_is_no_fragment()
    {
        Assert.True(IPv6ExtensionChain.TryParse(IPProtocol.Fragment, Convert.FromHexString("110000000000000100"), out IPv6ExtensionChain chain, out _));
        Assert.Equal((true, false), (chain.HasFragmentHeader, chain.IsFragment));
    }

    [Fact]
    public void More_headers_than_any_honest_packet_has_are_hostile()
    {
        byte[] bytes = new byte[8 * 40];
        for (int at = 0; at < bytes.Length; at += 8)
        {
            bytes[at] = (byte)IPProtocol.DestinationOptions;
        }

        Assert.False(IPv6ExtensionChain.TryParse(IPProtocol.DestinationOptions, bytes, out IPv6ExtensionChain chain, out PacketDefect defect));
        Assert.Equal((PacketDefect.TooDeep, IPv6ExtensionChain.MaxCount), (defect, chain.Count));
    }

    [Fact]
    public void A_header_that_is_longer_than_the_packet_is_cut()
    {
        Assert.False(IPv6ExtensionChain.TryParse(IPProtocol.HopByHop, Convert.FromHexString("11FF000000000000"), out IPv6ExtensionChain chain, out PacketDefect defect));
        Assert.Equal((PacketDefect.Truncated, 0, 8), (defect, chain.Count, chain.UpperPayload.Length));
    }

    [Fact]
    public void ARP_tells_who_asks_for_whom()
    {
        byte[] bytes = Convert.FromHexString("0001080006040001" + "020000000001C0000201" + "000000000000C0000202" + "0000");
        Assert.True(ArpHeader.TryParse(bytes, out ArpHeader arp, out _));

        Assert.Equal((1, "02:00:00:00:00:01", "192.0.2.1", "192.0.2.2", false), (arp.Operation, arp.SenderHardware.ToString(), arp.Sender.ToString(), arp.Target.ToString(), arp.IsAnnouncement));
        Assert.Equal(0UL, arp.TargetHardware.ToUInt64());
        Assert.False(ArpHeader.TryParse(bytes.AsSpan(0, 27), out _, out PacketDefect cut));
        Assert.Equal(PacketDefect.Truncated, cut);

        bytes[5] = 16;
        Assert.False(ArpHeader.TryParse(bytes, out _, out PacketDefect other));
        Assert.Equal(PacketDefect.Unsupported, other);
    }
}
