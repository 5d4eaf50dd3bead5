using Sonde.Interop.Linux;

namespace Sonde.Interop.Tests;

public sealed class NetlinkAttributesTests
{
    // Type 3 "eth0\0" (9 bytes, padded to 12), then type 4 with the nested flag and four bytes.
    private static readonly byte[] s_two = Convert.FromHexString("09000300" + "6574683000" + "000000" + "08000480" + "78050000");

    [Fact]
    public void Attributes_are_walked_over_their_padding_and_lose_their_flags()
    {
        var attributes = new NetlinkAttributes(s_two);

        Assert.True(attributes.MoveNext());
        Assert.Equal(3, attributes.Type);
        Assert.Equal("eth0\0"u8, attributes.Value);
        Assert.True(attributes.MoveNext());
        Assert.Equal(4, attributes.Type);
        Assert.Equal(1400, BitConverter.ToInt32(attributes.Value));
        Assert.False(attributes.MoveNext());
        Assert.False(attributes.IsTorn);
    }

    [Fact]
    public void Every_prefix_ends_without_a_throw_and_a_cut_one_is_torn()
    {
        for (int length = 0; length < s_two.Length; length++)
        {
            var attributes = new NetlinkAttributes(s_two.AsSpan(0, length));
            int count = 0;
            while (attributes.MoveNext())
            {
                count++;
            }

            Assert.InRange(count, 0, 1);
            Assert.Equal(length is not (0 or 9 or 12), attributes.IsTorn && length is not (10 or 11) || length is 10 or 11);
        }
    }

    [Theory]
    [InlineData("00000100")]
    [InlineData("03000100")]
    [InlineData("FFFF0100AA")]
    public void A_length_that_lies_ends_the_walk(string hexadecimal)
    {
        var attributes = new NetlinkAttributes(Convert.FromHexString(hexadecimal));

        Assert.False(attributes.MoveNext());
        Assert.True(attributes.IsTorn);
    }
}
