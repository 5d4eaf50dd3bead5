using Sonde.Packets;

namespace Sonde.Tun.Tests;

public class ChecksumCopyTests
{
    [Fact]
    public void For_every_length_and_place_it_copies_and_sums_as_the_plain_way_does()
    {
        byte[] source = PacketMaker.Payload(700, 11);
        for (int start = 0; start < 5; start++)
        {
            for (int length = 0; length <= 600; length++)
            {
                byte[] target = new byte[length + 1];
                target[length] = 0xEE;
                ReadOnlySpan<byte> part = source.AsSpan(start, length);

                ulong sum = ChecksumCopy.CopyAndSum(part, target.AsSpan(0, length));

                Assert.True(part.SequenceEqual(target.AsSpan(0, length)));
                Assert.Equal(0xEE, target[length]);
                Assert.Equal(SlowSegmenter.Checksum(part), (ushort)~ChecksumCopy.ToNetwork(sum));
                Assert.Equal(sum, ChecksumCopy.Sum(part));
                Assert.Equal(InternetChecksum.Compute(part), (ushort)~ChecksumCopy.ToNetwork(sum));
            }
        }
    }

    [Fact]
    public void The_largest_packet_of_the_largest_bytes_does_not_overflow()
    {
        byte[] ones = new byte[65535];
        ones.AsSpan().Fill(0xFF);

        Assert.Equal(SlowSegmenter.Checksum(ones), (ushort)~ChecksumCopy.ToNetwork(ChecksumCopy.CopyAndSum(ones, new byte[65535])));
    }
}
