namespace Sonde.Packets.Tests;

public sealed class LinkTypeTests
{
    [Theory]
    [InlineData(LinkType.Null, 0)]
    [InlineData(LinkType.Ethernet, 1)]
    [InlineData(LinkType.Raw, 101)]
    [InlineData(LinkType.Loop, 108)]
    [InlineData(LinkType.LinuxSll, 113)]
    [InlineData(LinkType.IPv4, 228)]
    [InlineData(LinkType.IPv6, 229)]
    [InlineData(LinkType.LinuxSll2, 276)]
    public void Link_types_have_the_numbers_of_the_pcap_registry(LinkType type, int number) => Assert.Equal(number, (int)type);
}
