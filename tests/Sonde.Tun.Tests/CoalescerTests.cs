using System.Buffers.Binary;
using Sonde.Testing;

namespace Sonde.Tun.Tests;

public class CoalescerTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void What_follows_each_other_becomes_one_packet_and_splits_back_to_the_same_bytes(bool isTcp, bool isIPv4)
    {
        byte[][] packets = Stream(isTcp, isIPv4, count: 40, size: 1000, last: 300);

        List<(byte[] Packet, TunSegmentation Segmentation, int Count)> joined = Join(packets);

        (byte[] packet, TunSegmentation segmentation, int count) = Assert.Single(joined);
        Assert.Equal(40, count);
        Assert.Equal(1000, segmentation.SegmentSize);
        Assert.True(segmentation.NeedsChecksum);
        Assert.Equal(packets, Split(packet, segmentation));
    }

    [Fact]
    public void The_checksum_that_is_left_to_the_device_is_that_of_the_pseudo_header()
    {
        (byte[] packet, TunSegmentation segmentation, _) = Assert.Single(Join(Stream(isTcp: true, isIPv4: true, count: 3, size: 100, last: 100)));

        // Finished by the sum over the rest it must be right.
        Assert.True(Segmenter.TryCreate(packet, new TunSegmentation { NeedsChecksum = true, ChecksumStart = segmentation.ChecksumStart, ChecksumOffset = segmentation.ChecksumOffset }, out Segmenter finisher));
        byte[] whole = new byte[packet.Length];
        finisher.WriteNext(packet, whole);
        Assert.True(SlowSegmenter.IsRight(whole));
    }

    [Fact]
    public void A_packet_with_a_wrong_checksum_is_never_joined_and_stays_wrong()
    {
        foreach (int at in new[] { 0, 1, 2 })
        {
            byte[][] packets = Stream(isTcp: true, isIPv4: true, count: 3, size: 100, last: 100);
            packets[at][^1] ^= 1;

            List<(byte[] Packet, TunSegmentation Segmentation, int Count)> joined = Join(packets);

            Assert.Contains(joined, one => one.Count == 1 && one.Packet.AsSpan().SequenceEqual(packets[at]));
            Assert.Equal(packets, joined.SelectMany(one => Split(one.Packet, one.Segmentation)));
        }
    }

    public static TheoryData<string> Differences() =>
        ["hop limit", "traffic class", "acknowledgement", "window", "option", "gap", "port", "address", "FIN", "SYN", "longer", "no payload", "don't fragment", "fragment", "identification", "reserved"];

    [Theory]
    [MemberData(nameof(Differences))]
    public void What_a_receiver_could_tell_apart_is_not_joined(string difference)
    {
        byte[][] packets = Stream(isTcp: true, isIPv4: true, count: 3, size: 100, last: 100);
        byte[] second = packets[1];
        switch (difference)
        {
            case "hop limit":
                second[8]--;
                break;
            case "traffic class":
                second[1] ^= 4;
                break;
            case "acknowledgement":
                second[31]++;
                break;
            case "window":
                second[35]++;
                break;
            case "option":
                second[45]++;
                break;
            case "gap":
                second[27]++;
                break;
            case "port":
                second[21]++;
                break;
            case "address":
                second[15]++;
                break;
            case "FIN":
                second[33] |= 1;
                break;
            case "SYN":
                second[33] |= 2;
                break;
            case "reserved":
                second[32] |= 1;
                break;
            case "longer":
                second = PacketMaker.Tcp(true, PacketMaker.Payload(101, 1), sequence: 1100, options: s_options, identification: 8);
                break;
            case "no payload":
                second = PacketMaker.Tcp(true, [], sequence: 1100, options: s_options, identification: 8);
                break;
            case "don't fragment":
                second[6] |= 0x40;
                break;
            case "fragment":
                second[6] |= 0x20;
                break;
            case "identification":
                second[5]++;
                break;
        }

        packets[1] = PacketMaker.Reseal(second);
        List<(byte[] Packet, TunSegmentation Segmentation, int Count)> joined = Join(packets);

        Assert.All(joined, one => Assert.Equal(1, one.Count));
        Assert.Equal(3, joined.Count);
    }

    [Fact]
    public void Nothing_follows_a_push_or_a_short_packet()
    {
        byte[][] pushed = Stream(isTcp: true, isIPv4: false, count: 4, size: 100, last: 100);
        pushed[1][53] |= 8;
        PacketMaker.Reseal(pushed[1]);
        Assert.Equal([2, 2], Join(pushed).Select(one => one.Count));
        Assert.Equal(pushed, Join(pushed).SelectMany(one => Split(one.Packet, one.Segmentation)));

        byte[][] shortened = [.. Stream(isTcp: false, isIPv4: true, count: 3, size: 100, last: 50), .. Stream(isTcp: false, isIPv4: true, count: 2, size: 100, last: 100)];
        for (int i = 0; i < shortened.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(shortened[i].AsSpan(4), (ushort)(7 + i));
            PacketMaker.Reseal(shortened[i]);
        }

        Assert.Equal([3, 2], Join(shortened).Select(one => one.Count));
    }

    [Fact]
    public void Order_within_a_flow_stays_and_flows_do_not_hinder_each_other()
    {
        var random = new Random(5);
        var batch = new List<byte[]>();
        uint[] sequences = new uint[5];
        for (int i = 0; i < 120; i++)
        {
            int flow = random.Next(sequences.Length);
            int size = random.Next(6) == 0 ? random.Next(1, 100) : 100;
            byte flags = random.Next(10) == 0 ? (byte)0x11 : random.Next(6) == 0 ? (byte)0x18 : (byte)0x10;
            batch.Add(PacketMaker.Tcp(flow % 2 == 0, PacketMaker.Payload(size, i), sequence: sequences[flow], flags: flags, sourcePort: (ushort)(4000 + flow), identification: (ushort)i));
            sequences[flow] += (uint)size;
        }

        // Without "don't fragment" the identification would keep most apart; with it they may join.
        foreach (byte[] packet in batch.Where(packet => packet[0] == 0x45))
        {
            packet[6] = 0x40;
            PacketMaker.Reseal(packet);
        }

        List<(byte[] Packet, TunSegmentation Segmentation, int Count)> joined = Join([.. batch]);

        Assert.True(joined.Count < 100, $"{joined.Count} of 120 are left: too few were joined");
        List<byte[]> split = [.. joined.SelectMany(one => Split(one.Packet, one.Segmentation))];
        Assert.Equal(batch.Count, split.Count);
        for (int flow = 0; flow < sequences.Length; flow++)
        {
            ushort port = (ushort)(4000 + flow);
            IEnumerable<string> Payloads(IEnumerable<byte[]> of) => of.Where(packet => Port(packet) == port).Select(Payload);
            Assert.Equal(Payloads(batch), Payloads(split));
        }
    }

    [Fact]
    public void No_super_packet_is_longer_than_a_packet_can_be_or_stands_for_more_than_64()
    {
        byte[][] large = Stream(isTcp: true, isIPv4: true, count: 120, size: 1400, last: 1400);
        Assert.All(Join(large), one => Assert.InRange(one.Packet.Length, 1, 65535));
        byte[][] small = Stream(isTcp: false, isIPv4: true, count: 120, size: 10, last: 10);
        Assert.Equal([64, 56], Join(small).Select(one => one.Count));
    }

    [Fact]
    public void Without_udp_offload_datagrams_stay_as_they_are() => Assert.Equal(5, Join(Stream(isTcp: false, isIPv4: true, count: 5, size: 100, last: 100), joinsUdp: false).Count);

    [Fact]
    public void A_datagram_without_a_checksum_cannot_be_verified_and_stays_alone()
    {
        byte[][] packets = Stream(isTcp: false, isIPv4: true, count: 3, size: 100, last: 100);
        packets[1][26] = packets[1][27] = 0;

        Assert.All(Join(packets), one => Assert.Equal(1, one.Count));
    }

    [Fact]
    public void What_is_unfinished_or_super_already_passes_as_it_is()
    {
        byte[][] packets = Stream(isTcp: true, isIPv4: true, count: 3, size: 100, last: 100);
        var batch = new TunBatch();
        TunSegmentation unfinished = SegmenterTests.Describe(TunSegmentationKind.TcpIPv4, true, 50);
        foreach (byte[] packet in packets)
        {
            batch.TryAdd(packet, unfinished);
        }

        var coalescer = new Coalescer();
        coalescer.Load(batch);

        Assert.Equal(3, coalescer.Count);
        Assert.Equal(unfinished, coalescer[1].Segmentation);
    }

    [Fact]
    public void Whatever_the_bytes_are_nothing_is_lost_changed_or_thrown()
    {
        var random = new Random(31);
        for (int round = 0; round < 3000; round++)
        {
            byte[][] packets = Stream(isTcp: round % 2 == 0, isIPv4: round % 4 < 2, count: random.Next(1, 9), size: random.Next(1, 60), last: random.Next(1, 60));
            foreach (byte[] packet in packets)
            {
                if (random.Next(3) == 0)
                {
                    packet[random.Next(Math.Min(packet.Length, 64))] = (byte)random.Next(256);
                    if (random.Next(2) == 0 && (packet[0] >> 4 == 6 || packet[0] == 0x45) && packet.Length > 60)
                    {
                        PacketMaker.Reseal(packet);
                    }
                }
            }

            for (int i = 0; i < packets.Length; i++)
            {
                packets[i] = random.Next(5) == 0 ? packets[i][..random.Next(packets[i].Length + 1)] : packets[i];
            }

            // Identifications are the only thing that splitting may set otherwise, and only where they mean nothing.
            List<string> before = [.. packets.Select(Canonical).Order(StringComparer.Ordinal)];
            List<string> after = [.. Join(packets).SelectMany(one => Split(one.Packet, one.Segmentation)).Select(Canonical).Order(StringComparer.Ordinal)];
            Assert.Equal(before, after);
        }
    }

    [Fact]
    public void Joining_allocates_nothing()
    {
        var batch = new TunBatch();
        foreach (byte[] packet in Stream(isTcp: true, isIPv4: true, count: 120, size: 1400, last: 1400))
        {
            Assert.True(batch.TryAdd(packet));
        }

        var coalescer = new Coalescer();
        byte[] header = new byte[Coalescer.MaxHeaderLength];
        AllocationWatch allocations = default;
        for (int round = 0; round < 300; round++)
        {
            if (round == 100)
            {
                allocations = AllocationWatch.Start();
            }

            coalescer.Load(batch);
            for (int i = 0; i < coalescer.Count; i++)
            {
                coalescer[i].WriteHeader(header);
            }
        }

        Assert.Equal(0, allocations.Allocated);
        Assert.Equal(3, coalescer.Count);
    }

    private static readonly byte[] s_options = [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8];

    private static byte[][] Stream(bool isTcp, bool isIPv4, int count, int size, int last)
    {
        byte[][] packets = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            byte[] payload = PacketMaker.Payload(i == count - 1 ? Math.Min(last, size) : size, i);
            packets[i] = isTcp
                ? PacketMaker.Tcp(isIPv4, payload, sequence: (uint)(1000 + (i * size)), flags: (byte)(i == count - 1 ? 0x18 : 0x10), options: s_options, identification: (ushort)(7 + i))
                : PacketMaker.Udp(isIPv4, payload, identification: (ushort)(7 + i));
        }

        return packets;
    }

    private static List<(byte[] Packet, TunSegmentation Segmentation, int Count)> Join(byte[][] packets, bool joinsUdp = true)
    {
        var batch = new TunBatch();
        foreach (byte[] packet in packets)
        {
            Assert.True(batch.TryAdd(packet));
        }

        var coalescer = new Coalescer(joinsUdp: joinsUdp);
        coalescer.Load(batch);
        var joined = new List<(byte[], TunSegmentation, int)>();
        for (int i = 0; i < coalescer.Count; i++)
        {
            CoalescedPacket one = coalescer[i];
            byte[] bytes = new byte[one.Length];
            Assert.Equal(bytes.Length, one.CopyTo(bytes));
            joined.Add((bytes, one.Segmentation, one.PacketCount));
        }

        return joined;
    }

    private static List<byte[]> Split(byte[] packet, TunSegmentation segmentation)
    {
        if (!segmentation.IsSuperPacket)
        {
            return [packet];
        }

        Assert.True(Segmenter.TryCreate(packet, segmentation, out Segmenter segmenter, out SegmentationDefect defect), defect.ToString());
        var segments = new List<byte[]>();
        byte[] room = new byte[packet.Length];
        while (!segmenter.IsDone)
        {
            segments.Add(room[..segmenter.WriteNext(packet, room)]);
        }

        return segments;
    }

    private static ushort Port(byte[] packet) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(packet[0] == 0x45 ? 20 : 40));

    private static string Payload(byte[] packet) => Convert.ToHexString(packet.AsSpan(packet[0] == 0x45 ? 40 : 60));

    private static string Canonical(byte[] packet)
    {
        byte[] copy = [.. packet];
        if (copy.Length > 20 && copy[0] == 0x45 && (copy[6] & 0x40) != 0)
        {
            copy[4] = copy[5] = copy[10] = copy[11] = 0;
        }

        return Convert.ToHexString(copy);
    }
}
