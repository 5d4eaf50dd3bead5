using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Link.Linux;
using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.Link.Tests.Linux;

/// <summary>Small translations between the kernel's words and ours.</summary>
public sealed class KernelFactsTests
{
    [Theory]
    [InlineData(1, LinkType.Ethernet)]
    [InlineData(772, LinkType.Ethernet)]
    [InlineData(0xFFFE, LinkType.Raw)]
    [InlineData(519, LinkType.Raw)]
    [InlineData(768, LinkType.Raw)]
    [InlineData(769, LinkType.Raw)]
    [InlineData(776, LinkType.Raw)]
    [InlineData(512, LinkType.LinuxSll2)]
    [InlineData(778, LinkType.LinuxSll2)]
    [InlineData(803, LinkType.LinuxSll2)]
    [InlineData(60_000, LinkType.LinuxSll2)]
    public void The_kind_of_hardware_decides_what_frames_begin_with(ushort kind, LinkType expected) => Assert.Equal(expected, HardwareKind.LinkTypeOf(kind));

    [Theory]
    [InlineData(FrameDirections.Inbound, false, false, 2, true)]
    [InlineData(FrameDirections.Inbound, false, true, 2, false)]
    [InlineData(FrameDirections.Outbound, false, false, 2, false)]
    [InlineData(FrameDirections.Outbound, false, true, 2, true)]
    [InlineData(FrameDirections.Both, true, false, 1, true)]
    [InlineData(FrameDirections.Both, true, true, 1, false)]
    [InlineData(FrameDirections.Both, true, true, 2, true)]
    [InlineData(FrameDirections.Outbound, true, true, 1, true)]
    [InlineData(FrameDirections.Both, false, true, 1, true)]
    public void The_way_a_frame_goes_is_decided_before_the_filter(FrameDirections directions, bool all, bool outgoing, int index, bool passes)
    {
        // The filter behind it counts on an accumulator of zero, as programs may.
        BpfInstruction[] program = [.. SocketProgram.Directions(directions, all), new(0x15, 0, 1, 0), new(6, 0, 0, 9), new(6, 0, 0, 0)];

        Assert.True(BpfProgram.IsValid(program));
        Assert.Equal(passes ? 9u : 0u, BpfProgram.Run(program, new byte[60], 60, new PacketMetadata(outgoing, index)));
    }

    [Theory]
    [InlineData(FanoutMode.Hash, false, 0x0000_0007)]
    [InlineData(FanoutMode.RoundRobin, false, 0x0001_0007)]
    [InlineData(FanoutMode.Queue, false, 0x0005_0007)]
    [InlineData(FanoutMode.Hash, true, unchecked((int)0x8000_0007))]
    public void A_group_is_asked_for_as_the_kernel_wants_it(FanoutMode mode, bool reassemble, int expected) =>
        Assert.Equal(expected, FanoutNumber.Of(new FanoutGroup(7, mode, reassemble)));

    [Theory]
    [InlineData(1, LinkFailure.AccessDenied, LinkFailure.AccessDenied)]
    [InlineData(13, LinkFailure.AccessDenied, LinkFailure.AccessDenied)]
    [InlineData(19, LinkFailure.NoSuchInterface, LinkFailure.InterfaceGone)]
    [InlineData(6, LinkFailure.NoSuchInterface, LinkFailure.InterfaceGone)]
    [InlineData(100, LinkFailure.InterfaceDown, LinkFailure.InterfaceDown)]
    [InlineData(90, LinkFailure.FrameTooLong, LinkFailure.FrameTooLong)]
    [InlineData(97, LinkFailure.NotSupported, LinkFailure.NotSupported)]
    [InlineData(12, LinkFailure.System, LinkFailure.System)]
    public void An_errno_becomes_a_failure_to_branch_on(int errno, LinkFailure opening, LinkFailure open) =>
        Assert.Equal((opening, open), (LinuxErrors.FailureOf(errno, isOpen: false), LinuxErrors.FailureOf(errno, isOpen: true)));

    [Fact]
    public void Control_messages_are_read_and_every_prefix_of_them_is_survived()
    {
        byte[] control =
        [
            .. Message(Packet.SOL_SOCKET, Packet.SO_TIMESTAMPNS, NativeStruct.AsBytes(new timespec { tv_sec = 3, tv_nsec = 4 })),
            .. Message(99, 99, [1, 2, 3]),
            .. Message(Packet.SOL_PACKET, Packet.PACKET_AUXDATA, NativeStruct.AsBytes(new tpacket_auxdata { tp_len = 1500, tp_vlan_tci = 7 })),
        ];

        AuxiliaryData told = AuxiliaryData.Parse(control);

        Assert.Equal((3_000_000_004, FrameClock.Kernel, true, 1500u, (ushort)7), (told.Time, told.Clock, told.HasPacket, told.Packet.tp_len, told.Packet.tp_vlan_tci));
        for (int length = 0; length < control.Length; length++)
        {
            Assert.Equal(length >= 32, AuxiliaryData.Parse(control.AsSpan(0, length)).Time != 0);
        }
    }

    [Theory]
    [InlineData(0, 0, 8, FrameClock.Hardware, 8)]
    [InlineData(5, 0, 8, FrameClock.Hardware, 8)]
    [InlineData(5, 0, 0, FrameClock.Kernel, 5)]
    [InlineData(0, 0, 0, FrameClock.None, 0)]
    public void The_cards_own_time_is_preferred_and_the_kernels_serves_without_it(long software, long middle, long hardware, FrameClock clock, long time)
    {
        byte[] times = [.. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(software), .. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(middle), .. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(hardware)];

        AuxiliaryData told = AuxiliaryData.Parse(Message(Packet.SOL_SOCKET, Packet.SO_TIMESTAMPING, times));

        Assert.Equal((clock, time), (told.Clock, told.Time));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(1000)]
    [InlineData(ulong.MaxValue)]
    public void A_control_message_whose_length_lies_ends_the_walk(ulong length)
    {
        byte[] control = Message(Packet.SOL_SOCKET, Packet.SO_TIMESTAMPNS, NativeStruct.AsBytes(new timespec { tv_sec = 3, tv_nsec = 4 }));
        BitConverter.TryWriteBytes(control, length);

        Assert.Equal(FrameClock.None, AuxiliaryData.Parse(control).Clock);
    }

    [Fact]
    public void Losses_of_a_link_are_those_that_the_taps_never_saw()
    {
        var counts = new rtnl_link_stats64 { rx_missed_errors = 3, rx_fifo_errors = 4, rx_dropped = 100, rx_errors = 100 };
        byte[] message = [.. new byte[16], .. Attribute(3, [1, 2, 3, 4]), .. Attribute(23, NativeStruct.AsBytes(counts))];

        Assert.Equal(7u, LinkLossCount.Of(message));
        for (int length = 0; length < message.Length; length++)
        {
            Assert.InRange(LinkLossCount.Of(message.AsSpan(0, length)), 0u, 7u);
        }
    }

    private static byte[] Attribute(ushort type, ReadOnlySpan<byte> value) => [.. BitConverter.GetBytes((ushort)(value.Length + 4)), .. BitConverter.GetBytes(type), .. value];

    private static byte[] Message(int level, int type, ReadOnlySpan<byte> data)
    {
        var header = new cmsghdr { cmsg_len = (nuint)(16 + data.Length), cmsg_level = level, cmsg_type = type };
        return [.. NativeStruct.AsBytes(header), .. data, .. new byte[(8 - (data.Length % 8)) % 8]];
    }
}
