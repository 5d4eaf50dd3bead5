using System.Runtime.Versioning;
using Sonde.Testing;
using Sonde.Tun;

namespace Sonde.System.Tests.Tun;

/// <summary>Addresses, MTU, state and routes: what the kernel has afterwards, told by ip(8), and what is left when a part is refused.</summary>
[SupportedOSPlatform("linux")]
public sealed class TunConfigurationTests
{
    [Fact]
    public void Everything_that_was_asked_for_is_there_in_both_families()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice device = Open(space, new TunConfiguration
        {
            Mtu = 1400,
            Addresses = [TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")],
            Routes = [Route("10.50.0.0/16") with { Metric = 7 }, Route("fd50::/48") with { Mtu = 1300 }, Route("10.51.0.0/16 via 10.96.0.9"), Route("fd51::/48 via fd96::9")],
        });

        string link = space.Shell("ip -o addr show dev conf0; ip -o link show dev conf0");
        Assert.Contains("mtu 1400", link, StringComparison.Ordinal);
        Assert.Contains(",UP,", link, StringComparison.Ordinal);
        Assert.Contains("qlen 1000", link, StringComparison.Ordinal);
        Assert.Contains("inet 10.96.0.1/24", link, StringComparison.Ordinal);
        Assert.Contains("inet6 fd96::1/64", link, StringComparison.Ordinal);
        Assert.DoesNotContain("tentative", link, StringComparison.Ordinal);
        Assert.DoesNotContain("fe80", link, StringComparison.Ordinal);
        string routes = space.Shell("ip route; ip -6 route");
        Assert.Contains("10.50.0.0/16 dev conf0 proto static scope link metric 7", routes, StringComparison.Ordinal);
        Assert.Contains("10.51.0.0/16 via 10.96.0.9 dev conf0 proto static", routes, StringComparison.Ordinal);
        Assert.Contains("fd50::/48 dev conf0 proto static metric 1024 mtu 1300", routes, StringComparison.Ordinal);
        Assert.Contains("fd51::/48 via fd96::9 dev conf0 proto static", routes, StringComparison.Ordinal);
        Assert.Equal(new TunState(true, 1400, []), device.ReadState() with { Addresses = [] });
        Assert.Equal([TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")], device.ReadState().Addresses);
    }

    [Fact]
    public void When_a_part_is_refused_the_parts_before_it_are_taken_back()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice device = Open(space, new TunConfiguration { IsUp = false });
        string before = State(space);

        // The gateway is behind nobody: the last step fails.
        TunException refused = Assert.Throws<TunException>(() => device.Configure(new TunConfiguration
        {
            Mtu = 1337,
            Addresses = [TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")],
            Routes = [Route("10.50.0.0/16"), Route("10.51.0.0/16 via 192.0.2.1")],
        }));

        Assert.Equal(TunFailure.Invalid, refused.Failure);
        Assert.Contains("10.51.0.0/16", refused.Operation, StringComparison.Ordinal);
        Assert.Equal(before, State(space));
    }

    [Fact]
    public void A_device_whose_configuration_is_refused_at_open_is_not_left_behind()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();

        Assert.Throws<TunException>(() => space.Run(() => TunDevice.Open(new TunOptions
        {
            Name = "conf0",
            Linux = new TunLinuxOptions { IsPersistent = true },
            Configuration = new TunConfiguration { Routes = [Route("10.51.0.0/16 via 192.0.2.1")] },
        })));

        Assert.Empty(space.Run(TunDevice.List));
    }

    [Fact]
    public void What_was_applied_can_be_taken_back_while_the_device_goes_on()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice device = Open(space, new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")] });
        space.Shell("ip link add eth7 type veth peer name eth8; ip link set eth7 up; ip link set eth8 up; ip addr add 192.0.2.5/24 dev eth7; ip route add default via 192.0.2.1");
        string before = State(space);

        TunAppliedConfiguration applied = device.Configure(new TunConfiguration { Routes = [.. TunRoute.SplitDefault(isIPv4: true), .. TunRoute.SplitDefault(isIPv4: false)] });
        Assert.Contains("dev conf0", space.Shell("ip route get 8.8.8.8"), StringComparison.Ordinal);
        Assert.Contains("dev conf0", space.Shell("ip -6 route get 2001:db8::1"), StringComparison.Ordinal);
        Assert.Equal(4, applied.Changes.Count);

        Assert.Empty(applied.Restore());
        Assert.Empty(applied.Restore());
        Assert.Contains("dev eth7", space.Shell("ip route get 8.8.8.8"), StringComparison.Ordinal);
        Assert.Equal(before, State(space));
    }

    [Fact]
    public void Taking_back_goes_on_over_what_somebody_else_removed()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice device = Open(space, new TunConfiguration { IsUp = false });
        TunAppliedConfiguration applied = device.Configure(new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")], Routes = [Route("10.50.0.0/16")] });
        space.Shell("ip link set conf0 down; ip addr del 10.96.0.1/24 dev conf0");

        Assert.Empty(applied.Restore());
        Assert.Empty(device.ReadState().Addresses);
    }

    [Fact]
    public void What_is_there_already_is_accepted_and_left_when_the_rest_is_taken_back()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        var configuration = new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")], Routes = [Route("10.50.0.0/16"), Route("fd50::/48")] };
        using TunDevice device = Open(space, configuration);
        string before = State(space);

        TunAppliedConfiguration again = device.Configure(configuration);

        Assert.Empty(again.Changes);
        Assert.Empty(again.Restore());
        Assert.Equal(before, State(space));
    }

