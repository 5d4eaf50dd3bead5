using System.Runtime.InteropServices;
using Sonde.Link.Windows;
using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.Link.Tests.Windows;

public sealed class NpcapProgramTests
{
    private static readonly MacAddress s_own = MacAddress.Parse("02:00:5e:10:00:01");

    [Theory]
    [InlineData("02:00:5e:10:00:01", FrameDirections.Outbound)]
    [InlineData("02:00:5e:10:00:02", FrameDirections.Inbound)] // the last byte differs
    [InlineData("02:00:5e:11:00:01", FrameDirections.Inbound)] // the fourth
    [InlineData("03:00:5e:10:00:01", FrameDirections.Inbound)] // the first
    [InlineData("02:00:5e:10:01:01", FrameDirections.Inbound)] // the fifth
    public void The_source_says_which_way_a_frame_goes(string source, FrameDirections way)
    {
        byte[] frame = Frame(source, 0x0800);

        foreach (FrameDirections asked in (FrameDirections[])[FrameDirections.None, FrameDirections.Inbound, FrameDirections.Outbound, FrameDirections.Both])
        {
            Assert.Equal((asked & way) != FrameDirections.None, Passes([], asked, 0, frame));
            Assert.Equal(way == FrameDirections.Outbound, FrameEnds.Of(frame, s_own).Direction == Packets.Files.PacketDirection.Outbound);
        }
    }

    [Fact]
    public void Direction_type_and_filter_must_all_agree()
    {
        BpfInstruction[] filter = PacketFilter.Compile("greater 70", LinkType.Ethernet).Program.ToArray();
        byte[] frame = Frame("02:00:5e:10:00:02", 0x88A4);

        Assert.True(Passes(filter, FrameDirections.Inbound, 0x88A4, [.. frame, .. new byte[20]]));
        Assert.False(Passes(filter, FrameDirections.Inbound, 0x88A4, frame));
        Assert.False(Passes(filter, FrameDirections.Inbound, 0x88A5, [.. frame, .. new byte[20]]));
        Assert.False(Passes(filter, FrameDirections.Outbound, 0x88A4, [.. frame, .. new byte[20]]));
    }

    [Fact]
    public void A_filter_decides_behind_any_preamble_as_it_does_alone()
    {
        BpfInstruction[] filter = PacketFilter.Compile("tcp port 443 or (udp and port 53) or arp", LinkType.Ethernet).Program.ToArray();
        var random = new Random(7);
        for (int i = 0; i < 3000; i++)
        {
            byte[] frame = new byte[64];
            random.NextBytes(frame);
            Frame("02:00:5e:10:00:02", (ushort)(i % 2 == 0 ? 0x0800 : 0x0806)).AsSpan(0, 14).CopyTo(frame);
            frame[14] = 0x45;
            frame[23] = (byte)(i % 3 == 0 ? 6 : 17);
            frame[36] = 0;
            frame[37] = (byte)(i % 5 == 0 ? 53 : 1);

            bool alone = BpfProgram.Run(filter, frame, frame.Length) != 0;
            Assert.Equal(alone, Passes(filter, FrameDirections.Inbound, 0, frame));
        }
    }

    [Fact]
    public void Every_program_is_one_that_a_kernel_takes_and_the_snap_length_is_its_answer()
    {
        foreach (FrameDirections asked in (FrameDirections[])[FrameDirections.None, FrameDirections.Inbound, FrameDirections.Outbound, FrameDirections.Both])
        {
            foreach (ushort type in (ushort[])[0, 0x88A4])
            {
                Assert.True(BpfProgram.IsValid(NpcapProgram.Build([], asked, s_own, type, 96)));
            }
        }

        Assert.Equal(96u, BpfProgram.Run(NpcapProgram.Build([], FrameDirections.Both, s_own, 0, 96), new byte[200], 200));
    }

    [Theory]
    [InlineData("ip and not tcp", false)]
    [InlineData("tcp port 80", false)]
    public void A_filter_over_bytes_runs_in_the_driver(string filter, bool asks) =>
        Assert.Equal(asks, NpcapProgram.AsksForMetadata(PacketFilter.Compile(filter, LinkType.Ethernet).Program));

    [Fact]
    public void A_load_of_what_Linux_knows_beside_the_bytes_is_noticed_and_a_constant_is_not()
    {
        Assert.True(NpcapProgram.AsksForMetadata([new BpfInstruction(0x20, 0, 0, 0xFFFF_F008), new BpfInstruction(0x16, 0, 0, 0)]));
        Assert.True(NpcapProgram.AsksForMetadata([new BpfInstruction(0x30, 0, 0, 0xFFFF_F004), new BpfInstruction(0x16, 0, 0, 0)]));
        Assert.False(NpcapProgram.AsksForMetadata([new BpfInstruction(0x00, 0, 0, 0xFFFF_F008), new BpfInstruction(0x16, 0, 0, 0)]));
        Assert.False(NpcapProgram.AsksForMetadata([new BpfInstruction(0x15, 0, 0, 0xFFFF_F008), new BpfInstruction(0x06, 0, 0, 0xFFFF_F008)]));
    }

    [Fact]
    public void An_instruction_has_the_eight_bytes_of_the_C_struct()
    {
        BpfInstruction[] one = [new(0x0102, 3, 4, 0x05060708)];

        Assert.Equal([2, 1, 3, 4, 8, 7, 6, 5], MemoryMarshal.AsBytes(one.AsSpan()).ToArray());
    }

    private static bool Passes(BpfInstruction[] filter, FrameDirections directions, ushort type, byte[] frame) =>
        BpfProgram.Run(NpcapProgram.Build(filter, directions, s_own, type, 262_144), frame, frame.Length) != 0;

    private static byte[] Frame(string source, ushort type)
    {
        byte[] frame = new byte[60];
        s_own.TryWriteBytes(frame);
        MacAddress.Parse(source).TryWriteBytes(frame.AsSpan(6));
        frame[12] = (byte)(type >> 8);
        frame[13] = (byte)type;
        return frame;
    }
}
