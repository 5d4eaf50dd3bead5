using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Link.Linux;
using Sonde.Testing;

namespace Sonde.Link.Tests.Linux;

/// <summary>Blocks of a packet ring, true and hostile.</summary>
public sealed class RingBlockTests
{
    private const int Headroom = 4;
    private const int Mac = RingBlock.RecordHeaderSize + Headroom + 14;

    [Fact]
    public void Frames_of_a_block_are_found_where_they_lie()
    {
        byte[] block = Block([1, 2, 3], [], [4, 5, 6, 7, 8]);

        Assert.Equal([[1, 2, 3], [], [4, 5, 6, 7, 8]], Walk(block, out long malformed));
        Assert.Equal(0, malformed);
    }

    [Fact]
    public void What_the_kernel_tells_beside_the_bytes_is_read()
    {
        byte[] block = Block([9]);
        Assert.True(RingBlock.TryBegin(block, out RingPosition position));
        long malformed = 0;

        Assert.True(RingBlock.TryTake(block, Headroom, ref position, ref malformed, out tpacket3_hdr header, out sockaddr_ll seen, out int start));

        Assert.Equal((1_000u, 2_000u, 70u, 0x1234u), (header.tp_sec, header.tp_nsec, header.tp_len, header.hv1.tp_vlan_tci));
        Assert.Equal((3, 4), (seen.sll_ifindex, seen.sll_pkttype));
        Assert.Equal(48 + Mac, start);
    }

    [Fact]
    public void An_empty_block_has_no_frames() => Assert.Empty(Walk(Block(), out _));

    [Fact]
    public void Every_prefix_of_a_block_is_walked_without_leaving_it()
    {
        byte[] block = Block([1, 2, 3], [4], [5, 6]);
        for (int length = 0; length < block.Length; length++)
        {
            Assert.InRange(Walk(block[..length], out _).Count, 0, 3);
        }
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(0x8000_0000)]
    [InlineData(4097)]
    [InlineData(47)]
    [InlineData(0)]
    public void A_first_frame_outside_the_block_is_no_frame(uint first)
    {
        byte[] block = Block([1]);
        Put(block, 16, first);

        Assert.False(RingBlock.TryBegin(block, out RingPosition position));
        Assert.Equal(0u, position.Left);
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(0x7FFF_FFFF)]
    [InlineData(0)]
    [InlineData(67)]
    public void A_way_to_the_next_frame_that_lies_ends_the_walk_and_is_counted(uint next)
    {
        byte[] block = Block([1], [2], [3]);
        Put(block, 48, next);

        Assert.Empty(Walk(block, out long malformed));
        Assert.Equal(1, malformed);
    }

    [Theory]
    [InlineData(12, uint.MaxValue)] // tp_snaplen
    [InlineData(12, 0x7FFF_FFFF)]
    [InlineData(12, 100)] // into the next record
    [InlineData(24, 0xFFFF)] // tp_mac
    [InlineData(24, RingBlock.RecordHeaderSize + Headroom - 1)] // no room for what is put in front
    [InlineData(24, 0)]
    public void A_frame_outside_its_record_is_skipped_and_counted(int field, uint value)
    {
        byte[] block = Block([1], [2]);
        if (field == 24)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(48 + field), (ushort)value);
        }
        else
        {
            Put(block, 48 + field, value);
        }

        Assert.Equal([[2]], Walk(block, out long malformed));
        Assert.Equal(1, malformed);
    }

    [Fact]
    public void More_frames_announced_than_there_are_end_at_the_end()
    {
        byte[] block = Block([1], [2]);
        Put(block, 12, uint.MaxValue);

        Assert.Equal([[1]], Walk(block, out long malformed).Take(1));
        Assert.InRange(malformed, 1, 10);
    }

    [Fact]
    public void Random_changes_never_lead_out_of_the_block_nor_round_in_circles()
    {
        var random = new Random(20_261_121);
        byte[] original = Block([1, 2, 3], [4], [5, 6], new byte[200]);
        for (int round = 0; round < 200_000; round++)
        {
            byte[] block = [.. original];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                block[random.Next(block.Length)] = (byte)random.Next(256);
            }

            Assert.InRange(Walk(block, out _).Count, 0, block.Length / RingBlock.RecordHeaderSize);
        }
    }

    [Fact]
    public void Walking_a_block_allocates_nothing()
    {
        byte[] block = Block([1, 2, 3], [4]);
        Sum(block);

        Assert.Equal(0, AllocationWatch.Least(() => Sum(block)));
    }

    /// <summary>A block as the kernel writes it.</summary>
    internal static byte[] Block(params byte[][] frames)
    {
        byte[] block = new byte[4096];
        int at = 48;
        for (int index = 0; index < frames.Length; index++)
        {
            int size = (Mac + frames[index].Length + 15) / 16 * 16;
            var header = new tpacket3_hdr
            {
                tp_next_offset = index == frames.Length - 1 ? 0u : (uint)size,
                tp_sec = 1_000,
                tp_nsec = 2_000,
                tp_snaplen = (uint)frames[index].Length,
                tp_len = 70,
                tp_mac = Mac,
                hv1 = new tpacket_hdr_variant1 { tp_vlan_tci = 0x1234 },
            };
            var seen = new sockaddr_ll { sll_family = Packet.AF_PACKET, sll_ifindex = 3, sll_pkttype = 4 };
            NativeStruct.AsBytes(header).CopyTo(block.AsSpan(at));
            NativeStruct.AsBytes(seen).CopyTo(block.AsSpan(at + 48));
            frames[index].CopyTo(block.AsSpan(at + Mac));
            at += size;
        }

        var description = new tpacket_block_desc { hdr = new tpacket_hdr_v1 { block_status = 1, num_pkts = (uint)frames.Length, offset_to_first_pkt = 48, blk_len = (uint)at } };
        NativeStruct.AsBytes(description).CopyTo(block);
        return block[..Math.Max(at, 64)];
    }

    private static void Put(byte[] block, int offset, uint value) => MemoryMarshal.Write(block.AsSpan(offset), value);

    private static int Sum(byte[] block)
    {
        RingBlock.TryBegin(block, out RingPosition position);
        long malformed = 0;
        int sum = 0;
        while (RingBlock.TryTake(block, Headroom, ref position, ref malformed, out tpacket3_hdr header, out _, out int start))
        {
            sum += block.AsSpan(start, (int)header.tp_snaplen).Length;
        }

        return sum;
    }

    private static List<byte[]> Walk(byte[] block, out long malformed)
    {
        var frames = new List<byte[]>();
        malformed = 0;
        if (!RingBlock.TryBegin(block, out RingPosition position))
        {
            return frames;
        }

        while (RingBlock.TryTake(block, Headroom, ref position, ref malformed, out tpacket3_hdr header, out _, out int start))
        {
            // What the device writes in front of a frame stays inside the record's headroom.
            Assert.True(start - Headroom >= RingBlock.RecordHeaderSize);
            frames.Add(block.AsSpan(start, (int)header.tp_snaplen).ToArray());
        }

        return frames;
    }
}
