using System.Buffers.Binary;
using Sonde.Testing;

namespace Sonde.Tun.Tests;

public class SegmenterTests
{
    public static TheoryData<TunSegmentationKind, bool, int, int> Shapes()
    {
        var shapes = new TheoryData<TunSegmentationKind, bool, int, int>();
        foreach ((TunSegmentationKind kind, bool isIPv4) in new[]
        {
            (TunSegmentationKind.TcpIPv4, true), (TunSegmentationKind.TcpIPv6, false), (TunSegmentationKind.Udp, true), (TunSegmentationKind.Udp, false),
        })
        {
            foreach ((int payload, int size) in new[] { (1, 1), (1448, 1448), (1449, 1448), (64000, 1448), (64000, 1), (61, 7), (65000, 65000), (4097, 1024), (100, 33) })
            {
                shapes.Add(kind, isIPv4, payload, size);
            }
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void It_makes_what_the_slow_and_obvious_way_makes(TunSegmentationKind kind, bool isIPv4, int payload, int size)
    {
        byte[] packet = Super(kind, isIPv4, payload);
        TunSegmentation segmentation = Describe(kind, isIPv4, size);

        List<byte[]> segments = Split(packet, segmentation);

        Assert.Equal(SlowSegmenter.Split(packet, segmentation), segments);
        Assert.All(segments, segment => Assert.True(SlowSegmenter.IsRight(segment)));
        Assert.Equal((payload + size - 1) / size, segments.Count);
    }

    [Fact]
    public void Flags_of_the_end_stay_at_the_end_and_those_of_the_start_at_the_start()
    {
        byte[] packet = PacketMaker.Tcp(isIPv4: true, PacketMaker.Payload(300, 1), flags: 0x99); // CWR, ACK, PSH, FIN
        List<byte[]> segments = Split(packet, Describe(TunSegmentationKind.TcpIPv4, true, 100) with { HasEcn = true });

        Assert.Equal([0x90, 0x10, 0x19], segments.Select(segment => segment[33]));
    }

    [Fact]
    public void A_udp_checksum_that_comes_out_as_zero_is_sent_as_ffff()
    {
        // The last two bytes of the payload are chosen so that the sum is complete.
        byte[] packet = PacketMaker.Udp(isIPv4: false, new byte[4]);
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(46));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(50), checksum);

        List<byte[]> segments = Split(packet, Describe(TunSegmentationKind.Udp, false, 4));

        Assert.Equal(0xFFFF, BinaryPrimitives.ReadUInt16BigEndian(segments[0].AsSpan(46)));
    }

    [Fact]
    public void A_checksum_that_the_system_left_unfinished_is_finished()
    {
        byte[] whole = PacketMaker.Tcp(isIPv4: true, PacketMaker.Payload(777, 3));
        byte[] unfinished = [.. whole];
        unfinished[36] = unfinished[37] = 0;
        ushort pseudo = (ushort)~SlowSegmenter.Checksum([.. whole.AsSpan(12, 8), 0, 6, (byte)((whole.Length - 20) >> 8), (byte)(whole.Length - 20)]);
        BinaryPrimitives.WriteUInt16BigEndian(unfinished.AsSpan(36), pseudo);

        List<byte[]> segments = Split(unfinished, new TunSegmentation { NeedsChecksum = true, ChecksumStart = 20, ChecksumOffset = 16 });

        Assert.Equal(Convert.ToHexString(whole), Convert.ToHexString(Assert.Single(segments)));
    }

