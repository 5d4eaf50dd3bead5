using Sonde.Packets.Headers;

namespace Sonde.Packets.Tests.Headers;

public sealed class EthernetHeaderTests
{
    [Fact]
    public void An_Ethernet_II_frame_tells_stations_and_type()
    {
        byte[] frame = Convert.FromHexString("FFFFFFFFFFFF" + "020000000001" + "0806" + "AABB");
        Assert.True(EthernetHeader.TryParse(frame, out EthernetHeader header, out _));

        Assert.True(header.Destination.IsBroadcast);
        Assert.Equal("02:00:00:00:00:01", header.Source.ToString());
        Assert.Equal((EtherType.Arp, false, 2), (header.EtherType, header.HasLength, header.Payload.Length));
    }

    [Fact]
    public void An_802_3_frame_ends_where_its_length_says()
    {
        byte[] frame = Convert.FromHexString("0180C2000000" + "020000000001" + "0003" + "424203" + "0000000000");
        Assert.True(EthernetHeader.TryParse(frame, out EthernetHeader header, out _));
        Assert.Equal((EtherType.None, true), (header.EtherType, header.HasLength));
        Assert.Equal("424203", Convert.ToHexString(header.Payload));

        Assert.True(LlcHeader.TryParse(header.Payload, out LlcHeader llc, out _));
        Assert.Equal((0x42, 0x42, 3, false), (llc.DestinationServiceAccessPoint, llc.SourceServiceAccessPoint, llc.Control, llc.IsSnap));
        Assert.True(llc.Payload.IsEmpty);
    }

    [Fact]
    public void SNAP_names_its_content_by_an_EtherType()
    {
        Assert.True(LlcHeader.TryParse(Convert.FromHexString("AAAA03000000080045"), out LlcHeader llc, out _));
        Assert.Equal((true, 0, EtherType.IPv4, "45"), (llc.IsSnap, llc.Organization, llc.EtherType, Convert.ToHexString(llc.Payload)));

        Assert.True(LlcHeader.TryParse(Convert.FromHexString("AAAA0300000C200045"), out LlcHeader cisco, out _));
        Assert.Equal((0x0C, 0x2000, EtherType.None), (cisco.Organization, cisco.SnapProtocol, cisco.EtherType));
    }

    [Fact]
    public void A_numbered_LLC_frame_has_a_control_field_of_two_bytes()
    {
        Assert.True(LlcHeader.TryParse(Convert.FromHexString("F0F00102AA"), out LlcHeader llc, out _));
        Assert.Equal((false, 0x0201, "AA"), (llc.IsUnnumbered, llc.Control, Convert.ToHexString(llc.Payload)));
        Assert.False(LlcHeader.TryParse(Convert.FromHexString("F0F001"), out _, out _));
    }

    [Fact]
    public void A_VLAN_tag_tells_network_priority_and_what_follows()
    {
        Assert.True(VlanTag.TryParse(Convert.FromHexString("B00708004500"), out VlanTag tag, out _));
        Assert.Equal((7, 5, true, EtherType.IPv4, 2), (tag.Id, tag.Priority, tag.IsDropEligible, tag.EtherType, tag.Payload.Length));
        Assert.False(VlanTag.TryParse([1, 2, 3], out _, out PacketDefect defect));
        Assert.Equal(PacketDefect.Truncated, defect);
    }

    [Fact]
    public void Tags_are_looked_through_up_to_a_bound()
    {
        for (int tags = 0; tags <= LinkHeader.MaxVlanTags + 1; tags++)
        {
            byte[] frame = Convert.FromHexString("FFFFFFFFFFFF020000000001" + string.Concat(Enumerable.Range(1, tags).Select(id => $"8100{id:X4}")) + "0800" + "45");
            bool parsed = LinkHeader.TryParse(LinkType.Ethernet, frame, out LinkHeader link, out PacketDefect defect);

            Assert.Equal(tags <= LinkHeader.MaxVlanTags, parsed);
            Assert.Equal(parsed ? PacketDefect.None : PacketDefect.TooDeep, defect);
            Assert.Equal(tags == 0 ? LinkHeader.NoVlan : 1, link.Vlan);
            Assert.Equal(tags < 2 ? LinkHeader.NoVlan : Math.Min(tags, LinkHeader.MaxVlanTags), link.InnerVlan);
        }
    }

    [Fact]
    public void PPP_over_Ethernet_is_looked_through()
    {
        byte[] frame = Convert.FromHexString("FFFFFFFFFFFF020000000001" + "8864" + "11002A2A0003" + "0057" + "60");
        Assert.True(LinkHeader.TryParse(LinkType.Ethernet, frame, out LinkHeader link, out _));

        Assert.Equal((EtherType.IPv6, 0x2A2A, 22, 1), (link.EtherType, link.PppoeSession, link.PayloadOffset, link.Payload.Length));
    }

    [Fact]
    public void Cooked_frames_tell_direction_interface_and_address()
    {
        CapturedFrame frame = Captures.Own("http-any-sll2.pcap")[1];
        Assert.True(LinuxSllHeader.TryParse(LinkType.LinuxSll2, frame.Data, out LinuxSllHeader two, out _));
        Assert.Equal((4, 1, EtherType.IPv4, true), (two.PacketType, two.HardwareType, two.EtherType, two.InterfaceIndex > 0));
        Assert.Equal("020000000002", Convert.ToHexString(two.Address));

        frame = Captures.Own("vxlan-any-sll.pcap")[0];
        Assert.True(LinuxSllHeader.TryParse(LinkType.LinuxSll, frame.Data, out LinuxSllHeader one, out _));
        Assert.Equal((0, 1, EtherType.IPv4, 0), (one.PacketType, one.HardwareType, one.EtherType, one.InterfaceIndex));
        Assert.Equal("020000000001", Convert.ToHexString(one.Address));
        Assert.False(LinuxSllHeader.TryParse(LinkType.Ethernet, frame.Data, out _, out PacketDefect defect));
        Assert.Equal(PacketDefect.Unsupported, defect);
    }
}
