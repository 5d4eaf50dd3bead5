using Sonde.Packets.Headers;

namespace Sonde.Packets.Tests;

public sealed class InternetChecksumTests
{
    [Fact]
    public void A_header_from_the_wire_sums_to_zero_and_its_field_is_what_is_computed()
    {
        byte[] header = Convert.FromHexString("45000073000040004011B861C0A80001C0A800C7");
        Assert.Equal(0, InternetChecksum.Compute(header));

        header[10] = header[11] = 0;
        Assert.Equal(0xB861, InternetChecksum.Compute(header));
    }

    [Fact]
    public void The_fast_sum_is_the_slow_one_at_every_length_and_alignment()
    {
        byte[] noise = new byte[4096 + 64];
        new Random(1).NextBytes(noise);
        byte[] ones = new byte[noise.Length];
        Array.Fill(ones, (byte)0xFF);

        for (int length = 0; length <= 4096; length++)
        {
            int start = length % 61;
            Assert.Equal(Slow(noise.AsSpan(start, length)), InternetChecksum.Compute(noise.AsSpan(start, length)));
            Assert.Equal(Slow(ones.AsSpan(start, length)), InternetChecksum.Compute(ones.AsSpan(start, length)));
        }

        for (int start = 0; start < 64; start++)
        {
            foreach (int length in (int[])[0, 1, 19, 20, 31, 32, 33, 63, 64, 65, 127, 129, 1480, 1481, 4096])
            {
                Assert.Equal(Slow(noise.AsSpan(start, length)), InternetChecksum.Compute(noise.AsSpan(start, length)));
            }
        }
    }

    [Fact]
    public void Megabytes_of_ones_do_not_overflow_a_lane()
    {
        byte[] ones = new byte[4 * 1024 * 1024];
        Array.Fill(ones, (byte)0xFF);

        Assert.Equal(Slow(ones), InternetChecksum.Compute(ones));
    }

    [Fact]
    public void Sums_of_even_parts_add_up()
    {
        byte[] noise = new byte[1001];
        new Random(2).NextBytes(noise);

        for (int cut = 0; cut <= noise.Length; cut += 2)
        {
            ulong sum = InternetChecksum.Sum(noise.AsSpan(0, cut)) + InternetChecksum.Sum(noise.AsSpan(cut));
            Assert.Equal(InternetChecksum.Compute(noise), InternetChecksum.Finish(sum));
        }
    }

    [Fact]
    public void Segments_from_the_wire_are_right_with_their_pseudo_header()
    {
        int checkedSegments = 0;
        foreach (CapturedFrame frame in Captures.Own("protocols.pcap"))
        {
            Assert.True(LinkHeader.TryParse(frame.LinkType, frame.Data, out LinkHeader link, out _));
            if (link.EtherType == EtherType.IPv6
                && IPv6Header.TryParse(link.Payload, out IPv6Header ip, out _)
                && ip.TryGetExtensions(out IPv6ExtensionChain chain, out _)
                && chain.UpperProtocol == IPProtocol.IcmpV6
                && !chain.IsFragment)
            {
                Assert.Equal(0, InternetChecksum.Compute(ip.Source, ip.Destination, IPProtocol.IcmpV6, chain.UpperPayload));
                checkedSegments++;
            }
        }

        Assert.InRange(checkedSegments, 10, 94);
    }

    [Fact]
    public void The_pseudo_header_of_IPv4_counts_as_RFC_768_says()
    {
        var random = new Random(12);
        for (int length = 8; length < 300; length++)
        {
            byte[] segment = new byte[length];
            random.NextBytes(segment);
            byte[] pseudo = [192, 0, 2, (byte)length, 198, 51, 100, 1, 0, 17, (byte)(length >> 8), (byte)length, .. segment];

            ushort sum = InternetChecksum.Compute(InternetAddress.ReadIPv4(pseudo), InternetAddress.ReadIPv4(pseudo.AsSpan(4)), IPProtocol.Udp, segment);
            Assert.Equal(Slow(pseudo), sum);
        }
    }

    // The obvious way (RFC 1071, section 4.1): what the fast one is compared with.
    private static ushort Slow(ReadOnlySpan<byte> source)
    {
        uint sum = 0;
        for (int i = 0; i < source.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)source[i] << 8 : source[i];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
