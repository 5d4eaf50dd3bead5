using Sonde.Link.MacOS;
using Sonde.Packets;

namespace Sonde.Link.Tests.MacOS;

public sealed class BpfLinkTypesTests
{
    [Theory]
    [InlineData(0u, LinkType.Null)]
    [InlineData(1u, LinkType.Ethernet)]
    [InlineData(12u, LinkType.Raw)] // 101 in files
    [InlineData(108u, LinkType.Loop)]
    [InlineData(9u, (LinkType)9)] // PPP
    [InlineData(11u, (LinkType)100)]
    [InlineData(15u, (LinkType)102)]
    [InlineData(16u, (LinkType)103)]
    [InlineData(18u, (LinkType)246)]
    [InlineData(50u, (LinkType)50)]
    [InlineData(51u, (LinkType)51)]
    [InlineData(105u, (LinkType)105)] // 802.11
    [InlineData(127u, (LinkType)127)]
    [InlineData(138u, (LinkType)138)] // IP over FireWire
    [InlineData(266u, (LinkType)266)]
    public void A_link_type_of_the_kernel_has_its_number_of_files(uint dlt, LinkType type)
    {
        Assert.True(BpfLinkTypes.TryMap(dlt, out LinkType mapped));
        Assert.Equal(type, mapped);
    }

    [Theory]
    [InlineData(149u)] // PKTAP stands on a number for private use
    [InlineData(13u)]
    [InlineData(101u)] // what files call RAW is something else to a kernel
    [InlineData(103u)]
    [InlineData(267u)]
    [InlineData(uint.MaxValue)]
    public void A_number_that_means_something_else_in_files_is_not_passed_on(uint dlt) => Assert.False(BpfLinkTypes.TryMap(dlt, out _));

    [Fact]
    public void Types_that_Sonde_reads_are_those_it_changes_to()
    {
        foreach (uint dlt in BpfLinkTypes.Preferred)
        {
            Assert.True(BpfLinkTypes.IsRead(dlt));
            Assert.True(BpfLinkTypes.TryMap(dlt, out LinkType type));
            Assert.Contains(type, Enum.GetValues<LinkType>());
        }

        Assert.False(BpfLinkTypes.IsRead(105));
    }
}
