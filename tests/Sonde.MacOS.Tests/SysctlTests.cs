using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests;

public sealed class SysctlTests
{
    private static readonly int[] s_routes = [Darwin.CTL_NET, Darwin.PF_ROUTE, 0, 0, Darwin.NET_RT_DUMP, 0];

    [Theory]
    [InlineData(1, 100_000)]
    [InlineData(5, 4_000)]
    public void A_table_that_grows_between_the_calls_is_read_whole(int times, int bytes)
    {
        using var system = new LookAlike { ["grow.times"] = times, ["grow.bytes"] = bytes };
        system.SetRoutes(RouteBytes.Default4(4, "192.0.2.1"));

        ReadOnlyMemory<byte> table = Sysctl.ReadTable(s_routes, "sysctl(NET_RT_DUMP)");

        Assert.Equal(0, table.Length % 4);
        Assert.True(table.Length >= bytes);
        Assert.True(table.Span.StartsWith(RouteBytes.Default4(4, "192.0.2.1")));
    }

    [Fact]
    public void A_table_that_never_stops_growing_is_given_up()
    {
        using var system = new LookAlike { ["grow.always"] = 1 };

        NativeException refused = Assert.Throws<NativeException>(() => Sysctl.ReadTable(s_routes, "sysctl(NET_RT_DUMP)"));

        Assert.Equal(Darwin.ENOMEM, refused.Error.Code);
        Assert.InRange(system["table.reads"], 2, 64);
    }

    [Fact]
    public void A_table_is_read_by_name_too()
    {
        using var system = new LookAlike();
        system.SetRoutes([1, 2, 3, 4]);

        Assert.Equal([1, 2, 3, 4], Sysctl.ReadTable("lookalike.table").ToArray());
        NativeException refused = Assert.Throws<NativeException>(() => Sysctl.ReadTable("lookalike.nothing"));
        Assert.Equal(("sysctl(lookalike.nothing)", Darwin.ENOENT), (refused.Operation, refused.Error.Code));
    }

    [Fact]
    public void An_empty_table_is_empty()
    {
        using var system = new LookAlike();

        Assert.Equal(0, Sysctl.ReadTable(s_routes, "sysctl(NET_RT_DUMP)").Length);
    }
}
