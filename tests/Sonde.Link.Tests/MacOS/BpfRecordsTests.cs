using System.Buffers.Binary;
using Sonde.Link.MacOS;
using Sonde.Packets.Files;
using Sonde.Testing;

namespace Sonde.Link.Tests.MacOS;

public sealed class BpfRecordsTests
{
    [Fact]
    public void All_frames_of_a_read_are_found_and_not_the_first_alone()
    {
        byte[] read = BpfBytes.Read(
            BpfBytes.Record(BpfBytes.Frame(60, number: 1), microseconds: 5),
            BpfBytes.Record(BpfBytes.Frame(61, number: 2), microseconds: 999_999),
            BpfBytes.Record(BpfBytes.Frame(1514, number: 3), seconds: 1_700_000_001));

        List<BpfRecord> records = All(read, out int torn);

        Assert.Equal([60, 61, 1514], records.Select(record => record.Length));
        Assert.Equal([1, 2, 3], records.Select(record => (int)read[record.Start + record.Length - 1]));
        Assert.Equal(
            [1_700_000_000_000_005_000, 1_700_000_000_999_999_000, 1_700_000_001_000_000_000],
            records.Select(record => record.TimestampNanoseconds));
        Assert.Equal(0, torn);
    }

    [Fact]
    public void The_captured_length_and_not_the_one_on_the_wire_says_how_many_bytes_there_are()
    {
        byte[] read = BpfBytes.Read(BpfBytes.Record(BpfBytes.Frame(40), wireLength: 1514), BpfBytes.Record(BpfBytes.Frame(60)));

        Assert.Equal([(40, 1514), (60, 60)], All(read, out _).Select(record => (record.Length, record.WireLength)));
    }

    [Theory]
    [InlineData(18)] // Ethernet
    [InlineData(20)] // BSD loopback, bare IP
    [InlineData(26)] // more than any known
    public void The_frame_begins_where_its_own_header_says(int header)
    {
        byte[] read = BpfBytes.Read(BpfBytes.Record([1, 2, 3, 4, 5], header: header), BpfBytes.Record([6, 7], header: header));

        List<BpfRecord> records = All(read, out int torn);

        Assert.Equal([header, header], [records[0].Start, records[1].Start - ((header + 5 + 3) & ~3)]);
        Assert.Equal([6, 7], read[records[1].Start..(records[1].Start + records[1].Length)]);
        Assert.Equal(0, torn);
    }

    [Fact]
    public void The_next_frame_is_found_behind_every_length()
    {
        for (int length = 0; length < 20; length++)
        {
            byte[] read = BpfBytes.Read(BpfBytes.Record(new byte[length]), BpfBytes.Record([7]));
            List<BpfRecord> records = All(read, out int torn);

            Assert.Equal([length, 1], records.Select(record => record.Length));
            Assert.Equal(7, read[records[1].Start]);
            Assert.Equal(0, torn);
        }
    }

    [Fact]
    public void The_last_record_may_be_18_bytes_of_header_and_nothing_else()
    {
        BpfRecord record = Assert.Single(All(BpfBytes.Record([]), out int torn));

        Assert.Equal((18, 0, 0, 0), (record.Start, record.Length, record.WireLength, torn));
    }

    [Fact]
    public void An_empty_read_has_no_frames_and_no_fault()
    {
        Assert.Empty(All([], out int torn));
        Assert.Equal(0, torn);
    }

    [Theory]
    [InlineData(0, 0u)] // a header of no length: a loop that believes it never ends
    [InlineData(17, 0u)]
    [InlineData(18, 61u)] // one byte more than there is
    [InlineData(79, 0u)]
    [InlineData(65535, 0u)]
    [InlineData(18, 0x7FFF_FFFFu)]
    [InlineData(18, 0xFFFF_FFFFu)]
    [InlineData(18, 0xFFFF_FFEEu)] // 18 more than this is 0 in 32 bits
    [InlineData(65535, 0xFFFF_FFFFu)]
    public void A_record_that_cannot_be_ends_the_read_and_is_counted_once(int header, uint captured)
    {
        byte[] good = BpfBytes.Record(BpfBytes.Frame(60));
        byte[] bad = BpfBytes.Record(BpfBytes.Frame(60));
        BinaryPrimitives.WriteUInt32LittleEndian(bad.AsSpan(8), captured);
        BinaryPrimitives.WriteUInt16LittleEndian(bad.AsSpan(16), (ushort)header);

        Assert.Single(All(BpfBytes.Read(good, bad), out int torn));
        Assert.Equal(1, torn);
    }

    [Fact]
    public void A_length_on_the_wire_is_never_less_than_what_was_captured_nor_negative()
    {
        byte[] shorter = BpfBytes.Record(BpfBytes.Frame(60));
        BinaryPrimitives.WriteUInt32LittleEndian(shorter.AsSpan(12), 10);
        byte[] huge = BpfBytes.Record(BpfBytes.Frame(60));
        BinaryPrimitives.WriteUInt32LittleEndian(huge.AsSpan(12), 0xFFFF_FFFF);

        Assert.Equal([60, int.MaxValue], All(BpfBytes.Read(shorter, huge), out _).Select(record => record.WireLength));
    }

