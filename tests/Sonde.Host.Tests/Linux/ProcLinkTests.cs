using System.Text;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.Linux;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Tests.Linux;

public sealed class ProcLinkTests
{
    private static readonly byte[] s_data = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];

    [Theory]
    [InlineData(RtNetlink.ARPHRD_ETHER, "01:02:03:04:05:06")]
    [InlineData(RtNetlink.ARPHRD_LOOPBACK, "01:02:03:04:05:06")]
    [InlineData(RtNetlink.ARPHRD_TUNNEL, "01:02:03:04")]
    public void A_hardware_address_is_as_long_as_its_link_type_says(ushort type, string expected) =>
        Assert.Equal(expected, ProcLink.ToHardwareAddress(type, s_data).ToString());

    [Theory]
    [InlineData(RtNetlink.ARPHRD_NONE, ReadingStatus.None)]
    [InlineData(RtNetlink.ARPHRD_INFINIBAND, ReadingStatus.Unsupported)]
    [InlineData(RtNetlink.ARPHRD_TUNNEL6, ReadingStatus.Unsupported)]
    [InlineData((ushort)12345, ReadingStatus.Unsupported)]
    public void An_address_that_does_not_fit_or_whose_length_nobody_knows_is_not_guessed(ushort type, ReadingStatus expected) =>
        Assert.Equal(expected, ProcLink.ToHardwareAddress(type, s_data).Status);

    [Fact]
    public void Too_few_bytes_are_no_address() => Assert.Equal(ReadingStatus.Failed, ProcLink.ToHardwareAddress(RtNetlink.ARPHRD_ETHER, s_data.AsSpan(0, 5)).Status);

    [Theory]
    [InlineData(0x0u, OperationalState.Down)]
    [InlineData(0x1u, OperationalState.Down)]
    [InlineData(0x40u, OperationalState.Down)]
    [InlineData(0x41u, OperationalState.Up)]
    public void A_link_is_up_when_it_is_switched_on_and_running(uint flags, OperationalState expected) => Assert.Equal(expected, ProcLink.ToOperationalState(flags));

    [Theory]
    [InlineData(1, ReadingStatus.Denied)]
    [InlineData(6, ReadingStatus.Gone)]
    [InlineData(19, ReadingStatus.Gone)]
    [InlineData(99, ReadingStatus.Gone)]
    [InlineData(25, ReadingStatus.Unsupported)]
    [InlineData(95, ReadingStatus.Unsupported)]
    [InlineData(5, ReadingStatus.Failed)]
    public void A_refused_question_says_why(int errno, ReadingStatus expected)
    {
        Reading<int> reading = ProcLink.Refused<int>("ioctl(X)", new NativeError(NativeErrorDomain.Errno, errno));

        Assert.Equal(expected, reading.Status);
        Assert.StartsWith("ioctl(X): ", reading.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("255.255.255.255", 32)]
    [InlineData("255.255.255.0", 24)]
    [InlineData("128.0.0.0", 1)]
    [InlineData("0.0.0.0", 0)]
    [InlineData("255.0.255.0", -1)]
    [InlineData("0.0.0.1", -1)]
    public void A_netmask_becomes_a_prefix_length_unless_it_has_holes(string mask, int expected) =>
        Assert.Equal(expected, InterfaceTable.ToPrefixLength(BitConverter.ToUInt32(System.Net.IPAddress.Parse(mask).GetAddressBytes())));

    [Fact]
    public void The_table_of_addresses_keeps_labels_and_counts_what_is_no_IPv4_address()
    {
        byte[] table = [.. Entry("eth0:1", Netlink.AF_INET), .. Entry("eth0", Netlink.AF_INET6), .. Entry(string.Empty, Netlink.AF_INET), .. Entry("eth0", Netlink.AF_INET)[..39]];

        List<InterfaceTable.Entry> entries = InterfaceTable.Parse(table, out int skipped);

        InterfaceTable.Entry only = Assert.Single(entries);
        Assert.Equal("eth0:1", Encoding.ASCII.GetString(only.Label));
        Assert.Equal("eth0", Encoding.ASCII.GetString(only.InterfaceName));
        Assert.Equal(0x0100007Fu, only.Address);
        Assert.Equal(3, skipped);
    }

    [Fact]
    public void No_mutation_of_the_table_throws() =>
        ProcFuzz.Mutations([.. Entry("eth0:1", Netlink.AF_INET), .. Entry("lo", Netlink.AF_INET)], 5_000, bytes =>
            Assert.Equal(2, InterfaceTable.Parse(bytes, out int skipped).Count + skipped));

    private static byte[] Entry(string label, ushort family)
    {
        var request = default(ifreq);
        Encoding.ASCII.GetBytes(label).CopyTo(request.ifr_name);
        request.ifr_addr = new sockaddr_in { sin_family = family, sin_addr = 0x0100007F };
        return NativeStruct.AsBytes(request).ToArray();
    }
}
