using Sonde.Packets.Headers;

namespace Sonde.Packets.Tests.Headers;

/// <summary>Every header over every kind of bytes: no accessor throws once the parser said yes, no loop stands still.</summary>
public sealed class HostileHeaderTests
{
    [Fact]
    public void Noise_of_every_length_makes_no_accessor_throw()
    {
        var random = new Random(11);
        byte[] noise = new byte[160];
        for (int i = 0; i < 40_000; i++)
        {
            random.NextBytes(noise);
            noise[0] = (byte)((noise[0] & 0x0F) | (random.Next(3) switch { 0 => 0x40, 1 => 0x60, _ => noise[0] & 0xF0 }));
            Touch(noise.AsSpan(0, random.Next(noise.Length + 1)));
        }
    }

    [Fact]
    public void Every_prefix_of_every_captured_layer_makes_no_accessor_throw()
    {
        foreach (CapturedFrame frame in Captures.Own("protocols.pcap"))
        {
            for (int start = 0; start < Math.Min(frame.Data.Length, 60); start += 2)
            {
                for (int length = 0; length <= Math.Min(frame.Data.Length - start, 100); length++)
                {
                    Touch(frame.Data.AsSpan(start, length));
                }
            }
        }
    }

    [Fact]
    public void Captures_of_others_make_no_accessor_throw()
    {
        int frames = 0;
        foreach (string path in Captures.Foreign())
        {
            foreach (CapturedFrame frame in Captures.Read(path).Take(50))
            {
                frames++;
                Touch(frame.Data);
                Touch(frame.Data.AsSpan(Math.Min(14, frame.Data.Length)));
                Touch(frame.Data.AsSpan(Math.Min(34, frame.Data.Length)));
                Touch(frame.Data.AsSpan(0, frame.Data.Length / 2));
            }
        }

        Assert.InRange(frames, 1000, int.MaxValue);
    }

    private static void Touch(ReadOnlySpan<byte> bytes)
    {
        int total = 0;
        if (EthernetHeader.TryParse(bytes, out EthernetHeader ethernet, out _))
        {
            total += ethernet.Payload.Length + (ethernet.Source.IsMulticast ? 1 : 0) + (ethernet.Destination.IsMulticast ? 1 : 0);
        }

        if (VlanTag.TryParse(bytes, out VlanTag vlan, out _))
        {
            total += vlan.Payload.Length + vlan.Id;
        }

        if (LlcHeader.TryParse(bytes, out LlcHeader llc, out _))
        {
            total += llc.Payload.Length + llc.Control + llc.Organization + llc.SnapProtocol + (int)llc.EtherType;
        }

        if (ArpHeader.TryParse(bytes, out ArpHeader arp, out _))
        {
            total += arp.Operation + (arp.IsAnnouncement ? 1 : 0) + (arp.TargetHardware == arp.SenderHardware ? 1 : 0);
        }

        if (IPv4Header.TryParse(bytes, out IPv4Header ip4, out _))
        {
            total += ip4.Payload.Length + ip4.PayloadLength + (ip4.HasValidChecksum ? 1 : 0) + Walk(ip4.Options) + (ip4.Source == ip4.Destination ? 1 : 0);
        }

        if (IPv6Header.TryParse(bytes, out IPv6Header ip6, out _))
        {
            _ = ip6.TryGetExtensions(out IPv6ExtensionChain chain, out _);
            int walked = 0;
            foreach (IPv6Extension extension in chain)
            {
                walked++;
                total += extension.Bytes.Length;
            }

            Assert.Equal(chain.Count, walked);
            total += chain.UpperPayload.Length + chain.FragmentOffset + ip6.FlowLabel + (ip6.Source == ip6.Destination ? 1 : 0);
        }

        if (TcpHeader.TryParse(bytes, out TcpHeader tcp, out _))
        {
            total += tcp.Payload.Length + Walk(tcp.Options) + (tcp.TryGetTimestamps(out _, out _) ? 1 : 0) + (tcp.TryGetMaximumSegmentSize(out _) ? 1 : 0);
            SackBlocks blocks = tcp.GetSackBlocks();
            for (int i = 0; i < blocks.Count; i++)
            {
                total += (int)(blocks[i].End & 1);
            }
        }

        if (UdpHeader.TryParse(bytes, out UdpHeader udp, out _))
        {
            total += udp.Payload.Length + udp.PayloadLength;
        }

        if (IcmpHeader.TryParse(IPProtocol.Icmp, bytes, out IcmpHeader icmp, out _))
        {
            total += icmp.Payload.Length + icmp.SequenceNumber;
        }

        if (SctpHeader.TryParse(bytes, out SctpHeader sctp, out _))
        {
            int chunks = 0;
            foreach (SctpChunk chunk in sctp.Chunks)
            {
                chunks++;
                total += chunk.Data.Length;
            }

            Assert.InRange(chunks, 0, bytes.Length / 4);
        }

        if (IgmpHeader.TryParse(bytes, out IgmpHeader igmp, out _))
        {
            total += igmp.Payload.Length + igmp.RecordCount + (igmp.Group.IsMulticast ? 1 : 0);
        }

        if (GreHeader.TryParse(bytes, out GreHeader gre, out _))
        {
            total += gre.Payload.Length + (int)(gre.Key & 1) + (int)(gre.SequenceNumber & 1);
        }

        if (VxlanHeader.TryParse(bytes, out VxlanHeader vxlan, out _))
        {
            total += vxlan.Payload.Length + vxlan.NetworkIdentifier;
        }

        if (EtherCatHeader.TryParse(bytes, out EtherCatHeader etherCat, out _))
        {
            total += etherCat.Payload.Length;
        }

        foreach (LinkType type in (ReadOnlySpan<LinkType>)[LinkType.Ethernet, LinkType.LinuxSll, LinkType.LinuxSll2, LinkType.Null, LinkType.Loop, LinkType.Raw, LinkType.IPv4, LinkType.IPv6])
        {
            if (LinuxSllHeader.TryParse(type, bytes, out LinuxSllHeader cooked, out _))
            {
                total += cooked.Address.Length + cooked.Payload.Length + cooked.PacketType + cooked.HardwareType;
            }

            if (LinkHeader.TryParse(type, bytes, out LinkHeader link, out PacketDefect defect))
            {
                Assert.True(link.Payload.SequenceEqual(bytes.Slice(link.PayloadOffset, link.Payload.Length)));
            }

            total += (int)defect;
        }

        Assert.InRange(total, 0, int.MaxValue);
    }

    private static int Walk(HeaderOptions options)
    {
        int count = 0;
        foreach (HeaderOption option in options)
        {
            count += 1 + option.Data.Length;
        }

        Assert.InRange(count, 0, 40);
        return count;
    }
}
