using Sonde.Packets.Files;

namespace Sonde.Packets.Tests.Files;

public sealed class HostileCaptureTests
{
    public static TheoryData<string> Kinds => ["pcap", "pcap big", "pcapng", "pcapng both"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_prefix_is_read_up_to_the_tear(string kind)
    {
        byte[] file = FileOf(kind);
        List<Captures.Packet> all = Captures.Read(file).Packets;
        int most = 0;
        for (int length = 0; length < file.Length; length++)
        {
            Captures.Result result = Captures.Read(file[..length]);

            Assert.Equal(all.Take(result.Packets.Count), result.Packets);
            Assert.True(result.Packets.Count >= most, "a longer prefix never has fewer packets");
            most = result.Packets.Count;
            Assert.NotEqual(CaptureEndingKind.None, result.Ending.Kind);
            Assert.InRange(result.Ending.Offset, 0, length);
            Assert.Equal(result.Ending.Kind == CaptureEndingKind.Clean, result.Ending.Fault == CaptureFault.None);
        }

        Assert.Equal(all.Count, Captures.Read(file).Packets.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_stream_that_gives_one_byte_at_a_time_gives_the_same_packets(string kind)
    {
        byte[] file = FileOf(kind);

        Captures.Result whole = Captures.Read(file);
        Captures.Result trickled = Captures.Read(new TrickleStream(file));

        Assert.NotEmpty(whole.Packets);
        Assert.Equal(whole.Packets, trickled.Packets);
        Assert.Equal(whole.Ending, trickled.Ending);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Mutations_never_throw_and_always_end(string kind)
    {
        byte[] file = FileOf(kind);
        var random = new Random(20_240_817);
        byte[] mutant = new byte[file.Length];
        for (int round = 0; round < 4000; round++)
        {
            file.CopyTo(mutant, 0);
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                int at = random.Next(mutant.Length);
                mutant[at] = random.Next(3) switch
                {
                    0 => 0xFF,
                    1 => 0,
                    _ => (byte)random.Next(256),
                };
            }

            CaptureEnding ending = ReadEverything(mutant);
            Assert.NotEqual(CaptureEndingKind.None, ending.Kind);
            Assert.InRange(ending.Offset, 0, mutant.Length);
        }
    }

    [Fact]
    public void Zeros_and_ones_without_end_are_refused()
    {
        Assert.Equal(CaptureEndingKind.Refused, ReadEverything(new byte[10_000]).Kind);
        Assert.Equal(CaptureEndingKind.Refused, ReadEverything(Enumerable.Repeat((byte)0xFF, 10_000).ToArray()).Kind);
    }

    private static byte[] FileOf(string kind) => kind switch
    {
        "pcap" => Captures.Pcap(),
        "pcap big" => Captures.Pcap(new PcapWriterOptions { BigEndian = true, Nanoseconds = false }),
        "pcapng" => Captures.PcapNg(),
        _ => Captures.PcapNg(bigEndian: true, continued: Captures.PcapNg()),
    };

    /// <summary>Touches everything that a reader offers.</summary>
    private static CaptureEnding ReadEverything(byte[] bytes)
    {
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(bytes));
        if (reader is not PcapNgReader blocks)
        {
            while (reader.TryRead(out CapturedPacket packet))
            {
                Touch(packet);
            }

            return reader.Ending;
        }

        using var copy = new PcapNgWriter(Stream.Null);
        copy.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet });
        while (blocks.TryReadBlock(out PcapNgBlock block))
        {
            if (blocks.TryGetPacket(block, out CapturedPacket packet))
            {
                Touch(packet);
                copy.Write(0, packet);
            }

            foreach (NameRecord name in block.Names)
            {
                _ = name.FirstName;
            }

            _ = block.TryGetSecrets(out _, out _);
            _ = blocks.TryGetStatistics(block, out _);
            _ = copy.TryCopy(block);
        }

        return blocks.Ending;
    }

    private static void Touch(CapturedPacket packet)
    {
        _ = packet.Comment.Length + packet.Data.Length;
        _ = (packet.Flags, packet.Direction, packet.FcsLength, packet.DropCount, packet.LinkType);
    }
}
