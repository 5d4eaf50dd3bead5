using Sonde.Packets.Files;
using Sonde.Testing;

namespace Sonde.Packets.Tests.Files;

public sealed class CaptureWriterTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_disk_is_an_io_exception_and_leaves_whole_records(bool ng)
    {
        var disk = new FullDiskStream(1_000_000);
        CaptureWriter writer = ng ? NgWriter(disk) : new PcapWriter(disk);
        byte[] packet = new byte[1001];

        IOException failure = Assert.Throws<IOException>(() => WriteMany(writer, packet, 2000));
        Assert.Contains("No space", failure.Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => writer.Write(packet, packet.Length, 1));
        writer.Dispose();

        Captures.Result result = Captures.Read(disk.ToArray());
        Assert.Equal(CaptureEndingKind.Clean, result.Ending.Kind);
        Assert.InRange(result.Packets.Count, 700, 990);
        Assert.Equal(writer.PacketsOnStream, result.Packets.Count);
        Assert.True(writer.Packets > writer.PacketsOnStream);
    }

    [Fact]
    public void A_disk_that_is_full_at_the_end_fails_the_close()
    {
        var writer = new PcapWriter(new FullDiskStream(30));
        writer.Write(new byte[100], 100, 1);

        Assert.Throws<IOException>(writer.Dispose);
        writer.Dispose(); // the second time is quiet
    }

    [Fact]
    public void A_flush_makes_a_whole_file_of_what_was_written()
    {
        var stream = new MemoryStream();
        using PcapNgWriter writer = NgWriter(stream);
        Assert.Equal(0, stream.Length);

        writer.Write([1, 2, 3], 3, 1);
        writer.Flush();

        Assert.Equal(writer.Length, stream.Length);
        Assert.Single(Captures.Read(stream.ToArray()).Packets);
    }

    [Fact]
    public void A_stream_is_left_open_if_that_is_asked_for()
    {
        var stream = new MemoryStream();
        new PcapWriter(stream, new PcapWriterOptions { LeaveOpen = true }).Dispose();
        Assert.True(stream.CanWrite);
        new PcapWriter(stream).Dispose();
        Assert.False(stream.CanWrite);
    }

    [Fact]
    public void A_packet_needs_an_interface_that_was_added()
    {
        using var writer = new PcapNgWriter(Stream.Null);
        Assert.Throws<InvalidOperationException>(() => writer.Write([1], 1, 1));
        writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet });
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write(1, [1], 1, 1));
    }

    [Fact]
    public void Packets_are_cut_to_the_snap_length_and_keep_their_wire_length()
    {
        var stream = new MemoryStream();
        using (var writer = new PcapNgWriter(stream))
        {
            writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet, SnapLength = 2 });
            writer.Write([1, 2, 3], 3, 1);
        }

        Captures.Packet packet = Assert.Single(Captures.Read(stream.ToArray()).Packets);
        Assert.Equal(("0102", 3L), (packet.Data, packet.WireLength));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writing_packets_allocates_nothing(bool ng)
    {
        using CaptureWriter writer = ng ? NgWriter(Stream.Null) : new PcapWriter(Stream.Null);
        byte[] packet = new byte[1000];
        WriteMany(writer, packet, 1000);

        Assert.Equal(0, AllocationWatch.Least(() =>
        {
            WriteMany(writer, packet, 5000);
            if (writer is PcapNgWriter annotated)
            {
                for (int i = 0; i < 5000; i++)
                {
                    annotated.Write(0, packet, 1000, i, new PacketAnnotation { Comment = "remark"u8, Direction = PacketDirection.Inbound, DropCount = 3 });
                }
            }
        }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reading_packets_allocates_nothing(bool ng)
    {
        byte[] head, file;
        if (ng)
        {
            head = WrittenNg(0);
            file = WrittenNg(100);
        }
        else
        {
            head = WrittenPcap(0);
            file = WrittenPcap(100);
        }

        using CaptureReader reader = CaptureReader.Open(new EndlessStream(head, file[head.Length..]));
        Assert.Equal(5000, ReadSome(reader, 5000));

        int read = 0;
        long allocated = AllocationWatch.Least(() => read = ReadSome(reader, 20_000));

        Assert.Equal((20_000, 0L), (read, allocated));
    }

    private static byte[] WrittenNg(int count)
    {
        var stream = new MemoryStream();
        using (PcapNgWriter writer = NgWriter(stream))
        {
            for (int i = 0; i < count; i++)
            {
                writer.Write(0, new byte[i], i, i, i % 3 == 0 ? new PacketAnnotation { Comment = "x"u8, DropCount = 1 } : default);
            }
        }

        return stream.ToArray();
    }

    private static byte[] WrittenPcap(int count)
    {
        var stream = new MemoryStream();
        using (var writer = new PcapWriter(stream))
        {
            WriteMany(writer, new byte[77], count);
        }

        return stream.ToArray();
    }

    private static PcapNgWriter NgWriter(Stream stream)
    {
        var writer = new PcapNgWriter(stream);
        writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet });
        return writer;
    }

    private static void WriteMany(CaptureWriter writer, byte[] packet, int count)
    {
        for (int i = 0; i < count; i++)
        {
            writer.Write(packet, packet.Length, i);
        }
    }

    private static int ReadSome(CaptureReader reader, int count)
    {
        int read = 0;
        while (read < count && reader.TryRead(out CapturedPacket packet))
        {
            _ = packet.Direction;
            _ = packet.Comment;
            read++;
        }

        return read;
    }
}
