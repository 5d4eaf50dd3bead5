using System.Net;
using System.Net.Sockets;
using System.Text;
using Sonde.Host.Interfaces.Linux;

namespace Sonde.Host.Tests.Linux;

public sealed class ProcRoutesTests
{
    // Recorded on Linux 6.18 (the padding at the ends of the lines left out), with a second default route of its own metric and an unreachable one.
    private const string RecordedIPv4 =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                                                       \n" +
        "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0   \n" +
        "ppp0\t00000000\t00000000\t0001\t0\t0\t4294967295\t00000000\t0\t0\t0\n" +
        "*\t00000000\t00000000\t0201\t0\t0\t99\t00000000\t0\t0\t0\n" +
        "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";

    private const string RecordedIPv6 =
        "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001     eth0\n" +
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n" +
        "00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000003 00000000 80200001       lo\n" +
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n";

    [Fact]
    public void Default_routes_of_IPv4_have_router_and_metric_and_unreachable_ones_are_none()
    {
        var parsed = ProcRoutes.ParseIPv4(Encoding.ASCII.GetBytes(RecordedIPv4));

        Assert.Equal(0, parsed.Skipped);
        Assert.Equal(["eth0", "ppp0"], parsed.Defaults.Select(one => Encoding.ASCII.GetString(one.InterfaceName)));
        Assert.All(parsed.Defaults, one => Assert.Equal(AddressFamily.InterNetwork, one.Gateway.Family));
        Assert.Equal(IPAddress.Parse("192.0.2.1"), parsed.Defaults[0].Gateway.Address.Value);
        Assert.Equal(ReadingStatus.None, parsed.Defaults[1].Gateway.Address.Status);
        Assert.Equal([0L, 4294967295L], parsed.Defaults.Select(one => one.Gateway.Metric.Value));
        Assert.Equal(ReadingStatus.Unsupported, parsed.Defaults[0].Gateway.Protocol.Status);
    }

    [Fact]
    public void A_router_that_has_no_IPv4_address_is_not_called_none()
    {
        // "ip route add default via inet6 fe80::1 dev eth0" as the kernel shows it here: a gateway flag, and no gateway.
        var parsed = ProcRoutes.ParseIPv4("eth0\t00000000\t00000000\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"u8);

        Assert.Equal(ReadingStatus.Unsupported, Assert.Single(parsed.Defaults).Gateway.Address.Status);
    }

    [Fact]
    public void Default_routes_of_IPv6_leave_out_the_kernels_own_null_route()
    {
        var parsed = ProcRoutes.ParseIPv6(Encoding.ASCII.GetBytes(RecordedIPv6));

        Assert.Equal(0, parsed.Skipped);
        (byte[] InterfaceName, Interfaces.DefaultGateway Gateway) only = Assert.Single(parsed.Defaults);
        Assert.Equal("eth0", Encoding.ASCII.GetString(only.InterfaceName));
        Assert.Equal(AddressFamily.InterNetworkV6, only.Gateway.Family);
        Assert.Equal(IPAddress.Parse("fd00::1"), only.Gateway.Address.Value);
        Assert.Equal(1024, only.Gateway.Metric.Value);
    }

    [Theory]
    [InlineData("eth0")]
    [InlineData("eth0\t00000000\t010200C0\t0003\t0\t0\t0")]
    [InlineData("eth0\t00000000\t010200C0\t0003\t0\t0\t4294967296\t00000000\t0\t0\t0")]
    [InlineData("eth0\t000000000\t010200C0\t0003\t0\t0\t-1\t00000000\t0\t0\t0")]
    [InlineData("sixteen-byte-nam\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0")]
    [InlineData("")]
    public void A_line_of_route_that_lies_is_skipped_and_counted(string line)
    {
        var parsed = ProcRoutes.ParseIPv4(Encoding.ASCII.GetBytes(RecordedIPv4 + line + "\n"));

        Assert.Equal(2, parsed.Defaults.Count);
        Assert.Equal(1, parsed.Skipped);
    }

    [Fact]
    public void A_prefix_holds_the_whole_lines_only_and_counts_the_torn_one()
    {
        byte[] recorded = Encoding.ASCII.GetBytes(RecordedIPv6);
        ProcFuzz.EveryPrefix(recorded, prefix =>
        {
            var parsed = ProcRoutes.ParseIPv6(prefix);

            Assert.Equal(prefix.Count(one => one == '\n') >= 2 ? 1 : 0, parsed.Defaults.Count);
            Assert.Equal(prefix.Length == 0 || prefix[^1] == '\n' ? 0 : 1, parsed.Skipped);
        });
        ProcFuzz.EveryPrefix(Encoding.ASCII.GetBytes(RecordedIPv4), prefix =>
            Assert.Equal(prefix.Length == 0 || prefix[^1] == '\n' ? 0 : 1, ProcRoutes.ParseIPv4(prefix).Skipped));
    }

    [Fact]
    public void No_mutation_throws_or_makes_routes_out_of_nothing()
    {
        ProcFuzz.Mutations(Encoding.ASCII.GetBytes(RecordedIPv4), 10_000, bytes => AssertBounded(ProcRoutes.ParseIPv4(bytes), bytes));
        ProcFuzz.Mutations(Encoding.ASCII.GetBytes(RecordedIPv6), 10_000, bytes => AssertBounded(ProcRoutes.ParseIPv6(bytes), bytes));

        static void AssertBounded(ProcRoutes parsed, byte[] bytes) =>
            Assert.InRange(parsed.Defaults.Count + parsed.Skipped, 0, bytes.AsSpan().Count((byte)'\n') + 1);
    }

    [Fact]
    public void Default_routes_are_bounded_and_the_rest_is_counted()
    {
        const int More = 10;
        string line = RecordedIPv6.Split('\n')[1] + "\n";

        var parsed = ProcRoutes.ParseIPv6(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(line, ProcRoutes.MaxEntries + More))));

        Assert.Equal(ProcRoutes.MaxEntries, parsed.Defaults.Count);
        Assert.Equal(More, parsed.Skipped);
    }
}
