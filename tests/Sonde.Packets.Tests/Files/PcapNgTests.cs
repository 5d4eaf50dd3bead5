using System.Buffers.Binary;
using System.Net;
using Sonde.Packets.Files;

namespace Sonde.Packets.Tests.Files;

public sealed class PcapNgTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read_back_in_either_order(bool bigEndian)
    {
        byte[] file = Captures.PcapNg(bigEndian);

        Captures.Result result = Captures.Read(file);

        Assert.Equal(new CaptureEnding(CaptureEndingKind.Clean, file.Length, CaptureFault.None, null), result.Ending);
        Assert.Equal(Captures.SomePackets.Select(Convert.ToHexString), result.Packets.Select(packet => packet.Data));
        Assert.Equal([0, 1, 0, 1, 0, 1, 0], result.Packets.Select(packet => packet.InterfaceId));
        Assert.Equal(LinkType.Raw, result.Packets[1].LinkType);
        Assert.Equal(["", "", "", "odd", "", "", ""], result.Packets.Select(packet => packet.Comment));
        Assert.Equal(Enumerable.Range(0, 7).Select(i => (long?)(Captures.SomeTime + i)), result.Packets.Select(packet => packet.Time));
        Assert.Equal(0, result.Counters.MalformedOptions + result.Counters.Skipped);
    }

    [Fact]
    public void Sections_of_different_byte_order_follow_one_another()
    {
        byte[] little = Captures.PcapNg();
        byte[] both = Captures.PcapNg(bigEndian: true, continued: little);

        Captures.Result result = Captures.Read(both);

        Assert.Equal([.. Captures.Read(little).Packets, .. Captures.Read(little).Packets], result.Packets);
        Assert.Equal(CaptureEndingKind.Clean, result.Ending.Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_interface_is_told_whole(bool bigEndian)
    {
        var told = new CaptureInterface
        {
            LinkType = LinkType.LinuxSll,
            SnapLength = 96,
            Name = "eth0",
            Description = "Uplink ü",
            Filter = "tcp port 443",
            OperatingSystem = "Linux 6.1",
            Hardware = "virtio",
            Comment = "remark",
            SpeedBitsPerSecond = 10_000_000_000,
            FcsLength = 4,
            Resolution = TimestampResolution.Nanoseconds,
        };
        using var reader = (PcapNgReader)CaptureReader.Open(new MemoryStream(Written(bigEndian, writer => writer.AddInterface(told))));

        Assert.False(reader.TryRead(out _));
        Assert.Equal(told, Assert.Single(reader.Interfaces));
        Assert.Equal(bigEndian, reader.Section!.IsBigEndian);
        Assert.Equal("machine", reader.Section.Hardware);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Direction_drops_and_remark_of_a_packet_are_told(bool bigEndian)
    {
        byte[] file = Written(bigEndian, writer =>
        {
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet });
            writer.Write(0, [1], 1, 5, new PacketAnnotation { Comment = "lost some"u8, Direction = PacketDirection.Outbound, DropCount = 1UL << 40, OtherFlags = 4 << 5 });
        });
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));

        Assert.True(reader.TryRead(out CapturedPacket packet));
        Assert.Equal("lost some"u8, packet.Comment);
        Assert.Equal(PacketDirection.Outbound, packet.Direction);
        Assert.Equal(1UL << 40, packet.DropCount);
        Assert.Equal(4, packet.FcsLength);
        Assert.False(packet.Options.IsMalformed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Statistics_names_secrets_and_unknown_blocks_are_read_block_by_block(bool bigEndian)
    {
        var statistics = new InterfaceStatistics
        {
            TimestampNanoseconds = 3,
            StartNanoseconds = Captures.SomeTime,
            EndNanoseconds = Captures.SomeTime + 1,
            Received = 1,
            DroppedByInterface = 2,
            AcceptedByFilter = 3,
            DroppedBySystem = 4,
            Delivered = ulong.MaxValue,
        };
        byte[] file = Written(bigEndian, writer =>
        {
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet });
            writer.WriteStatistics(statistics);
            writer.WriteNames(new ResolvedName(IPAddress.Loopback, "localhost"), new ResolvedName(IPAddress.IPv6Loopback, "ip6-localhost"));
            writer.WriteSecrets(0x544C534B, "CLIENT_RANDOM 00 00\n"u8);
            writer.WriteBlock((PcapNgBlockType)0x1234, [1, 2, 3]);
        });
        using var reader = (PcapNgReader)CaptureReader.Open(new MemoryStream(file));
        var types = new List<PcapNgBlockType>();
        var names = new List<string>();
        InterfaceStatistics counted = default;
        string secrets = "", unknown = "";
        while (reader.TryReadBlock(out PcapNgBlock block))
        {
            types.Add(block.Type);
            foreach (NameRecord name in block.Names)
            {
                names.Add($"{new IPAddress(name.Address)} {name.FirstName}");
            }

            counted = reader.TryGetStatistics(block, out InterfaceStatistics some) ? some : counted;
            secrets += block.TryGetSecrets(out uint kind, out ReadOnlySpan<byte> bytes) ? $"{kind:X} {bytes.Length}" : "";
            unknown += block.Type == (PcapNgBlockType)0x1234 ? Convert.ToHexString(block.Body) : "";
        }

        Assert.Equal(6, types.Count);
        Assert.Equal(["127.0.0.1 localhost", "::1 ip6-localhost"], names);
        Assert.Equal(statistics, counted);
        Assert.Equal("544C534B 20", secrets);
        Assert.Equal("01020300", unknown);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void A_file_is_copied_with_its_unknown_blocks_if_the_order_allows(bool toBigEndian, int notCopied)
    {
        byte[] original = Written(bigEndian: false, writer =>
        {
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet });
            writer.Write(0, [1, 2, 3], 3, 7, new PacketAnnotation { Comment = "x"u8, DropCount = 9, Direction = PacketDirection.Inbound });
            writer.WriteNames(new ResolvedName(IPAddress.Loopback, "localhost"));
            writer.WriteBlock((PcapNgBlockType)0x1234, [1, 2, 3, 4]);
            writer.WriteBlock(PcapNgBlockType.CustomNotCopied, [0, 0, 0, 1]);
        });
        long refused = 0;
        byte[] copy = Written(toBigEndian, writer =>
        {
            using var from = (PcapNgReader)CaptureReader.Open(new MemoryStream(original));
            while (from.TryReadBlock(out PcapNgBlock block))
            {
                if (block.Type == PcapNgBlockType.InterfaceDescription)
                {
                    writer.AddInterface(from.Interfaces[^1]);
                }
                else if (from.TryGetPacket(block, out CapturedPacket packet))
                {
                    writer.Write(0, packet);
                }
                else if (block.Type != PcapNgBlockType.SectionHeader)
                {
                    writer.TryCopy(block);
                }
            }

            refused = writer.BlocksNotCopied;
        });

        Assert.Equal(notCopied, refused);
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(copy));
        Assert.True(reader.TryRead(out CapturedPacket copied));
        Assert.Equal("x"u8, copied.Comment);
        Assert.Equal(9UL, copied.DropCount);
        Assert.Equal(PacketDirection.Inbound, copied.Direction);
        Assert.False(reader.TryRead(out _));
        Assert.Equal(CaptureEndingKind.Clean, reader.Ending.Kind);
    }

    [Fact]
    public void Obsolete_and_simple_packets_are_read()
    {
        byte[] file = Written(bigEndian: true, writer =>
        {
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet, SnapLength = 3 });
            writer.WriteBlock(PcapNgBlockType.ObsoletePacket, Convert.FromHexString("0000" + "0005" + "00000000" + "00000007" + "00000002" + "00000009" + "AABB0000"));
            writer.WriteBlock(PcapNgBlockType.SimplePacket, Convert.FromHexString("00000008" + "01020300"));
        });
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));

        Assert.True(reader.TryRead(out CapturedPacket obsolete));
        Assert.Equal(("AABB", 9L, 7L, 5UL), (Convert.ToHexString(obsolete.Data), obsolete.WireLength, obsolete.TimestampNanoseconds, obsolete.DropCount));
        Assert.True(reader.TryRead(out CapturedPacket simple));
        Assert.Equal(("010203", 8L, false), (Convert.ToHexString(simple.Data), simple.WireLength, simple.HasTimestamp));
    }

    [Theory]
    [InlineData(0, 5UL, 0, 5_000_000_000)]
    [InlineData(3, 5UL, 0, 5_000_000)]
    [InlineData(9, 5UL, -1, -999_999_995)]
    [InlineData(12, 5_999UL, 0, 5)]
    [InlineData(127, ulong.MaxValue, 2, 2_000_000_000)]
    [InlineData(0x80, 5UL, 0, 5_000_000_000)]
    [InlineData(0x81, 3UL, 0, 1_500_000_000)]
    [InlineData(0xA0, 0x1_8000_0000UL, 10, 11_500_000_000)]
    [InlineData(0xFF, ulong.MaxValue, 0, 0)]
    public void Ticks_of_every_unit_become_nanoseconds(byte code, ulong ticks, long offset, long nanoseconds)
    {
        Assert.True(new TimestampResolution(code).TryToNanoseconds(ticks, offset, out long converted));
        Assert.Equal(nanoseconds, converted);
        Assert.True(new TickConverter(new TimestampResolution(code), offset).TryConvert(ticks, out long prepared));
        Assert.Equal(nanoseconds, prepared);
    }

    [Theory]
    [InlineData(6, ulong.MaxValue, 0)]
    [InlineData(9, 1UL << 63, 0)]
    [InlineData(0, 0UL, long.MinValue)]
    public void Times_beyond_64_bits_are_no_times(byte code, ulong ticks, long offset) =>
        Assert.False(new TickConverter(new TimestampResolution(code), offset).TryConvert(ticks, out _));

    [Fact]
    public void Lengths_that_disagree_tear_the_file_where_the_block_begins()
    {
        byte[] file = Captures.PcapNg();
        int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(length + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(length + 4)) - 4), 24);

        CaptureEnding ending = Captures.Read(file).Ending;

        Assert.Equal((CaptureEndingKind.Torn, (long)length, CaptureFault.LengthsDisagree), (ending.Kind, ending.Offset, ending.Fault));
    }

    [Theory]
    [InlineData("0A0D0D0A1C0000001A2B3C4E01000000FFFFFFFFFFFFFFFF1C000000", CaptureFault.BadByteOrder)]
    [InlineData("0A0D0D0A1B0000004D3C2B1A01000000FFFFFFFFFFFFFFFF1C000000", CaptureFault.BadLength)]
    [InlineData("0A0D0D0A000000004D3C2B1A01000000FFFFFFFFFFFFFFFF00000000", CaptureFault.BadLength)]
    [InlineData("0A0D0D0A1C0000004D3C2B1A02000000FFFFFFFFFFFFFFFF1C000000", CaptureFault.UnsupportedVersion)]
    public void A_section_header_that_cannot_be_read_is_refused(string bytes, CaptureFault fault)
    {
        CaptureEnding ending = Captures.Read(Convert.FromHexString(bytes)).Ending;
        Assert.Equal((CaptureEndingKind.Refused, fault), (ending.Kind, ending.Fault));
    }

    [Fact]
    public void Packets_that_lie_are_passed_over_and_counted()
    {
        byte[] file = Written(bigEndian: true, writer =>
        {
            writer.WriteBlock(PcapNgBlockType.SimplePacket, [0, 0, 0, 0]); // before any interface
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet });
            writer.WriteBlock(PcapNgBlockType.EnhancedPacket, Convert.FromHexString("00000001" + "0000000000000007" + "00000000" + "00000000"));
            writer.WriteBlock(PcapNgBlockType.EnhancedPacket, Convert.FromHexString("00000000" + "0000000000000007" + "FFFFFFFF" + "00000000"));
            writer.WriteBlock(PcapNgBlockType.EnhancedPacket, [1, 2, 3, 4]);
            writer.WriteBlock(PcapNgBlockType.SimplePacket, []);
            writer.Write([9], 1, 1);
        });

        Captures.Result result = Captures.Read(file);

        Assert.Equal("09", Assert.Single(result.Packets).Data);
        Assert.Equal((2L, 3L), (result.Counters.UnknownInterface, result.Counters.Malformed));
        Assert.Equal(CaptureEndingKind.Clean, result.Ending.Kind);
    }

    [Theory]
    [InlineData(PcapNgBlockType.EnhancedPacket, "00000000" + "0000000000000007" + "00000001" + "00000001")]
    [InlineData(PcapNgBlockType.EnhancedPacket, "00000000" + "0000000000000007" + "00000005" + "00000005" + "AABBCCDD")]
    [InlineData(PcapNgBlockType.ObsoletePacket, "00000000" + "0000000000000007" + "00000005" + "00000005" + "AABBCCDD")]
    [InlineData(PcapNgBlockType.SimplePacket, "00000005" + "AABBCCDD")]
    public void A_packet_one_byte_longer_than_its_block_is_passed_over_and_counted(PcapNgBlockType type, string body)
    {
        byte[] file = Written(bigEndian: true, writer =>
        {
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet });
            writer.WriteBlock(type, Convert.FromHexString(body));
            writer.Write([9], 1, 1);
        });

        Captures.Result result = Captures.Read(file);

        Assert.Equal("09", Assert.Single(result.Packets).Data);
        Assert.Equal(1, result.Counters.Malformed);
    }

    [Fact]
    public void A_new_section_knows_nothing_of_the_interfaces_before_it()
    {
        byte[] first = Written(bigEndian: false, writer => writer.AddInterface(new CaptureInterface { LinkType = LinkType.Raw }));
        byte[] second = Written(bigEndian: false, writer =>
        {
            writer.WriteBlock(PcapNgBlockType.SimplePacket, [0, 0, 0, 0]);
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet });
            writer.Write([9], 1, 1);
        });

        Captures.Result result = Captures.Read([.. first, .. second]);

        Assert.Equal(LinkType.Ethernet, Assert.Single(result.Packets).LinkType);
        Assert.Equal(1, result.Counters.UnknownInterface);
    }

    [Theory]
    [InlineData("", false, 0)]
    [InlineData("00000000", false, 0)]
    [InlineData("00010001410000000000000000010001", false, 1)]
    [InlineData("000100014100000000010001", true, 1)]
    [InlineData("00000004", true, 0)]
    [InlineData("0001FFFF41000000", true, 0)]
    [InlineData("000100", true, 0)]
    [InlineData("0001000041", true, 1)]
    public void Options_end_where_they_should_or_are_malformed(string bytes, bool malformed, int count)
    {
        var options = new PcapNgOptions(Convert.FromHexString(bytes), isBigEndian: true);
        int found = 0;
        foreach (PcapNgOption option in options)
        {
            Assert.Equal(1, option.Code);
            found++;
        }

        Assert.Equal((malformed, count), (options.IsMalformed, found));
    }

    [Fact]
    public void A_block_larger_than_accepted_is_passed_over_and_counted()
    {
        byte[] file = Written(bigEndian: false, writer =>
        {
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet });
            writer.WriteBlock((PcapNgBlockType)0x1234, new byte[100_000]);
            writer.Write([9], 1, 1);
        });

        Captures.Result result = Captures.Read(file, new CaptureReaderOptions { MaximumBlockLength = 1000 });

        Assert.Single(result.Packets);
        Assert.Equal(1, result.Counters.TooLarge);
        Assert.Equal(CaptureEndingKind.Clean, result.Ending.Kind);
    }

    [Fact]
    public void Interfaces_beyond_the_most_are_not_remembered_and_their_packets_are_counted()
    {
        Captures.Result result = Captures.Read(Captures.PcapNg(), new CaptureReaderOptions { MaximumInterfaces = 1 });

        Assert.Equal((4, 3L), (result.Packets.Count, result.Counters.UnknownInterface));
    }

    [Fact]
    public void A_remark_that_is_too_long_is_cut_between_characters()
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(new string('x', 65534) + "ü");
        byte[] file = Written(bigEndian: false, writer =>
        {
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet });
            writer.Write(0, [9], 1, 1, new PacketAnnotation { Comment = text });
        });

        Assert.Equal(new string('x', 65534), Assert.Single(Captures.Read(file).Packets).Comment);
    }

    private static byte[] Written(bool bigEndian, Action<PcapNgWriter> write)
    {
        var stream = new MemoryStream();
        using (var writer = new PcapNgWriter(stream, new PcapNgWriterOptions { Section = new CaptureSection { IsBigEndian = bigEndian, Hardware = "machine" } }))
        {
            write(writer);
        }

        return stream.ToArray();
    }
}
