using Sonde.Host.Interfaces;

namespace Sonde.Host.Tests;

public sealed class HardwareAddressTests
{
    [Theory]
    [InlineData("02FC00000001", "02:fc:00:00:00:01")]
    [InlineData("", "")]
    [InlineData("FF", "ff")]
    [InlineData("80000048FE8000000000000000025503000000AB", "80:00:00:48:fe:80:00:00:00:00:00:00:00:02:55:03:00:00:00:ab")]
    public void It_is_printed_as_every_tool_prints_it(string bytes, string text) =>
        Assert.Equal(text, new HardwareAddress(Convert.FromHexString(bytes)).ToString());

    [Fact]
    public void It_gives_back_the_bytes_it_was_made_of()
    {
        byte[] bytes = [1, 2, 3, 4, 5, 6];
        byte[] copy = new byte[6];

        var address = new HardwareAddress(bytes);
        address.CopyTo(copy);

        Assert.Equal(bytes, copy);
        Assert.Equal(6, address.Length);
        Assert.Equal(address, new HardwareAddress(bytes));
        Assert.NotEqual(address, new HardwareAddress([1, 2, 3, 4, 5]));
    }

    [Fact]
    public void More_bytes_than_an_address_has_are_refused() => Assert.Throws<ArgumentException>(() => new HardwareAddress(new byte[33]));
}