    [Theory]
    [InlineData("10.50.0.0/16")]
    [InlineData("fd50::/48")]
    public void A_route_that_leads_elsewhere_is_a_conflict(string network)
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice device = Open(space, new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")] });
        space.Shell($"ip link add eth7 type veth peer name eth8; ip link set eth7 up; ip link set eth8 up; ip addr add 192.0.2.5/24 dev eth7; ip route add {network} dev eth7");

        Assert.Equal(TunFailure.AlreadyExists, Assert.Throws<TunException>(() => device.Configure(new TunConfiguration { Routes = [Route(network)] })).Failure);
    }

    [Fact]
    public void An_IPv6_address_on_a_host_without_IPv6_is_unavailable_and_not_a_missing_right()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        space.Shell("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
        using TunDevice device = Open(space, new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")] });

        TunException refused = Assert.Throws<TunException>(() => device.Configure(new TunConfiguration { Addresses = [TunAddress.Parse("fd96::1/64")] }));

        Assert.Equal(TunFailure.Unavailable, refused.Failure);
        Assert.Contains("IPv6", refused.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(67)]
    [InlineData(65536)]
    public void An_mtu_that_no_device_has_is_an_argument_error(int mtu)
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice device = Open(space, null);

        Assert.Throws<ArgumentOutOfRangeException>(() => device.Configure(new TunConfiguration { Mtu = mtu }));
    }

    [Fact]
    public void A_watch_tells_each_change_once_and_the_end()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice device = Open(space, new TunConfiguration { IsUp = false });
        using TunDevice other = space.Run(() => TunDevice.Open(new TunOptions { Name = "other0" }));
        using TunWatch watch = space.Run(device.Watch);
        Assert.False(watch.TryWait(TimeSpan.FromMilliseconds(50), out _));

        space.Shell("ip link set other0 mtu 1234; ip link set conf0 mtu 1300; ip addr add 10.96.0.1/24 dev conf0; ip link set conf0 up; ip -6 addr add fd96::1/64 dev conf0 nodad");
        space.Shell("ip addr del 10.96.0.1/24 dev conf0; ip link set conf0 down; ip link set conf0 name conf1; ip link delete conf1");
        var seen = new List<TunChange>();
        while (watch.TryWait(TimeSpan.FromSeconds(5), out TunChange? change))
        {
            seen.Add(change);
            if (change.Kind == TunChangeKind.Removed)
            {
                break;
            }
        }

        TunAddress four = TunAddress.Parse("10.96.0.1/24");
        TunAddress six = TunAddress.Parse("fd96::1/64");
        Assert.Equal(
            [
                new(TunChangeKind.Mtu, Mtu: 1300), new(TunChangeKind.AddressAdded, Address: four), new(TunChangeKind.Up), new(TunChangeKind.AddressAdded, Address: six),
                new(TunChangeKind.AddressRemoved, Address: four), new(TunChangeKind.AddressRemoved, Address: six), new(TunChangeKind.Down), new(TunChangeKind.Renamed, Name: "conf1"),
                new(TunChangeKind.Removed),
            ],
            seen.OrderBy(change => change.Kind == TunChangeKind.Removed).ThenBy(change => Order(change)));

        // Address and link notifications overtake each other: only their order among themselves is the kernel's.
        int Order(TunChange change) => change switch
        {
            { Kind: TunChangeKind.Mtu } => 0,
            { Kind: TunChangeKind.AddressAdded } when change.Address == four => 1,
            { Kind: TunChangeKind.Up } => 2,
            { Kind: TunChangeKind.AddressAdded } => 3,
            { Kind: TunChangeKind.AddressRemoved } when change.Address == four => 4,
            { Kind: TunChangeKind.AddressRemoved } => 5,
            { Kind: TunChangeKind.Down } => 6,
            _ => 7,
        };
    }

    [Fact]
    public async Task A_watch_can_be_read_as_a_stream_and_cancelled()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice device = Open(space, new TunConfiguration { IsUp = false });
        using TunWatch watch = space.Run(device.Watch);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        space.Shell("ip link set conf0 mtu 1300");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (TunChange change in watch.ReadAllAsync(cancel.Token))
            {
                Assert.Equal(new TunChange(TunChangeKind.Mtu, Mtu: 1300), change);
                await cancel.CancelAsync();
            }
        });
    }

    private static TunRoute Route(string text)
    {
        Assert.True(TunRoute.TryParse(text, out TunRoute? route));
        return route;
    }

    private static TunDevice Open(NetworkNamespace space, TunConfiguration? configuration) =>
        space.Run(() => TunDevice.Open(new TunOptions { Name = "conf0", Configuration = configuration }));

    private static string State(NetworkNamespace space) => space.Shell("ip -o addr; ip -o link | sed 's/qdisc [a-z_]*//; s/state [A-Z]*//'; ip route; ip -6 route");
}
