using System.Buffers.Binary;
using Sonde.Packets.Files;

namespace Sonde.Packets.Tests.Files;

public sealed class PcapTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void What_is_written_is_read_back_in_either_order_and_resolution(bool bigEndian, bool nanoseconds)
    {
        byte[] file = Captures.Pcap(new PcapWriterOptions { BigEndian = bigEndian, Nanoseconds = nanoseconds, LinkType = LinkType.LinuxSll2 });

        Captures.Result result = Captures.Read(file);

        Assert.Equal(new CaptureEnding(CaptureEndingKind.Clean, file.Length, CaptureFault.None, null), result.Ending);
        Assert.Equal(Captures.SomePackets.Select(Convert.ToHexString), result.Packets.Select(packet => packet.Data));
        Assert.All(result.Packets, packet => Assert.Equal((packet.Data.Length / 2) + 4, packet.WireLength));
        Assert.All(result.Packets, packet => Assert.Equal(LinkType.LinuxSll2, packet.LinkType));
        Assert.Equal(
            Enumerable.Range(0, 7).Select(i => (long?)(nanoseconds ? Captures.SomeTime + i : (Captures.SomeTime + i) / 1000 * 1000)),
            result.Packets.Select(packet => packet.Time));
    }

    [Fact]
    public void A_big_endian_microsecond_file_has_the_bytes_of_the_format()
    {
        var stream = new MemoryStream();
        using (var writer = new PcapWriter(stream, new PcapWriterOptions { BigEndian = true, Nanoseconds = false, SnapLength = 2, FcsLength = 4 }))
        {
            writer.Write([1, 2, 3], 5, 7_000_008_999);
        }

        Assert.Equal(
            "A1B2C3D4" + "00020004" + "00000000" + "00000000" + "00000002" + "24000001" + "00000007" + "00000008" + "00000002" + "00000005" + "0102",
            Convert.ToHexString(stream.ToArray()));
    }

    [Theory]
    [InlineData(0x2400_0001u, 1, 4)]
    [InlineData(0x0000_0001u, 1, null)]
    [InlineData(0x0400_0001u, 1, 0)]
    [InlineData(0x0224_0001u, 0x0224_0001, null)]
    [InlineData(12u, 101, null)]
    [InlineData(14u, 101, null)]
    public void The_link_type_word_is_taken_apart(uint word, int type, int? fcsLength)
    {
        byte[] file = Captures.Pcap();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(20), word);

        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));

        Assert.Equal((LinkType)type, reader.Interfaces[0].LinkType);
        Assert.Equal(fcsLength, reader.Interfaces[0].FcsLength);
    }

    [Theory]
    [InlineData("34CDB2A1", "Kuznetzov")]
    [InlineData("A1B2CD34", "Kuznetzov")]
    [InlineData("CD34B2A1", "Mesquita")]
    [InlineData("4D3C2BA1", "Navtel")]
    [InlineData("CBC3B2A1", "CBPF")]
    [InlineData("1C0001AC", "Ixia")]
    [InlineData("AB01001C", "Ixia")]
    [InlineData("1F8B0808", "gzip")]
    [InlineData("28B52FFD", "zstd")]
    [InlineData("736E6F6F", "snoop")]
    public void Relatives_of_pcap_are_refused_by_name(string start, string name)
    {
        Captures.Result result = Captures.Read([.. Convert.FromHexString(start), .. new byte[100]]);

        Assert.Equal(CaptureEndingKind.Refused, result.Ending.Kind);
        Assert.Equal(CaptureFault.UnsupportedVariant, result.Ending.Fault);
        Assert.Contains(name, result.Ending.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", CaptureFault.Empty)]
    [InlineData("D4C3B2", CaptureFault.TruncatedHeader)]
    [InlineData("00000000", CaptureFault.UnknownFormat)]
    [InlineData("3C68746D6C3E", CaptureFault.UnknownFormat)]
    public void What_is_no_capture_is_refused(string bytes, CaptureFault fault) =>
        Assert.Equal((CaptureEndingKind.Refused, fault), Captures.Read(Convert.FromHexString(bytes)).Ending is var ending ? (ending.Kind, ending.Fault) : default);

    [Theory]
    [InlineData(2, 5)]
    [InlineData(3, 0)]
    [InlineData(1, 4)]
    public void Other_versions_are_refused(ushort major, ushort minor)
    {
        Captures.Result result = Captures.Read(WithVersion(major, minor));

        Assert.Equal(CaptureFault.UnsupportedVersion, result.Ending.Fault);
        Assert.Contains($"{major}.{minor}", result.Ending.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(2, 2)]
    [InlineData(543, 0)]
    public void Old_versions_have_their_lengths_the_other_way_round(ushort major, ushort minor)
    {
        byte[] file = WithVersion(major, minor);
        for (int at = PcapReader.HeaderSize; at < file.Length;)
        {
            int captured = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            file.AsSpan(at + 12, 4).CopyTo(file.AsSpan(at + 8));
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at + 12), captured);
            at += PcapReader.RecordHeaderSize + captured;
        }

        Assert.Equal(Captures.Read(Captures.Pcap()).Packets, Captures.Read(file).Packets);
    }

    [Fact]
    public void A_packet_larger_than_accepted_is_passed_over_and_counted()
    {
        Captures.Result result = Captures.Read(Captures.Pcap(), new CaptureReaderOptions { MaximumPacketLength = 59 });

        Assert.Equal([0, 1, 2, 3, 4], result.Packets.Select(packet => packet.Data.Length / 2));
        Assert.Equal(2, result.Counters.TooLarge);
        Assert.Equal(CaptureEndingKind.Clean, result.Ending.Kind);
    }

    [Fact]
    public void A_length_of_four_gigabytes_costs_no_memory_and_ends_as_torn()
    {
        byte[] file = Captures.Pcap();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(PcapReader.HeaderSize + 8), uint.MaxValue);

        Captures.Result result = Captures.Read(file);

        Assert.Empty(result.Packets);
        Assert.Equal((CaptureEndingKind.Torn, 24L, CaptureFault.TruncatedRecord), (result.Ending.Kind, result.Ending.Offset, result.Ending.Fault));
    }

    [Fact]
    public void Times_outside_of_the_format_are_clamped_and_counted()
    {
        var stream = new MemoryStream();
        using (var writer = new PcapWriter(stream))
        {
            writer.Write([1], 1, -1);
            writer.Write([1], 1, long.MaxValue);
            Assert.Equal(2, writer.TimestampsClamped);
        }

        Assert.Equal([0, 4_294_967_295_999_999_999], Captures.Read(stream.ToArray()).Packets.Select(packet => packet.Time));
    }

    private static byte[] WithVersion(ushort major, ushort minor)
    {
        byte[] file = Captures.Pcap();
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(4), major);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(6), minor);
        return file;
    }
}
