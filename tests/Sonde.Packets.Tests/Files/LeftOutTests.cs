using System.Net;
using Sonde.Packets.Files;

namespace Sonde.Packets.Tests.Files;

/// <summary>What a writer cannot keep is counted or refused, never dropped in silence.</summary>
public sealed class LeftOutTests
{
    [Theory]
    [InlineData(false, 1)] // the option that its vendor forbids to copy
    [InlineData(true, 2)] // and the one whose fields nobody here knows
    public void Options_that_a_copy_lacks_are_counted(bool intoBigEndian, long expected)
    {
        byte[] source = Block(6, [.. new byte[12], .. Word(4), .. Word(4), 1, 2, 3, 4, .. Option(1, "hi"u8), .. Option(999, [1, 2]), .. Option(19372, [0, 0, 0, 1, 9])]);
        using var target = new MemoryStream();
        using var writer = new PcapNgWriter(target, new PcapNgWriterOptions { Section = new CaptureSection { IsBigEndian = intoBigEndian }, LeaveOpen = true });
        using CaptureReader reader = CaptureReader.Open(new MemoryStream([.. Section, .. Interface, .. source]));
        Assert.True(reader.TryRead(out CapturedPacket packet));

        writer.Write(writer.AddInterface(packet.Interface), packet);

        Assert.Equal(expected, writer.OptionsNotCopied);
    }

    [Fact]
    public void Names_keep_their_other_records_and_options_in_the_other_byte_order_and_the_unknown_are_counted()
    {
        byte[] names = Block(4, [.. Option(1, [10, 0, 0, 1, .. "a\0"u8]), .. Option(3, [2, 0, 0, 0, 0, 1, .. "mac\0"u8]), .. Option(77, [1]), 0, 0, 0, 0, .. Option(2, "dns"u8), .. Option(50, [1])]);
        using var target = new MemoryStream();
        using (var writer = new PcapNgWriter(target, new PcapNgWriterOptions { Section = new CaptureSection { IsBigEndian = true }, LeaveOpen = true }))
        using (CaptureReader reader = CaptureReader.Open(new MemoryStream([.. Section, .. names])))
        {
            var blocks = (PcapNgReader)reader;
            Assert.True(blocks.TryReadBlock(out _));
            Assert.True(blocks.TryReadBlock(out PcapNgBlock block));

            Assert.True(writer.TryCopy(block));

            Assert.Equal((2L, 0L), (writer.OptionsNotCopied, writer.BlocksNotCopied));
        }

        string written = Convert.ToHexString(target.ToArray());
        Assert.Contains("0003000A020000000001" + Convert.ToHexString("mac\0"u8), written, StringComparison.Ordinal);
        Assert.Contains("00020003" + Convert.ToHexString("dns"u8), written, StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_beyond_the_snap_length_are_cut_and_counted()
    {
        using var writer = new PcapNgWriter(new MemoryStream());
        writer.AddInterface(new CaptureInterface { LinkType = LinkType.Ethernet, SnapLength = 3 });
        writer.Write([1, 2, 3], 3, 0);
        writer.Write([1, 2, 3, 4], 4, 0);

        Assert.Equal(1, writer.PacketsCut);
    }

    [Fact]
    public void A_name_that_no_record_holds_is_refused()
    {
        using var writer = new PcapNgWriter(new MemoryStream());

        writer.WriteNames(new ResolvedName(IPAddress.Loopback, new string('a', 65_518)));
        Assert.Throws<ArgumentException>(() => writer.WriteNames(new ResolvedName(IPAddress.Loopback, new string('a', 65_519))));
    }

    [Fact]
    public void A_link_type_that_pcapng_has_no_room_for_is_refused()
    {
        using var writer = new PcapNgWriter(new MemoryStream());

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddInterface(new CaptureInterface { LinkType = (LinkType)65_536 }));
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(30, 30)]
    [InlineData(3, null)]
    [InlineData(255, null)]
    public void A_check_sequence_whose_length_pcap_cannot_say_is_not_told_wrongly(int given, int? told)
    {
        using var target = new MemoryStream();
        using (var writer = new PcapWriter(target, new PcapWriterOptions { FcsLength = given, LeaveOpen = true }))
        {
            writer.Flush();
        }

        target.Position = 0;
        using CaptureReader reader = CaptureReader.Open(target);
        Assert.Equal(told, reader.Interfaces[0].FcsLength);
        Assert.Equal(LinkType.Ethernet, reader.Interfaces[0].LinkType);
    }

    private static byte[] Section => Block(0x0A0D0D0A, [.. Word(0x1A2B3C4D), 1, 0, 0, 0, .. Word(uint.MaxValue), .. Word(uint.MaxValue)]);

    private static byte[] Interface => Block(1, [1, 0, 0, 0, .. Word(0)]);

    private static byte[] Word(uint value) => BitConverter.GetBytes(value);

    private static byte[] Option(ushort code, ReadOnlySpan<byte> value) =>
        [.. BitConverter.GetBytes(code), .. BitConverter.GetBytes((ushort)value.Length), .. value, .. new byte[(4 - (value.Length % 4)) % 4]];

    private static byte[] Block(uint type, byte[] body) => [.. Word(type), .. Word((uint)body.Length + 12), .. body, .. Word((uint)body.Length + 12)];
}