    [Fact]
    public void Seconds_have_no_sign_so_that_they_last_until_2106()
    {
        BpfRecord record = Assert.Single(All(BpfBytes.Record([1], seconds: 0xF000_0000, microseconds: 1), out _));

        Assert.Equal(0xF000_0000L * 1_000_000_000 + 1000, record.TimestampNanoseconds);
    }

    [Fact]
    public void The_extended_header_tells_the_direction_in_each_release()
    {
        byte[] now = BpfBytes.Read(BpfBytes.Extended([1], outbound: true), BpfBytes.Extended([2], outbound: false));
        byte[] before = BpfBytes.Read(BpfBytes.EarlyExtended([1], outbound: true), BpfBytes.EarlyExtended([2], outbound: false));

        Assert.Equal([PacketDirection.Outbound, PacketDirection.Inbound], All(now, out _, extended: true).Select(record => record.Direction));
        Assert.Equal([PacketDirection.Outbound, PacketDirection.Inbound], All(before, out _, extended: true).Select(record => record.Direction));
    }

    [Fact]
    public void Without_the_extended_header_no_direction_is_made_up()
    {
        byte[] plain = BpfBytes.Record([0xFF, 0xFF, 0xFF, 0xFF]);

        Assert.Equal(PacketDirection.Unknown, Assert.Single(All(plain, out _)).Direction);

        // Asked for, and yet the kernel sent the short one: its bytes 18 and 19 are the frame's.
        Assert.Equal(PacketDirection.Unknown, Assert.Single(All(plain, out _, extended: true)).Direction);
    }

    [Fact]
    public void Every_prefix_of_a_read_gives_its_whole_frames_and_says_when_one_is_torn()
    {
        byte[] read = BpfBytes.Read(
            BpfBytes.Extended(BpfBytes.Frame(60), outbound: true),
            BpfBytes.Record(BpfBytes.Frame(33)),
            BpfBytes.Record(BpfBytes.Frame(14)));
        List<BpfRecord> whole = All(read, out _, extended: true);
        Assert.Equal(3, whole.Count);

        for (int length = 0; length <= read.Length; length++)
        {
            List<BpfRecord> records = All(read.AsSpan(0, length), out int torn, extended: true);
            int complete = whole.Count(record => record.Start + record.Length <= length);
            int ends = complete == 0 ? 0 : whole[complete - 1].Start + whole[complete - 1].Length;

            Assert.Equal(whole[..complete], records);
            Assert.Equal(length > ((ends + 3) & ~3) ? 1 : 0, torn);
        }
    }

    [Fact]
    public void Whatever_the_bytes_the_walk_ends_and_stays_inside()
    {
        var random = new Random(18);
        byte[] good = BpfBytes.Read(
            [.. Enumerable.Range(0, 20).Select(number => BpfBytes.Record(BpfBytes.Frame(60 + number), wireLength: 100 + number))]);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] read = good.AsSpan(0, random.Next(good.Length + 1)).ToArray();
            for (int change = random.Next(6); change > 0 && read.Length > 0; change--)
            {
                read[random.Next(read.Length)] = (byte)random.Next(256);
            }

            List<BpfRecord> records = All(read, out int torn, extended: round % 2 == 0);

            Assert.InRange(records.Count, 0, (read.Length / BpfRecords.HeaderBytes) + 1);
            Assert.InRange(torn, 0, 1);
            int end = 0;
            foreach (BpfRecord record in records)
            {
                Assert.InRange(record.Start, end + BpfRecords.HeaderBytes, read.Length);
                Assert.InRange(record.Length, 0, read.Length - record.Start);
                Assert.True(record.WireLength >= record.Length);
                end = record.Start + record.Length;
            }
        }
    }

    [Fact]
    public void A_walk_allocates_nothing()
    {
        byte[] read = BpfBytes.Read([.. Enumerable.Range(0, 100).Select(number => BpfBytes.Record(BpfBytes.Frame(60)))]);
        Assert.Equal(100, Count(read));

        int count = 0;
        Assert.Equal(0, AllocationWatch.Least(() => count = Count(read)));
        Assert.Equal(100, count);

        static int Count(ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            int count = 0;
            while (BpfRecords.TryTake(bytes, isExtended: true, ref at, out _, out _))
            {
                count++;
            }

            return count;
        }
    }

    private static List<BpfRecord> All(ReadOnlySpan<byte> bytes, out int torn, bool extended = false)
    {
        var records = new List<BpfRecord>();
        int at = 0;
        int before = -1;
        torn = 0;
        while (BpfRecords.TryTake(bytes, extended, ref at, out BpfRecord record, out bool isTorn))
        {
            Assert.True(at > before, "the walk does not advance");
            Assert.False(isTorn);
            before = at;
            records.Add(record);
        }

        // The end stays the end, and what is torn is told once.
        at = 0;
        bool more = true;
        while (more)
        {
            more = BpfRecords.TryTake(bytes, extended, ref at, out _, out bool isTorn);
            torn += isTorn ? 1 : 0;
        }

        Assert.False(BpfRecords.TryTake(bytes, extended, ref at, out _, out bool again));
        Assert.False(again);
        return records;
    }
}
