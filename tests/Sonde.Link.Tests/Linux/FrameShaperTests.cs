using Sonde.Interop.Linux;
using Sonde.Link.Linux;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Filters;

namespace Sonde.Link.Tests.Linux;

/// <summary>From what the kernel delivers to a frame.</summary>
public sealed class FrameShaperTests
{
    private const int Start = 64;
    private static readonly byte[] s_udp = Convert.FromHexString("0102030405060A0B0C0D0E0F0800" + "4500001C0000400040110000C0000201C0000202" + "0001003500080000");

    [Fact]
    public void A_tag_that_was_taken_out_stands_in_its_place_again()
    {
        var shaper = new FrameShaper(LinkType.Ethernet, 1000, null);

        Assert.True(shaper.TryShape(Memory(s_udp), Start, s_udp.Length, (uint)s_udp.Length, Tagged(0x88A8), out Frame frame));

        Assert.Equal("0102030405060A0B0C0D0E0F" + "88A82123" + "0800" + Convert.ToHexString(s_udp.AsSpan(14)), Convert.ToHexString(frame.Data));
        Assert.Equal((s_udp.Length + 4, 0x88A8, 0x2123, false), (frame.WireLength, frame.VlanProtocol, frame.VlanTag, frame.IsCut));
    }

    [Fact]
    public void A_tag_whose_protocol_is_not_told_is_the_usual_one()
    {
        var shaper = new FrameShaper(LinkType.Ethernet, 1000, null);
        FrameFacts facts = Tagged(0) with { Status = Packet.TP_STATUS_VLAN_VALID };

        Assert.True(shaper.TryShape(Memory(s_udp), Start, s_udp.Length, (uint)s_udp.Length, facts, out Frame frame));

        Assert.Equal(0x8100, frame.VlanProtocol);
        Assert.Equal([0x81, 0x00], frame.Data.Slice(12, 2).ToArray());
    }

    [Theory]
    [InlineData(13)]
    [InlineData(12)]
    [InlineData(5)]
    [InlineData(1)]
    public void A_frame_cut_short_is_the_beginning_of_the_tagged_frame(int captured)
    {
        var shaper = new FrameShaper(LinkType.Ethernet, 1000, null);
        string whole = "0102030405060A0B0C0D0E0F" + "81002123" + "0800";

        Assert.True(shaper.TryShape(Memory(s_udp), Start, captured, (uint)s_udp.Length, Tagged(0x8100), out Frame frame));

        Assert.StartsWith(Convert.ToHexString(frame.Data), whole, StringComparison.Ordinal);
        Assert.True(frame.IsCut);
        Assert.Equal(1, shaper.Cut);
    }

    [Fact]
    public void A_frame_with_its_tag_is_no_longer_than_the_snap_length()
    {
        var shaper = new FrameShaper(LinkType.Ethernet, 20, null);

        Assert.True(shaper.TryShape(Memory(s_udp), Start, 20, (uint)s_udp.Length, Tagged(0x8100), out Frame frame));

        Assert.Equal((20, s_udp.Length + 4), (frame.Data.Length, frame.WireLength));
    }

    [Fact]
    public void A_cooked_frame_gets_its_header_and_its_tag()
    {
        var shaper = new FrameShaper(LinkType.LinuxSll2, 1000, null);
        ReadOnlySpan<byte> packet = s_udp.AsSpan(14);

        Assert.True(shaper.TryShape(Memory(packet), Start, packet.Length, (uint)packet.Length, Tagged(0x8100), out Frame frame));

        Assert.Equal("8100" + "0000" + "00000005" + "0001" + "0306" + "0A0B0C0D0E0F0000" + "2123" + "0800" + Convert.ToHexString(packet), Convert.ToHexString(frame.Data));
        Assert.Equal(packet.Length + 24, frame.WireLength);
    }

    [Fact]
    public void A_filter_of_this_process_sees_the_frame_as_the_kernel_would_and_counts_what_it_turns_away()
    {
        PacketFilterOptions vlan = new() { VlanInMetadata = true };
        foreach ((string filter, bool passes) in new[] { ("vlan 291", true), ("vlan 5", false), ("udp port 53", true), ("tcp", false), ("outbound", false) })
        {
            var shaper = new FrameShaper(LinkType.Ethernet, 1000, PacketFilter.Compile(filter, LinkType.Ethernet, vlan).Program.ToArray());

            bool passed = shaper.TryShape(Memory(s_udp), Start, s_udp.Length, (uint)s_udp.Length, Tagged(0x8100), out _);

            Assert.Equal((filter, passes, passes ? 0 : 1), (filter, passed, (int)shaper.Filtered));
        }
    }

    [Theory]
    [InlineData(0, PacketDirection.Inbound, FrameAudience.ThisHost)]
    [InlineData(1, PacketDirection.Inbound, FrameAudience.Broadcast)]
    [InlineData(2, PacketDirection.Inbound, FrameAudience.Multicast)]
    [InlineData(3, PacketDirection.Inbound, FrameAudience.OtherHost)]
    [InlineData(4, PacketDirection.Outbound, FrameAudience.Unknown)]
    [InlineData(200, PacketDirection.Inbound, FrameAudience.Unknown)]
    public void The_way_and_the_audience_are_the_kernels(byte type, PacketDirection direction, FrameAudience audience)
    {
        var shaper = new FrameShaper(LinkType.Ethernet, 1000, null);
        var facts = new FrameFacts(new sockaddr_ll { sll_pkttype = type }, 0, 0, 0, 5, FrameClock.Kernel);

        Assert.True(shaper.TryShape(Memory(s_udp), Start, s_udp.Length, (uint)s_udp.Length, facts, out Frame frame));

        Assert.Equal((direction, audience, 5L, 0), (frame.Direction, frame.Audience, frame.TimestampNanoseconds, frame.VlanTag));
    }

    [Fact]
    public void A_length_that_is_no_length_is_bounded()
    {
        var shaper = new FrameShaper(LinkType.LinuxSll2, 1000, null);

        Assert.True(shaper.TryShape(Memory(s_udp), Start, s_udp.Length, uint.MaxValue, Tagged(0x8100), out Frame frame));

        Assert.True(frame.WireLength > 0);
    }

    private static byte[] Memory(ReadOnlySpan<byte> delivered)
    {
        byte[] memory = new byte[Start + delivered.Length];
        memory.AsSpan().Fill(0xEE);
        delivered.CopyTo(memory.AsSpan(Start));
        return memory;
    }

    private static FrameFacts Tagged(ushort protocol)
    {
        var seen = new sockaddr_ll
        {
            sll_protocol = 0x0008,
            sll_ifindex = 5,
            sll_hatype = 1,
            sll_pkttype = 3,
            sll_halen = 6,
            sll_addr = 0xEEEE_0F0E_0D0C_0B0A,
        };
        return new FrameFacts(seen, Packet.TP_STATUS_VLAN_VALID | Packet.TP_STATUS_VLAN_TPID_VALID, 0x2123, protocol, 1, FrameClock.Kernel);
    }
}
