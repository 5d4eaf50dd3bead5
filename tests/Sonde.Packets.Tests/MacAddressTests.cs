namespace Sonde.Packets.Tests;

public sealed class MacAddressTests
{
    [Theory]
    [InlineData("02:fc:00:00:00:01")]
    [InlineData("02-FC-00-00-00-01")]
    [InlineData("02fc00000001")]
    public void Every_usual_spelling_is_read(string text)
    {
        Assert.True(MacAddress.TryParse(text, out MacAddress address));
        Assert.Equal("02:fc:00:00:00:01", address.ToString());
        Assert.Equal(0x02FC_0000_0001UL, address.ToUInt64());
    }

    [Theory]
    [InlineData("")]
    [InlineData("02:fc:00:00:00")]
    [InlineData("02:fc:00:00:00:0g")]
    [InlineData("02:fc:00:00:00:01:")]
    [InlineData("02.fc.00.00.00.01")]
    [InlineData("+2fc00000001")]
    [InlineData(" 2:fc:00:00:00:01")]
    public void What_is_no_address_is_refused(string text)
    {
        Assert.False(MacAddress.TryParse(text, out _));
        Assert.Throws<FormatException>(() => MacAddress.Parse(text));
    }

    [Fact]
    public void Bytes_come_back_as_they_were_read()
    {
        byte[] bytes = [0x02, 0xFC, 1, 2, 3, 255];
        byte[] written = new byte[6];

        Assert.True(MacAddress.Read(bytes).TryWriteBytes(written));
        Assert.Equal(bytes, written);
        Assert.False(MacAddress.Read(bytes).TryWriteBytes(new byte[5]));
    }

    [Theory]
    [InlineData("ff:ff:ff:ff:ff:ff", true, true, true)]
    [InlineData("01:00:5e:00:00:fb", true, false, false)]
    [InlineData("02:fc:00:00:00:01", false, false, true)]
    [InlineData("00:1b:21:00:00:01", false, false, false)]
    public void The_first_byte_tells_groups_and_local_addresses(string text, bool multicast, bool broadcast, bool local)
    {
        MacAddress address = MacAddress.Parse(text);

        Assert.Equal((multicast, broadcast, local), (address.IsMulticast, address.IsBroadcast, address.IsLocallyAdministered));
    }
}
