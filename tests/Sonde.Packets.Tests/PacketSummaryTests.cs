using Sonde.Packets.Headers;
using Sonde.Testing;

namespace Sonde.Packets.Tests;

public sealed class PacketSummaryTests
{
    private static readonly InternetAddress s_one = InternetAddress.Parse("192.0.2.1");
    private static readonly InternetAddress s_two = InternetAddress.Parse("192.0.2.2");

    [Fact]
    public void A_TCP_segment_says_who_to_whom_how_much_and_where()
    {
        CapturedFrame frame = Captures.Own("http-any-sll2.pcap")[3];
        Assert.True(PacketSummary.TryRead(frame.LinkType, frame.Data, frame.WireLength, out PacketSummary summary));

        Assert.Equal(PacketDepth.Transport, summary.Depth);
        Assert.Equal(new FlowEndpoint(s_one, 58528), summary.Source);
        Assert.Equal(new FlowEndpoint(s_two, 8080), summary.Destination);
        Assert.Equal(TcpFlags.Psh | TcpFlags.Ack, summary.TcpFlags);
        Assert.Equal(82, summary.PayloadLength);
        Assert.Equal("GET /none HTTP/1.1"u8.ToArray(), summary.PayloadOf(frame.Data)[..18].ToArray());
        Assert.Equal(82 + 32 + 20, summary.NetworkLength);
        Assert.Equal(new FlowKey(IPProtocol.Tcp, summary.Destination, summary.Source), summary.ToFlowKey(sourceIsLocal: false));
    }

    [Fact]
    public void Every_frame_of_our_capture_is_read_as_deep_as_it_goes()
    {
        var depths = Captures.Own("protocols.pcap")
            .Select(frame =>
            {
                _ = PacketSummary.TryRead(frame.LinkType, frame.Data, frame.WireLength, out PacketSummary summary);
                Assert.Equal(PacketDefect.None, summary.Defect);
                return summary;
            })
            .CountBy(summary => summary.Depth)
            .ToDictionary();

        // Link: two ARP, spanning tree, EtherCAT. Network: GRE, IP in IP, IGMP, and ten later fragments.
        Assert.Equal(4, depths[PacketDepth.Link]);
        Assert.Equal(13, depths[PacketDepth.Network]);
        Assert.Equal(77, depths[PacketDepth.Transport]);
    }

    [Fact]
    public void Fragments_share_an_identification_and_only_the_first_has_ports()
    {
        PacketSummary[] parts = [.. Captures.Own("protocols.pcap")
            .Select(frame => Summarize(frame))
            .Where(summary => summary.IsFragment && summary.Protocol == IPProtocol.Udp)];

        Assert.Equal(3, parts.Length);
        Assert.Single(parts.Select(part => part.FragmentIdentification).Distinct());
        Assert.Equal([9999, 0, 0], parts.Select(part => (int)part.DestinationPort));
        Assert.Equal([false, true, true], parts.Select(part => part.IsLaterFragment));
        Assert.Equal(4000, parts.Sum(part => part.PayloadLength));
    }

    [Fact]
    public void VLAN_tags_are_looked_through_and_the_outer_one_is_told()
    {
        int[] vlans = [.. Captures.Own("protocols.pcap").Select(frame => Summarize(frame).Vlan).Where(vlan => vlan != LinkHeader.NoVlan)];

        Assert.Equal([7, 100], vlans);
    }

    [Fact]
    public void Segmentation_offload_leaves_lengths_to_the_wire()
    {
        // Total length 0: the frame is longer than IPv4 can say.
        byte[] packet = Convert.FromHexString("45000000000040004006" + "0000" + "C0000201C0000202" + "04D20050000000010000000050100100" + "00000000" + "4142");
        Assert.True(PacketSummary.TryRead(LinkType.Raw, packet, 70_000, out PacketSummary summary));

        Assert.Equal(70_000, summary.NetworkLength);
        Assert.Equal(70_000 - 40, summary.PayloadLength);
        Assert.Equal("AB"u8.ToArray(), summary.PayloadOf(packet).ToArray());
    }

    [Fact]
    public void Ethernet_padding_is_no_payload()
    {
        byte[] packet = Convert.FromHexString("4500001C00010000401166C6C0000201C0000202" + "04D2162E00080000" + "FFFFFFFFFFFF");
        Assert.True(PacketSummary.TryRead(LinkType.Raw, packet, packet.Length, out PacketSummary summary));

        Assert.Equal((0, 0), (summary.PayloadLength, summary.CapturedPayloadLength));
    }

