using Sonde.Interop.Windows;
using Sonde.Packets;
using Sonde.Tun;

namespace Sonde.Windows.Tests;

/// <summary>Addresses, MTU, routes, name servers and changes: what a look-alike of the IP Helper functions was told.</summary>
[Trait("pass", "tun")]
public sealed class TunConfigurationTests : IDisposable
{
    private const string Fresh = "sonde7 up mtu 65535 65535 metric 0 0 dad 0 0 routers 0 0\n";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TunLookalike _lookalike = new();

    public void Dispose() => _lookalike.AssertClean();

    [Fact]
    public void Everything_that_was_asked_for_is_there_in_both_families()
    {
        using TunDevice device = Open(new TunConfiguration
        {
            Mtu = 1400,
            Addresses = [TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")],
            Routes = [Route("10.50.0.0/16") with { Metric = 7 }, Route("fd50::/48"), Route("10.51.0.0/16 via 10.96.0.9"), Route("fd51::/48 via fd96::9")],
            Dns = new TunDns([InternetAddress.Parse("10.96.0.53"), InternetAddress.Parse("fd96::53"), InternetAddress.Parse("10.96.0.54")], ["corp.example", "lab.example"]),
        });

        Assert.Equal(
            """
            sonde7 up mtu 1400 1400 metric 0 0 dad 0 0 routers 0 0
            address 10.96.0.1/24 dad 4
            address fd96::1/64 dad 4
            route 10.50.0.0/16 via 0.0.0.0 metric 7
            route fd50::/48 via :: metric 0
            route 10.51.0.0/16 via 10.96.0.9 metric 0
            route fd51::/48 via fd96::9 metric 0
            names 10.96.0.53,10.96.0.54|fd96::53 search corp.example,lab.example|corp.example,lab.example

            """,
            _lookalike.State,
            ignoreLineEndingDifferences: true);
        Assert.Equal(new TunState(true, 1400, []), device.ReadState() with { Addresses = [] });
        Assert.Equal([TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")], device.ReadState().Addresses);
    }

    [Theory]
    [InlineData(HelperCall.SetInterface, 0)]
    [InlineData(HelperCall.SetInterface, 1)]
    [InlineData(HelperCall.CreateAddress, 0)]
    [InlineData(HelperCall.CreateAddress, 1)]
    [InlineData(HelperCall.CreateRoute, 0)]
    [InlineData(HelperCall.CreateRoute, 1)]
    [InlineData(HelperCall.SetNames, 0)]
    public void When_a_part_is_refused_the_parts_before_it_are_taken_back(object call, int after)
    {
        using TunDevice device = Open(new TunConfiguration());
        Assert.Equal(Fresh, _lookalike.State);
        _lookalike.Fail((HelperCall)call, 31, after);

        TunException refused = Assert.Throws<TunException>(() => device.Configure(Everything));

        Assert.Equal((TunFailure.System, 31), (refused.Failure, refused.NativeError));
        Assert.Equal(Fresh, _lookalike.State);
        device.Configure(Everything).Restore();
        Assert.Equal(Fresh, _lookalike.State);
    }

    [Fact]
    public void A_configuration_that_is_refused_at_open_leaves_no_adapter_behind()
    {
        _lookalike.Fail(HelperCall.CreateRoute, 31, 1);

        Assert.Throws<TunException>(() => Open(Everything));

        Assert.Equal((1, 0), (_lookalike["created"], _lookalike["adapters"]));
    }

    [Fact]
    public void What_cannot_be_taken_back_is_told_beside_what_was_refused()
    {
        using TunDevice device = Open(new TunConfiguration());
        _lookalike.Fail(HelperCall.CreateRoute, 31);
        TunException first = Assert.Throws<TunException>(() => device.Configure(Everything));
        Assert.IsNotType<AggregateException>(first.InnerException);

        TunAppliedConfiguration applied = device.Configure(Everything);
        _lookalike.Fail(HelperCall.DeleteAddress, 31);
        TunException left = Assert.Single(applied.Restore());
        Assert.Contains("DeleteUnicastIpAddressEntry(fd96::1/64)", left.Operation, StringComparison.Ordinal);
        Assert.Contains("address fd96::1/64", _lookalike.State, StringComparison.Ordinal);
        Assert.DoesNotContain("10.96.0.1", _lookalike.State, StringComparison.Ordinal);
    }

    [Fact]
    public void Access_denied_is_told_as_such()
    {
        using TunDevice device = Open(new TunConfiguration());
        _lookalike.Fail(HelperCall.SetInterface, Win32.ERROR_ACCESS_DENIED);

        Assert.Equal(TunFailure.AccessDenied, Assert.Throws<TunException>(() => device.Configure(Everything)).Failure);
    }

    [Fact]
    public void What_is_there_already_is_accepted_and_left_when_the_rest_is_taken_back()
    {
        using TunDevice device = Open(new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")], Routes = [Route("10.50.0.0/16")] });

        TunAppliedConfiguration applied = device.Configure(Everything);
        Assert.Equal(4, applied.Changes.Count);
        Assert.Empty(applied.Restore());

        Assert.Equal(Fresh + "address 10.96.0.1/24 dad 4\nroute 10.50.0.0/16 via 0.0.0.0 metric 0\n", _lookalike.State);
    }

    [Fact]
    public void An_address_or_a_route_that_is_there_otherwise_is_a_conflict()
    {
        using TunDevice device = Open(new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")], Routes = [Route("10.50.0.0/16") with { Metric = 5 }] });

        Assert.Equal(TunFailure.AlreadyExists, Refused(device, new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/16")] }));
        Assert.Equal(TunFailure.AlreadyExists, Refused(device, new TunConfiguration { Routes = [Route("10.50.0.0/16") with { Metric = 6 }] }));
    }

    [Fact]
    public void The_two_halves_of_the_default_route_come_and_go()
    {
        using TunDevice device = Open(new TunConfiguration());
        TunAppliedConfiguration applied = device.Configure(new TunConfiguration { Routes = [.. TunRoute.SplitDefault(isIPv4: true), .. TunRoute.SplitDefault(isIPv4: false)] });

        Assert.Equal(
            Fresh + "route 0.0.0.0/1 via 0.0.0.0 metric 0\nroute 128.0.0.0/1 via 0.0.0.0 metric 0\nroute ::/1 via :: metric 0\nroute 8000::/1 via :: metric 0\n",
            _lookalike.State);
        Assert.Empty(applied.Restore());
        Assert.Equal(Fresh, _lookalike.State);
    }

    [Fact]
    public void Without_IPv6_IPv4_goes_on_and_IPv6_is_unavailable()
    {
        _lookalike.Helper.Call("fakeip_ipv6_off", 1);
        using TunDevice device = Open(new TunConfiguration { Mtu = 1400, Addresses = [TunAddress.Parse("10.96.0.1/24")], Dns = new TunDns([InternetAddress.Parse("10.96.0.53")], []) });

        Assert.Equal(1400, device.ReadState().Mtu);
        Assert.Equal(TunFailure.Unavailable, Refused(device, new TunConfiguration { Addresses = [TunAddress.Parse("fd96::1/64")] }));
        Assert.Equal(TunFailure.Unavailable, Refused(device, new TunConfiguration { Routes = [Route("fd50::/48")] }));
    }

    [Fact]
    public void An_MTU_below_that_of_IPv6_is_that_of_IPv4_only()
    {
        using TunDevice device = Open(new TunConfiguration { Mtu = 576 });

        Assert.StartsWith("sonde7 up mtu 576 1280 ", _lookalike.State, StringComparison.Ordinal);
        Assert.Equal(576, device.ReadState().Mtu);
    }

    [Fact]
    public void Name_servers_go_with_the_device_though_Windows_keeps_them_by_its_GUID()
    {
        TunDevice device = Open(new TunConfiguration { Dns = new TunDns([InternetAddress.Parse("10.96.0.53")], ["corp.example"]) });
        Assert.Contains("names 10.96.0.53| search corp.example|corp.example", _lookalike.State, StringComparison.Ordinal);

        device.Dispose();

        Assert.Equal(string.Empty, _lookalike.State);
    }

    [Fact]
    public void A_device_whose_adapter_is_gone_says_so()
    {
        TunDevice holder = Open(new TunConfiguration { IsUp = false });
        using TunDevice guest = Open(new TunConfiguration { IsUp = false });
        holder.Dispose();

        Assert.Equal(TunFailure.Gone, Assert.Throws<TunException>(() => guest.ReadState()).Failure);
        Assert.Equal(TunFailure.Gone, Refused(guest, Everything));
    }

    [Fact]
    public void Changes_are_told_as_they_come_until_the_device_is_gone()
    {
        TunDevice device = Open(new TunConfiguration());
        using TunWatch watch = TunDevice.Watch("SONDE7");
        using TunWatch own = device.Watch();

        TunAppliedConfiguration applied = device.Configure(new TunConfiguration { Mtu = 1400, Addresses = [TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")] });
        AssertChanges(
            watch,
            new TunChange(TunChangeKind.Mtu, Mtu: 1400),
            new TunChange(TunChangeKind.AddressAdded, Address: TunAddress.Parse("10.96.0.1/24")),
            new TunChange(TunChangeKind.AddressAdded, Address: TunAddress.Parse("fd96::1/64")));
        applied.Restore();
        AssertChanges(
            watch,
            new TunChange(TunChangeKind.Mtu, Mtu: 65535),
            new TunChange(TunChangeKind.AddressRemoved, Address: TunAddress.Parse("10.96.0.1/24")),
            new TunChange(TunChangeKind.AddressRemoved, Address: TunAddress.Parse("fd96::1/64")));
        device.Configure(new TunConfiguration { IsUp = false });
        AssertChanges(watch, new TunChange(TunChangeKind.Down));
        device.Configure(new TunConfiguration { IsUp = true });
        AssertChanges(watch, new TunChange(TunChangeKind.Up));
        _lookalike.Helper.Call("fakeip_rename", 1);
        AssertChanges(watch, new TunChange(TunChangeKind.Renamed, Name: "renamed1"));
        device.Dispose();
        Assert.True(watch.TryWait(s_patience, out TunChange? last, TestContext.Current.CancellationToken));
        Assert.Contains(last.Kind, new[] { TunChangeKind.Down, TunChangeKind.Removed }); // the session ends first
    }

    [Fact]
    public async Task A_watch_ends_by_time_by_a_token_and_by_the_end_of_the_device()
    {
        TunDevice device = Open(new TunConfiguration());
        using TunWatch watch = TunDevice.Watch("sonde7");
        Assert.False(watch.TryWait(TimeSpan.FromMilliseconds(20), out _, TestContext.Current.CancellationToken));
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        Assert.ThrowsAny<OperationCanceledException>(() => watch.TryWait(Timeout.InfiniteTimeSpan, out _, cancel.Token));

        using var closing = new Timer(_ => device.Dispose(), null, TimeSpan.FromMilliseconds(20), Timeout.InfiniteTimeSpan);
        TunChange? last = null;
        await foreach (TunChange change in watch.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            last = change;
        }

        Assert.Equal(TunChangeKind.Removed, last?.Kind);
        device.Dispose();
    }

    [Fact]
    public void Only_TUN_adapters_can_be_watched()
    {
        Assert.Equal(TunFailure.NotFound, Assert.Throws<TunException>(() => TunDevice.Watch("sonde7")).Failure);
        Assert.Equal(TunFailure.Invalid, Assert.Throws<TunException>(() => TunDevice.Watch("Ethernet 2")).Failure);
    }

    private static TunConfiguration Everything => new()
    {
        Mtu = 1400,
        Addresses = [TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")],
        Routes = [Route("10.50.0.0/16"), Route("fd50::/48")],
        Dns = new TunDns([InternetAddress.Parse("10.96.0.53")], []),
    };

    private static TunRoute Route(string text) => TunRoute.TryParse(text, out TunRoute? route) ? route : throw new FormatException(text);

    private static TunFailure Refused(TunDevice device, TunConfiguration configuration) => Assert.Throws<TunException>(() => device.Configure(configuration)).Failure;

    // In any order: what one look finds at once is told in an order of its own.
    private static void AssertChanges(TunWatch watch, params TunChange[] expected)
    {
        var told = new List<TunChange>();
        while (told.Count < expected.Length && watch.TryWait(s_patience, out TunChange? change, TestContext.Current.CancellationToken))
        {
            told.Add(change);
        }

        Assert.Equal(expected.ToHashSet(), told.ToHashSet());
    }

    private TunDevice Open(TunConfiguration configuration) => TunDevice.Open(_lookalike.Options() with { Configuration = configuration });
}
