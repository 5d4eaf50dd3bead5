using System.Buffers.Binary;
using Sonde.Interop.MacOS;
using Sonde.Link.MacOS;
using Sonde.Packets;
using Sonde.Packets.Filters;
using Sonde.Testing;

namespace Sonde.Link.Tests.MacOS;

public sealed class MacOSFrameFilterTests
{
    private static readonly BpfInstruction s_returnAll = new(0x06, 0, 0, 262_144);

    [Fact]
    public void Without_a_filter_the_program_only_cuts()
    {
        MacOSFrameFilter filter = Create(new FrameDeviceOptions { SnapLength = 96 });

        Assert.Equal([new BpfInstruction(0x06, 0, 0, 96)], filter.Program.ToArray());
        Assert.True(filter.FitsKernel);
    }

    [Fact]
    public void A_filter_keeps_as_much_as_the_snap_length_says()
    {
        MacOSFrameFilter filter = Create(new FrameDeviceOptions { SnapLength = 96, Filter = "arp" });

        Assert.Equal(96u, Run(filter, BpfBytes.Frame(60, 0x0806)));
        Assert.Equal(0u, Run(filter, BpfBytes.Frame(60, 0x0800)));
    }

    [Fact]
    public void A_program_is_cut_to_the_snap_length_and_keeps_what_is_shorter()
    {
        // Frames of type 0x88A4 whole, others 14 bytes.
        BpfInstruction[] program = [new(0x28, 0, 0, 12), new(0x15, 0, 1, 0x88A4), s_returnAll, new(0x06, 0, 0, 14)];

        MacOSFrameFilter filter = Create(new FrameDeviceOptions { SnapLength = 64, Program = program });

        Assert.Equal((64u, 14u), (Run(filter, BpfBytes.Frame(200, 0x88A4)), Run(filter, BpfBytes.Frame(200))));
        Assert.Equal(262_144u, program[2].K); // the caller's own stays as it is
    }

    [Fact]
    public void An_EtherType_is_asked_for_before_the_filter()
    {
        MacOSFrameFilter filter = Create(new FrameDeviceOptions { EtherType = 0x88A4, Filter = "ether src 02:aa:bb:cc:dd:ee" });
        byte[] other = BpfBytes.Frame(60, 0x88A4);
        other[6] = 4;

        Assert.Equal(262_144u, Run(filter, BpfBytes.Frame(60, 0x88A4)));
        Assert.Equal(0u, Run(filter, BpfBytes.Frame(60, 0x0800)));
        Assert.Equal(0u, Run(filter, other));
        Assert.True(BpfProgram.IsValid(filter.Program));
    }

    [Fact]
    public void A_program_outranks_the_filter() =>
        Assert.Equal([s_returnAll], Create(new FrameDeviceOptions { Filter = "arp", Program = new[] { s_returnAll } }).Program.ToArray());

    [Fact]
    public void A_device_that_only_sends_is_shown_nothing() =>
        Assert.Equal(
            [new BpfInstruction(0x06, 0, 0, 0)],
            MacOSFrameFilter.Create(new FrameDeviceOptions { Filter = "arp" }, LinkType.Ethernet, showsNothing: true).Program.ToArray());

    [Fact]
    public void What_only_the_kernel_of_Linux_knows_is_asked_here()
    {
        Assert.False(Create(new FrameDeviceOptions { Filter = "outbound" }).FitsKernel);
        Assert.True(Create(new FrameDeviceOptions { Filter = "tcp port 443 and not net 10.0.0.0/8" }).FitsKernel);
    }

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void The_kernel_of_macOS_takes_512_instructions(int length, bool fits)
    {
        BpfInstruction[] program = [.. Enumerable.Repeat(new BpfInstruction(0x00, 0, 0, 1), length - 1), s_returnAll];

        Assert.Equal(fits, Create(new FrameDeviceOptions { Program = program }).FitsKernel);
    }

    [Fact]
    public void IPv6_is_family_30_before_frames_of_the_loopback()
    {
        MacOSFrameFilter filter = MacOSFrameFilter.Create(new FrameDeviceOptions { Filter = "ip6" }, LinkType.Null, showsNothing: false);
        byte[] frame = new byte[64];
        frame[4] = 0x60;
        BinaryPrimitives.WriteInt32LittleEndian(frame, 30);
        Assert.NotEqual(0u, Run(filter, frame));

        BinaryPrimitives.WriteInt32LittleEndian(frame, 10); // that of Linux
        Assert.Equal(0u, Run(filter, frame));
    }

    [Fact]
    public void The_kernel_is_given_the_same_instructions()
    {
        MacOSFrameFilter filter = Create(new FrameDeviceOptions { Filter = "tcp port 443" });

        bpf_insn[] instructions = MacOSFrameFilter.ToKernel(filter.Program);

        Assert.Equal(filter.Program.ToArray(), instructions.Select(one => new BpfInstruction(one.code, one.jt, one.jf, one.k)));
    }

    private static MacOSFrameFilter Create(FrameDeviceOptions options) => MacOSFrameFilter.Create(options, LinkType.Ethernet, showsNothing: false);

    private static uint Run(MacOSFrameFilter filter, byte[] frame) => BpfProgram.Run(filter.Program, frame, frame.Length);
}