    [Fact]
    public void An_unfinished_udp_checksum_that_comes_out_as_zero_is_sent_as_ffff()
    {
        // The last word is what makes the sum of everything else zero.
        byte[] packet = PacketMaker.Udp(isIPv4: true, new byte[10]);
        ushort pseudo = (ushort)~SlowSegmenter.Checksum([.. packet.AsSpan(12, 8), 0, 17, 0, (byte)(packet.Length - 20)]);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), pseudo);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(^2), SlowSegmenter.Checksum(packet.AsSpan(20)));

        byte[] finished = Assert.Single(Split(packet, new TunSegmentation { NeedsChecksum = true, ChecksumStart = 20, ChecksumOffset = 6 }));

        Assert.Equal(0xFFFF, BinaryPrimitives.ReadUInt16BigEndian(finished.AsSpan(26)));
    }

    [Fact]
    public void Another_packet_than_the_one_it_was_made_for_is_refused()
    {
        byte[] packet = Super(TunSegmentationKind.TcpIPv4, true, 3000);
        Assert.True(Segmenter.TryCreate(packet, Describe(TunSegmentationKind.TcpIPv4, true, 1000), out Segmenter segmenter));
        byte[] room = new byte[2000];

        Assert.Throws<ArgumentException>(() => segmenter.WriteNext(packet.AsSpan(1), room));
        Assert.Throws<ArgumentException>(() => segmenter.WriteNext(packet, room.AsSpan(0, segmenter.NextLength - 1)));
        Assert.Equal(segmenter.NextLength, segmenter.WriteNext(packet, room));
    }

    [Fact]
    public void When_the_batch_is_full_the_rest_comes_into_the_next_one()
    {
        byte[] packet = Super(TunSegmentationKind.TcpIPv6, false, 10_000);
        TunSegmentation segmentation = Describe(TunSegmentationKind.TcpIPv6, false, 100);
        Assert.True(Segmenter.TryCreate(packet, segmentation, out Segmenter segmenter));
        var batch = new TunBatch(new TunBatchOptions { Capacity = 7 });
        var segments = new List<byte[]>();
        while (!segmenter.IsDone)
        {
            batch.Clear();
            Assert.InRange(segmenter.Fill(packet, batch), 1, 7);
            for (int i = 0; i < batch.Count; i++)
            {
                segments.Add(batch[i].ToArray());
            }
        }

        Assert.Equal(SlowSegmenter.Split(packet, segmentation), segments);
        Assert.Equal(0, segmenter.Fill(packet, batch));
    }

    [Fact]
    public void Extension_headers_of_ipv6_are_copied_when_they_lead_to_the_transport_header()
    {
        byte[] plain = PacketMaker.Udp(isIPv4: false, PacketMaker.Payload(50, 5));
        byte[] packet = [.. plain.AsSpan(0, 40), 17, 0, 1, 4, 0, 0, 0, 0, .. plain.AsSpan(40)];
        packet[6] = 60; // destination options

        TunSegmentation right = Describe(TunSegmentationKind.Udp, false, 20) with { ChecksumStart = 48 };
        Assert.Equal(3, Split(packet, right).Count);
        byte[] fragment = [.. packet];
        fragment[6] = 44;
        Assert.Equal(SegmentationDefect.BadNetworkHeader, Defect(fragment, right));
        Assert.False(Segmenter.TryCreate(packet, right with { ChecksumStart = 40 }, out _, out SegmentationDefect defect));
        Assert.Equal(SegmentationDefect.BadNetworkHeader, defect);
    }

    [Fact]
    public void Each_lie_is_named()
    {
        byte[] tcp = Super(TunSegmentationKind.TcpIPv4, true, 3000);
        byte[] udp = Super(TunSegmentationKind.Udp, true, 3000);
        TunSegmentation good = Describe(TunSegmentationKind.TcpIPv4, true, 1000);

        Assert.Equal(SegmentationDefect.None, Defect(tcp, good));
        Assert.Equal(SegmentationDefect.BadLength, Defect([], good));
        Assert.Equal(SegmentationDefect.BadLength, Defect(new byte[65536], good));
        Assert.Equal(SegmentationDefect.NoSegmentSize, Defect(tcp, good with { SegmentSize = 0 }));
        Assert.Equal(SegmentationDefect.WrongVersion, Defect(tcp, good with { Kind = TunSegmentationKind.TcpIPv6 }));
        Assert.Equal(SegmentationDefect.BadNetworkHeader, Defect(udp, good));
        Assert.Equal(SegmentationDefect.BadNetworkHeader, Defect(tcp, good with { ChecksumStart = 21 }));
        Assert.Equal(SegmentationDefect.BadNetworkHeader, Defect(tcp, good with { ChecksumStart = 65535 }));
        Assert.Equal(SegmentationDefect.BadChecksumPlace, Defect(tcp, good with { ChecksumOffset = 6 }));
        Assert.Equal(SegmentationDefect.BadTransportHeader, Defect(tcp[..39], good));
        Assert.Equal(SegmentationDefect.NoPayload, Defect(tcp[..52], good));
        Assert.Equal(SegmentationDefect.UnknownKind, Defect(tcp, good with { Kind = (TunSegmentationKind)9 }));
        Assert.Equal(SegmentationDefect.WrongVersion, Defect([0x15, 1, 2], default));
        Assert.Equal(SegmentationDefect.BadChecksumPlace, Defect(tcp, new TunSegmentation { NeedsChecksum = true, ChecksumStart = 3030, ChecksumOffset = 65535 }));
        Assert.Equal(SegmentationDefect.BadChecksumPlace, Defect(tcp, new TunSegmentation { NeedsChecksum = true, ChecksumStart = 19, ChecksumOffset = 16 }));
        byte[] longHeader = [.. tcp];
        longHeader[32] = 0xF0;
        Assert.Equal(SegmentationDefect.None, Defect(longHeader, good));
        Assert.Equal(SegmentationDefect.BadTransportHeader, Defect(longHeader[..70], good));
    }

    [Fact]
    public void No_bytes_and_no_description_make_it_throw_loop_or_write_beyond_its_room()
    {
        var random = new Random(20260);
        byte[][] seeds =
        [
            Super(TunSegmentationKind.TcpIPv4, true, 3000), Super(TunSegmentationKind.TcpIPv6, false, 3000), Super(TunSegmentationKind.Udp, true, 3000), Super(TunSegmentationKind.Udp, false, 3000),
        ];
        byte[] room = new byte[70_000];
        int accepted = 0;
        for (int round = 0; round < 60_000; round++)
        {
            byte[] packet = [.. seeds[round % seeds.Length].AsSpan(0, random.Next(3) == 0 ? random.Next(200) : 3028)];
            for (int i = random.Next(4); i > 0 && packet.Length > 0; i--)
            {
                packet[random.Next(Math.Min(packet.Length, 80))] = (byte)random.Next(256);
            }

            var segmentation = new TunSegmentation
            {
                Kind = (TunSegmentationKind)random.Next(5),
                NeedsChecksum = random.Next(2) == 0,
                HasEcn = random.Next(2) == 0,
                SegmentSize = (ushort)(random.Next(3) == 0 ? random.Next(3) : random.Next(65536)),
                ChecksumStart = (ushort)(random.Next(2) == 0 ? round % 8 < 4 ? 20 : 40 : random.Next(random.Next(2) == 0 ? 90 : 65536)),
                ChecksumOffset = (ushort)(random.Next(2) == 0 ? 16 : random.Next(2) == 0 ? 6 : random.Next(65536)),
            };
            if (!Segmenter.TryCreate(packet, segmentation, out Segmenter segmenter, out SegmentationDefect defect))
            {
                Assert.NotEqual(SegmentationDefect.None, defect);
                continue;
            }

            accepted++;
            int count = segmenter.SegmentCount;
            int written = 0;
            while (!segmenter.IsDone)
            {
                int length = segmenter.NextLength;
                room.AsSpan(0, length + 8).Fill(0xA5);
                Assert.Equal(length, segmenter.WriteNext(packet, room));
                Assert.InRange(length, 1, packet.Length);
                Assert.Equal(-1, room.AsSpan(length, 8).IndexOfAnyExcept((byte)0xA5));
                Assert.True(++written <= count);
            }

            Assert.Equal(count, written);
        }

        Assert.True(accepted > 3000, $"only {accepted} were taken: the fuzz does not reach the inside");
    }

    [Fact]
    public void Splitting_allocates_nothing()
    {
        byte[] packet = Super(TunSegmentationKind.TcpIPv4, true, 60_000);
        TunSegmentation segmentation = Describe(TunSegmentationKind.TcpIPv4, true, 1448);
        var batch = new TunBatch();
        AllocationWatch allocations = default;
        for (int round = 0; round < 300; round++)
        {
            if (round == 100)
            {
                allocations = AllocationWatch.Start();
            }

            batch.Clear();
            Segmenter.TryCreate(packet, segmentation, out Segmenter segmenter);
            segmenter.Fill(packet, batch);
        }

        Assert.Equal(0, allocations.Allocated);
        Assert.Equal(42, batch.Count);
    }

    internal static TunSegmentation Describe(TunSegmentationKind kind, bool isIPv4, int size) => new()
    {
        Kind = kind,
        NeedsChecksum = true,
        SegmentSize = (ushort)size,
        ChecksumStart = (ushort)(isIPv4 ? 20 : 40),
        ChecksumOffset = (ushort)(kind == TunSegmentationKind.Udp ? 6 : 16),
    };

    private static byte[] Super(TunSegmentationKind kind, bool isIPv4, int payload) => kind == TunSegmentationKind.Udp
        ? PacketMaker.Udp(isIPv4, PacketMaker.Payload(payload, payload), identification: 0xFFFE)
        : PacketMaker.Tcp(isIPv4, PacketMaker.Payload(payload, payload), sequence: 0xFFFF_FF00, flags: 0x18, options: [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8], identification: 0xFFFE);

    private static List<byte[]> Split(byte[] packet, TunSegmentation segmentation)
    {
        Assert.True(Segmenter.TryCreate(packet, segmentation, out Segmenter segmenter, out SegmentationDefect defect), defect.ToString());
        var segments = new List<byte[]>();
        byte[] room = new byte[packet.Length];
        while (!segmenter.IsDone)
        {
            segments.Add(room[..segmenter.WriteNext(packet, room)]);
        }

        return segments;
    }

    private static SegmentationDefect Defect(byte[] packet, TunSegmentation segmentation)
    {
        Segmenter.TryCreate(packet, segmentation, out _, out SegmentationDefect defect);
        return defect;
    }
}
