using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Link.Linux;

namespace Sonde.Link.Tests.Linux;

/// <summary>Slots of a packet ring, true and hostile.</summary>
public sealed class RingSlotTests
{
    private const int Headroom = 4;

    [Fact]
    public void The_frame_of_a_slot_is_found_with_all_that_the_kernel_tells()
    {
        byte[] slot = Slot(RingSlot.HeaderSize + Headroom + 14, 60);

        Assert.True(RingSlot.TryRead(slot, Headroom, out tpacket2_hdr header, out sockaddr_ll seen));

        Assert.Equal((1500u, 3u, 4u, 0x123), (header.tp_len, header.tp_sec, header.tp_nsec, header.tp_vlan_tci));
        Assert.Equal((7, 2), (seen.sll_ifindex, seen.sll_pkttype));
    }

    [Theory]
    [InlineData(RingSlot.HeaderSize + Headroom - 1, 60)] // no room for what is put in front
    [InlineData(0, 60)]
    [InlineData(0xFFFF, 60)]
    [InlineData(100, 2048 - 99)]
    [InlineData(100, uint.MaxValue)]
    public void A_frame_outside_its_slot_is_none(int mac, uint length) => Assert.False(RingSlot.TryRead(Slot(mac, length), Headroom, out _, out _));

    [Fact]
    public void A_frame_that_fills_its_slot_is_one() => Assert.True(RingSlot.TryRead(Slot(100, 2048 - 100), Headroom, out _, out _));

    [Fact]
    public void Every_prefix_of_a_slot_is_survived()
    {
        byte[] slot = Slot(100, 60);
        for (int length = 0; length < slot.Length; length++)
        {
            Assert.Equal(length >= 160, RingSlot.TryRead(slot.AsSpan(0, length), Headroom, out _, out _));
        }
    }

    private static byte[] Slot(int mac, uint length)
    {
        byte[] slot = new byte[2048];
        var header = new tpacket2_hdr { tp_status = 1, tp_len = 1500, tp_snaplen = length, tp_mac = (ushort)mac, tp_sec = 3, tp_nsec = 4, tp_vlan_tci = 0x123 };
        NativeStruct.AsBytes(header).CopyTo(slot);
        NativeStruct.AsBytes(new sockaddr_ll { sll_ifindex = 7, sll_pkttype = 2 }).CopyTo(slot.AsSpan(32));
        return slot;
    }
}