    [Theory]
    [InlineData(LinkType.Null, "02000000", true)]
    [InlineData(LinkType.Null, "00000002", true)]
    [InlineData(LinkType.Loop, "00000002", true)]
    [InlineData(LinkType.Null, "07000000", false)]
    [InlineData(LinkType.Raw, "", true)]
    [InlineData(LinkType.IPv4, "", true)]
    [InlineData(LinkType.LinuxSll, "00000001000600000000000000000800", true)]
    [InlineData(LinkType.LinuxSll2, "0800000000000002000100060000000000000000", true)]
    [InlineData(LinkType.Ethernet, "FFFFFFFFFFFF0000000000000800", true)]
    [InlineData((LinkType)105, "", false)]
    public void Every_link_type_leads_to_the_same_packet(LinkType type, string header, bool read)
    {
        byte[] frame = Convert.FromHexString(header + "4500001C00010000401166C6C0000201C0000202" + "04D2162E00080000");

        Assert.Equal(read, PacketSummary.TryRead(type, frame, frame.Length, out PacketSummary summary));
        Assert.Equal(read ? 5678 : 0, summary.DestinationPort);
        Assert.Equal(frame.Length, summary.WireLength);
    }

    [Fact]
    public void Ports_are_known_although_the_capture_ends_after_them()
    {
        CapturedFrame frame = Captures.Own("http-any-sll2.pcap")[3];
        ReadOnlySpan<byte> cut = frame.Data.AsSpan(0, LinuxSllHeader.Size2 + 20 + 4);

        Assert.True(PacketSummary.TryRead(frame.LinkType, cut, frame.WireLength, out PacketSummary summary));
        Assert.Equal((8080, PacketDefect.Truncated, 0), (summary.DestinationPort, summary.Defect, summary.CapturedPayloadLength));
    }

    [Fact]
    public void No_prefix_and_no_mutation_of_a_frame_leads_out_of_it()
    {
        var random = new Random(4);
        foreach (string name in (string[])["protocols.pcap", "http-any-sll2.pcap", "vxlan-any-sll.pcap"])
        {
            foreach (CapturedFrame frame in Captures.Own(name))
            {
                for (int length = 0; length <= frame.Data.Length; length++)
                {
                    Check(frame.LinkType, frame.Data.AsSpan(0, length), frame.WireLength);
                }

                byte[] mutant = new byte[frame.Data.Length];
                for (int i = 0; i < 200; i++)
                {
                    frame.Data.CopyTo(mutant, 0);
                    for (int change = random.Next(1, 4); change > 0; change--)
                    {
                        mutant[random.Next(Math.Min(mutant.Length, 100))] = (byte)random.Next(256);
                    }

                    Check(frame.LinkType, mutant, frame.WireLength);
                }
            }
        }
    }

    [Fact]
    public void Reading_a_capture_allocates_nothing()
    {
        IReadOnlyList<CapturedFrame> frames = Captures.Own("protocols.pcap");
        long deep = Count(frames);

        Assert.Equal(0, AllocationWatch.Least(() => deep = Count(frames)));
        Assert.Equal(77, deep);

        static long Count(IReadOnlyList<CapturedFrame> frames)
        {
            long deep = 0;
            for (int i = 0; i < frames.Count; i++)
            {
                _ = PacketSummary.TryRead(frames[i].LinkType, frames[i].Data, frames[i].WireLength, out PacketSummary summary);
                deep += summary.Depth == PacketDepth.Transport ? 1 : 0;
            }

            return deep;
        }
    }

    [Fact]
    public void Captures_of_others_are_read_whole_cut_and_mutated_without_a_throw()
    {
        var random = new Random(5);
        int frames = 0;
        foreach (string path in Captures.Foreign())
        {
            foreach (CapturedFrame frame in Captures.Read(path).Take(300))
            {
                frames++;
                Check(frame.LinkType, frame.Data, frame.WireLength);
                for (int i = 0; i < 20; i++)
                {
                    Check(frame.LinkType, frame.Data.AsSpan(0, random.Next(frame.Data.Length + 1)), frame.WireLength);
                }

                if (frame.Data.Length > 0)
                {
                    frame.Data[random.Next(frame.Data.Length)] ^= (byte)random.Next(256);
                    Check(frame.LinkType, frame.Data, frame.WireLength);
                    Check(LinkType.Raw, frame.Data, frame.WireLength);
                }
            }
        }

        Assert.InRange(frames, 1000, int.MaxValue);
    }

    private static PacketSummary Summarize(CapturedFrame frame)
    {
        _ = PacketSummary.TryRead(frame.LinkType, frame.Data, frame.WireLength, out PacketSummary summary);
        return summary;
    }

    private static void Check(LinkType type, ReadOnlySpan<byte> frame, int wireLength)
    {
        bool read = PacketSummary.TryRead(type, frame, wireLength, out PacketSummary summary);

        Assert.Equal(read, summary.Depth >= PacketDepth.Network);
        Assert.InRange(summary.PayloadOf(frame).Length, 0, frame.Length);
        Assert.InRange(summary.PayloadLength, 0, int.MaxValue);
    }
}
