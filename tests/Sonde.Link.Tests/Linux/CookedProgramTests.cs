using Sonde.Link.Linux;
using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.Link.Tests.Linux;

/// <summary>Filters for cooked frames, as the kernel must be given them.</summary>
public sealed class CookedProgramTests
{
    // Codes of linux/bpf_common.h.
    private const ushort LoadWord = 0x20;
    private const ushort LoadHalf = 0x28;
    private const ushort LoadByte = 0x30;
    private const ushort LoadLength = 0x80;
    private const ushort LoadHalfAtIndex = 0x48;
    private const ushort IndexFromHeaderLength = 0xB1;
    private const ushort AddConstant = 0x04;
    private const ushort JumpAlways = 0x05;
    private const ushort JumpEqual = 0x15;
    private const ushort Return = 0x06;
    private const uint Ancillary = 0xFFFFF000;

    [Theory]
    [InlineData(LoadHalf, 0, Ancillary)] // SKF_AD_PROTOCOL
    [InlineData(LoadWord, 4, Ancillary + 8)] // SKF_AD_IFINDEX
    [InlineData(LoadHalf, 8, Ancillary + 28)] // SKF_AD_HATYPE
    [InlineData(LoadByte, 10, Ancillary + 4)] // SKF_AD_PKTTYPE
    [InlineData(LoadByte, 20, 0)]
    [InlineData(LoadHalf, 40, 20)]
    [InlineData(LoadHalfAtIndex, 22, 2)]
    [InlineData(IndexFromHeaderLength, 20, 0)]
    [InlineData(LoadHalf, Ancillary + 44, Ancillary + 44)]
    public void A_load_is_led_to_where_the_kernel_has_the_value(ushort code, uint offset, uint expected)
    {
        Assert.True(CookedProgram.TryRewrite([new(code, 0, 0, offset), new(Return, 0, 0, 1)], out BpfInstruction[]? rewritten));

        Assert.Equal([new(code, 0, 0, expected), new(Return, 0, 0, 1)], rewritten);
    }

    [Theory]
    [InlineData(LoadWord, 0)] // protocol and padding in one
    [InlineData(LoadByte, 1)]
    [InlineData(LoadByte, 11)] // the length of the address
    [InlineData(LoadWord, 12)] // the address
    [InlineData(LoadHalf, 19)] // half header, half payload
    [InlineData(LoadHalfAtIndex, 19)]
    [InlineData(IndexFromHeaderLength, 0)]
    [InlineData(0x81, 0)] // ldx len
    [InlineData(LoadByte, 0xFFF00000)] // SKF_NET_OFF
    public void What_the_kernel_does_not_tell_its_filters_is_left_to_this_process(ushort code, uint offset) =>
        Assert.False(CookedProgram.TryRewrite([new(code, 0, 0, offset), new(Return, 0, 0, 1)], out _));

    [Fact]
    public void The_length_counts_the_header_and_jumps_still_arrive()
    {
        BpfInstruction[] program =
        [
            new(JumpAlways, 0, 0, 1),
            new(Return, 0, 0, 7),
            new(JumpEqual, 2, 1, 0),
            new(Return, 0, 0, 8),
            new(LoadLength, 0, 0, 0),
            new(JumpEqual, 0, 1, 99),
            new(Return, 0, 0, 1),
            new(Return, 0, 0, 0),
        ];

        Assert.True(CookedProgram.TryRewrite(program, out BpfInstruction[]? rewritten));

        Assert.Equal(
            [
                new(JumpAlways, 0, 0, 1),
                new(Return, 0, 0, 7),
                new(JumpEqual, 3, 1, 0), // over the addition
                new(Return, 0, 0, 8),
                new(LoadLength, 0, 0, 0),
                new(AddConstant, 0, 0, 20),
                new(JumpEqual, 0, 1, 99),
                new(Return, 0, 0, 1),
                new(Return, 0, 0, 0),
            ],
            rewritten);
    }

    [Fact]
    public void A_jump_that_becomes_too_long_is_left_to_this_process()
    {
        BpfInstruction[] program =
        [
            new(JumpEqual, 255, 0, 0),
            .. Enumerable.Repeat(new BpfInstruction(LoadLength, 0, 0, 0), 255),
            new(Return, 0, 0, 1),
        ];

        Assert.False(CookedProgram.TryRewrite(program, out _));
    }

    [Theory]
    [InlineData("tcp port 443 and not net 10.0.0.0/8")]
    [InlineData("udp or icmp or arp")]
    [InlineData("ip6 and tcp")]
    [InlineData("inbound and greater 100")]
    [InlineData("ip[6:2] & 0x1fff != 0 or tcp[tcpflags] & tcp-syn != 0")]
    public void Filters_of_everyday_run_in_the_kernel(string filter)
    {
        PacketFilter compiled = PacketFilter.Compile(filter, LinkType.LinuxSll2);

        Assert.True(CookedProgram.TryRewrite(compiled.Program, out BpfInstruction[]? rewritten));
        Assert.True(BpfProgram.IsValid(rewritten));
    }
}
