using Sonde.Packets.Headers;

namespace Sonde.Packets.Tests.Headers;

public sealed class TransportHeaderTests
{
    // An answer that opens a connection: MSS 1460, SACK allowed, timestamps, filler, scale 7; then two bytes of data.
    private static readonly byte[] s_tcp = Convert.FromHexString(
        "01BB1388" + "00000001" + "00000002" + "A012FFFF" + "12340005" + "020405B4" + "0402" + "080A0000000A0000000B" + "01" + "030307" + "4142");

    [Fact]
    public void TCP_fields_are_where_RFC_9293_puts_them()
    {
        Assert.True(TcpHeader.TryParse(s_tcp, out TcpHeader tcp, out _));

        Assert.Equal((443, 5000, 1u, 2u, 40), (tcp.SourcePort, tcp.DestinationPort, tcp.SequenceNumber, tcp.AcknowledgmentNumber, tcp.HeaderLength));
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, 65535, 0x1234, 5), (tcp.Flags, tcp.Window, tcp.Checksum, tcp.UrgentPointer));
        Assert.Equal("4142", Convert.ToHexString(tcp.Payload));
    }

    [Fact]
    public void TCP_options_are_found_and_decoded()
    {
        Assert.True(TcpHeader.TryParse(s_tcp, out TcpHeader tcp, out _));

        Assert.True(tcp.TryGetMaximumSegmentSize(out int mss) && tcp.TryGetWindowScale(out int scale) && tcp.TryGetTimestamps(out uint value, out uint echo));
        Assert.Equal((1460, 7, 10u, 11u), (mss, tcp.TryGetWindowScale(out scale) ? scale : -1, tcp.TryGetTimestamps(out value, out echo) ? value : 0, echo));
        Assert.True(tcp.Options.TryGet(TcpOptionKind.SackPermitted, out _));
        Assert.Equal(0, tcp.GetSackBlocks().Count);
        Assert.False(tcp.Options.HasDefect);
    }

    [Fact]
    public void Selective_acknowledgements_are_stretches()
    {
        byte[] bytes = Convert.FromHexString("00010002" + "00000000" + "00000005" + "A0100001" + "00000000" + "0101" + "0512" + "0000000A00000014" + "0000001E00000028");
        Assert.True(TcpHeader.TryParse(bytes, out TcpHeader tcp, out _));
        SackBlocks blocks = tcp.GetSackBlocks();

        Assert.Equal(2, blocks.Count);
        Assert.Equal((new SackBlock(10, 20), new SackBlock(30, 40)), (blocks[0], blocks[1]));
    }

    [Theory]
    [InlineData("0200", "a length shorter than the option's own bytes")]
    [InlineData("0201", "a length of one")]
    [InlineData("02FF", "a length beyond the header")]
    [InlineData("010101" + "02", "an option cut before its length")]
    public void Options_that_lie_end_the_list_and_say_so(string options, string why)
    {
        byte[] bytes = Convert.FromHexString("0001000200000000000000006010000100000000" + options.PadRight(8, '0'));
        Assert.True(TcpHeader.TryParse(bytes, out TcpHeader tcp, out _));

        Assert.True(tcp.Options.HasDefect, why);
        Assert.False(tcp.TryGetMaximumSegmentSize(out _));
    }

    [Fact]
    public void No_prefix_of_a_segment_throws_and_ports_are_known_early()
    {
        for (int length = 0; length <= s_tcp.Length; length++)
        {
            bool parsed = TcpHeader.TryParse(s_tcp.AsSpan(0, length), out TcpHeader tcp, out PacketDefect defect);
            Assert.Equal(length >= TcpHeader.MinSize, parsed);
            Assert.Equal(parsed ? PacketDefect.None : PacketDefect.Truncated, defect);
            Assert.Equal(parsed && length < 40, parsed && tcp.IsTruncated);
            Assert.Equal(parsed ? Math.Max(length - 40, 0) : 0, parsed ? tcp.Payload.Length : 0);
        }
    }

    [Fact]
    public void A_TCP_header_shorter_than_itself_is_refused()
    {
        byte[] bytes = [.. s_tcp];
        bytes[12] = 0x42;
        Assert.False(TcpHeader.TryParse(bytes, out _, out PacketDefect defect));
        Assert.Equal(PacketDefect.BadLength, defect);
    }

    [Fact]
    public void The_nine_TCP_flags_have_their_bits()
    {
        byte[] bytes = [.. s_tcp];
        (bytes[12], bytes[13]) = (0xA1, 0xFF);
        Assert.True(TcpHeader.TryParse(bytes, out TcpHeader tcp, out _));
        Assert.Equal((TcpFlags)0x1FF, tcp.Flags);
    }

    [Theory]
    [InlineData(IPProtocol.Icmp, 8, true, false, false)]
    [InlineData(IPProtocol.Icmp, 0, false, true, false)]
    [InlineData(IPProtocol.Icmp, 3, false, false, true)]
    [InlineData(IPProtocol.Icmp, 11, false, false, true)]
    [InlineData(IPProtocol.IcmpV6, 128, true, false, false)]
    [InlineData(IPProtocol.IcmpV6, 129, false, true, false)]
    [InlineData(IPProtocol.IcmpV6, 1, false, false, true)]
    [InlineData(IPProtocol.IcmpV6, 8, false, false, true)]
    public void ICMP_numbers_mean_different_things_in_either_version(IPProtocol protocol, int type, bool request, bool reply, bool error)
    {
        byte[] bytes = [(byte)type, 1, 0x12, 0x34, 0, 77, 0, 5, 0xAA];
        Assert.True(IcmpHeader.TryParse(protocol, bytes, out IcmpHeader icmp, out _));

        Assert.Equal((request, reply, error), (icmp.IsEchoRequest, icmp.IsEchoReply, icmp.IsError));
        Assert.Equal((1, 0x1234, 77, 5, 0x004D0005u, 1), (icmp.Code, icmp.Checksum, icmp.Identifier, icmp.SequenceNumber, icmp.Rest, icmp.Payload.Length));
    }

    [Fact]
    public void SCTP_chunks_are_padded_to_four_bytes_and_a_lie_ends_them()
    {
        byte[] bytes = Convert.FromHexString("04570AE2" + "00000007" + "CAFEBABE" + "00030005" + "AA000000" + "03000004" + "01000003" + "0B000004");
        Assert.True(SctpHeader.TryParse(bytes, out SctpHeader sctp, out _));
        Assert.Equal((1111, 2786, 7u, 0xCAFEBABE), (sctp.SourcePort, sctp.DestinationPort, sctp.VerificationTag, sctp.Checksum));

        var seen = new List<string>();
        foreach (SctpChunk chunk in sctp.Chunks)
        {
            seen.Add($"{chunk.Type} {chunk.Flags} {chunk.Length} {Convert.ToHexString(chunk.Data)}");
        }

        Assert.Equal(["0 3 5 AA", "3 0 4 "], seen);
    }

    [Fact]
    public void IGMP_names_the_group_or_counts_them()
    {
        Assert.True(IgmpHeader.TryParse(Convert.FromHexString("16000000E00000FB"), out IgmpHeader two, out _));
        Assert.Equal((0x16, "224.0.0.251", 0), (two.Type, two.Group.ToString(), two.RecordCount));
        Assert.True(IgmpHeader.TryParse(Convert.FromHexString("2200000000000003"), out IgmpHeader three, out _));
        Assert.Equal((true, "0.0.0.0", 3), (three.IsVersion3Report, three.Group.ToString(), three.RecordCount));
    }

    [Theory]
    [InlineData("00000800", 4, 0u, 0u)]
    [InlineData("20000800" + "00000009", 8, 9u, 0u)]
    [InlineData("B0000800" + "00000000" + "00000009" + "00000005", 16, 9u, 5u)]
    [InlineData("3081880B" + "00040001" + "00000002" + "00000003", 16, 0x00040001u, 2u)]
    public void GRE_has_the_fields_that_its_flags_announce(string hex, int length, uint key, uint sequence)
    {
        byte[] bytes = Convert.FromHexString(hex + "45");
        Assert.True(GreHeader.TryParse(bytes, out GreHeader gre, out _));
        Assert.Equal((length, key, sequence, 1), (gre.HeaderLength, gre.Key, gre.SequenceNumber, gre.Payload.Length));
        Assert.False(GreHeader.TryParse(bytes.AsSpan(0, length - 1), out _, out PacketDefect defect));
        Assert.Equal(PacketDefect.Truncated, defect);
    }

    [Theory]
    [InlineData("40000800", PacketDefect.Unsupported)]
    [InlineData("00020800", PacketDefect.BadVersion)]
    public void GRE_with_source_routes_or_of_other_versions_is_refused(string hex, PacketDefect expected)
    {
        Assert.False(GreHeader.TryParse(Convert.FromHexString(hex), out _, out PacketDefect defect));
        Assert.Equal(expected, defect);
    }

    [Fact]
    public void VXLAN_and_EtherCAT_headers_tell_network_and_length()
    {
        Assert.True(VxlanHeader.TryParse(Convert.FromHexString("0800000000002A00FF"), out VxlanHeader vxlan, out _));
        Assert.Equal((42, 1), (vxlan.NetworkIdentifier, vxlan.Payload.Length));
        Assert.False(VxlanHeader.TryParse(new byte[8], out _, out PacketDefect defect));
        Assert.Equal(PacketDefect.Malformed, defect);

        Assert.True(EtherCatHeader.TryParse(Convert.FromHexString("0310AABBCC0000"), out EtherCatHeader etherCat, out _));
        Assert.Equal((3, 1, "AABBCC"), (etherCat.DeclaredLength, etherCat.Type, Convert.ToHexString(etherCat.Payload)));
    }
}
