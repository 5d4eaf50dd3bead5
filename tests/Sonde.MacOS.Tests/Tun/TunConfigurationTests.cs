using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;
using Sonde.Tun;
using Sonde.Tun.MacOS;

namespace Sonde.MacOS.Tests.Tun;

public sealed class TunConfigurationTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void The_kernel_names_the_interface_and_what_was_asked_for_is_set()
    {
        using var system = new LookAlike();
        using TunDevice device = Utun.Open(new TunOptions { QueueCount = 2, Offload = TunOffload.Segmented });

        Assert.Equal("utun1", device.Name); // utun0 is the host's own
        Assert.Equal("utun", device.Backend);
        Assert.Equal(42, device.Index);
        Assert.Equal(4096, system["utun.pending"]);
        Assert.Equal(4 * 1024 * 1024, system["receive.bytes"]);
        Assert.Equal(2, device.Notes.Count);
        Assert.Equal(TunOffload.None, device.Offload);
    }

    [Theory]
    [InlineData("utun7", TunFailure.System, "utun7")]
    [InlineData("utun0", TunFailure.Busy, null)]
    [InlineData("sonde0", TunFailure.Invalid, null)]
    [InlineData("utun07", TunFailure.Invalid, null)]
    [InlineData("utun", TunFailure.Invalid, null)]
    [InlineData("utun-1", TunFailure.Invalid, null)]
    [InlineData("utun99999999999", TunFailure.Invalid, null)]
    public void A_name_is_utun_and_a_free_number(string name, TunFailure failure, string? given)
    {
        using var system = new LookAlike();
        if (given is not null)
        {
            using TunDevice device = Utun.Open(new TunOptions { Name = name });
            Assert.Equal(given, device.Name);
            return;
        }

        Assert.Equal(failure, Assert.Throws<TunException>(() => Utun.Open(new TunOptions { Name = name })).Failure);
    }

    [Theory]
    [InlineData("connect", Darwin.EPERM, TunFailure.AccessDenied)]
    [InlineData("ctlinfo", Darwin.ENOENT, TunFailure.Unavailable)]
    [InlineData("socket.system", Darwin.EPFNOSUPPORT, TunFailure.Unavailable)]
    [InlineData("addaddress", Darwin.EPERM, TunFailure.AccessDenied)]
    [InlineData("addaddress6", Darwin.EAFNOSUPPORT, TunFailure.Unavailable)]
    [InlineData("setmtu", Darwin.EINVAL, TunFailure.Invalid)]
    [InlineData("route.add", Darwin.EPERM, TunFailure.AccessDenied)]
    public void A_refusal_at_any_step_leaves_no_interface_and_no_route(string call, int errno, TunFailure failure)
    {
        using var system = new LookAlike { ["fail." + call] = errno };
        var options = new TunOptions { Configuration = Utun.With("10.96.0.1/24", "fd00::2/64") with { Mtu = 1400 } };

        TunException refused = Assert.Throws<TunException>(() => Utun.Open(options));

        Assert.Equal((failure, errno), (refused.Failure, refused.NativeError));
        Assert.Equal(["utun0"], new MacOSTunPlatform().List().Select(one => one.Name));
        Assert.Equal(system["routes.added"], system["routes.removed"]);
    }

    [Fact]
    public void Options_that_only_make_it_faster_may_be_refused()
    {
        using var system = new LookAlike { ["fail.pending"] = Darwin.EINVAL, ["fail.rcvbuf"] = Darwin.ENOBUFS };
        using TunDevice device = Utun.Open();
        Assert.Equal(2, device.Notes.Count);
    }

    [Fact]
    public void Addresses_MTU_and_routes_are_set_and_taken_back()
    {
        using var system = new LookAlike();
        using TunDevice device = Utun.Open(new TunOptions { Configuration = null });
        TunAppliedConfiguration applied = device.Configure(Utun.With("10.96.0.1/24", "fd00::2/64", "10.97.0.1/32") with
        {
            Mtu = 1400,
            Routes = [.. TunRoute.SplitDefault(isIPv4: true), new TunRoute(TunAddress.Parse("fd01::/48"))],
        });

        TunState state = device.ReadState();
        Assert.True(state.IsUp);
        Assert.Equal(1400, state.Mtu);
        Assert.Equal(["10.96.0.1/24", "fd00::2/64", "10.97.0.1/32"], state.Addresses.Select(one => one.ToString()));
        Assert.Equal(5, system["routes.added"]); // two networks of addresses, two halves, one more

        Assert.Empty(device.Configure(Utun.With("10.96.0.1/24") with { Routes = TunRoute.SplitDefault(isIPv4: true) }).Changes);
        Assert.Empty(applied.Restore());
        state = device.ReadState();
        Assert.Equal(1500, state.Mtu);
        Assert.Empty(state.Addresses);
        Assert.Equal(5, system["routes.removed"]);
    }

    [Fact]
    public void A_route_goes_out_as_the_kernel_wants_it()
    {
        TunRoute route = new(TunAddress.Parse("10.1.0.0/16"));
        byte[] link = [20, 18, 42, 0, .. new byte[16]];

        Assert.Equal(
            RouteBytes.Route(Darwin.RTM_ADD, 42, Darwin.RTF_UP | Darwin.RTF_STATIC, (Darwin.RTAX_DST, RouteBytes.IP("10.1.0.0")), (Darwin.RTAX_GATEWAY, link), (Darwin.RTAX_NETMASK, RouteBytes.IP("255.255.0.0")))[RouteBytes.HeaderSize..],
            MacOSTunBytes.RouteRequest(Darwin.RTM_ADD, 42, route)[RouteBytes.HeaderSize..]);
        Assert.Equal(
            RouteBytes.Route(
                Darwin.RTM_ADD,
                42,
                Darwin.RTF_UP | Darwin.RTF_STATIC | Darwin.RTF_HOST | Darwin.RTF_GATEWAY,
                (Darwin.RTAX_DST, RouteBytes.IP("fd01::9")),
                (Darwin.RTAX_GATEWAY, RouteBytes.IP("fd00::1"))).AsSpan(0, 16).ToArray(),
            MacOSTunBytes.RouteRequest(Darwin.RTM_ADD, 42, new TunRoute(TunAddress.Parse("fd01::9")) { Gateway = TunAddress.Parse("fd00::1").Address }).AsSpan(0, 16).ToArray());
    }

    [Fact]
    public void A_route_that_leads_elsewhere_is_a_conflict_and_is_left_alone()
    {
        using var system = new LookAlike { ["fail.route.add"] = Darwin.EEXIST };
        using TunDevice device = Utun.Open();
        var other = new TunConfiguration { Routes = [new TunRoute(TunAddress.Parse("10.5.0.0/16"))] };

        Assert.Equal(TunFailure.AlreadyExists, Assert.Throws<TunException>(() => device.Configure(other)).Failure);
        Assert.Equal(0, system["routes.removed"]);
    }

    [Fact]
    public void What_macOS_has_no_call_for_is_refused_as_such()
    {
        using var system = new LookAlike();
        using TunDevice device = Utun.Open();
        var metric = new TunConfiguration { Routes = [new TunRoute(TunAddress.Parse("10.5.0.0/16")) { Metric = 5 }] };
        var dns = new TunConfiguration { Dns = new TunDns([TunAddress.Parse("10.0.0.1").Address], []) };

        var mtu = new TunConfiguration { Routes = [new TunRoute(TunAddress.Parse("10.5.0.0/16")) { Mtu = 1300 }] };

        Assert.Equal(TunFailure.Unavailable, Assert.Throws<TunException>(() => device.Configure(metric)).Failure);
        Assert.Equal(TunFailure.Unavailable, Assert.Throws<TunException>(() => device.Configure(mtu)).Failure);
        Assert.Equal(TunFailure.Unavailable, Assert.Throws<TunException>(() => device.Configure(dns)).Failure);
    }

    [Fact]
    public void A_descriptor_of_another_is_adopted_and_one_that_is_no_utun_is_refused()
    {
        using var system = new LookAlike();
        UtunSocket foreign = UtunSocket.Open(out uint control);
        foreign.Connect(control, 5);
        using (TunDevice device = TunDevice.Configured(new MacOSTunPlatform().Adopt(foreign.Descriptor, new TunOptions()), new TunOptions()))
        {
            Assert.Equal("utun4", device.Name);
            Assert.Equal(TunStatus.Ok, device.Queues[0].Send(Utun.Packet(1)));
        }

        Assert.True(foreign.Descriptor.IsClosed);
        FileDescriptor other = LibSystem.socket(Darwin.AF_INET, Darwin.SOCK_DGRAM, 0);
        Assert.Equal(TunFailure.Invalid, Assert.Throws<TunException>(() => new MacOSTunPlatform().Adopt(other, new TunOptions())).Failure);
        Assert.True(other.IsClosed);
    }

    [Fact]
    public void Interfaces_are_listed_and_end_only_with_who_made_them()
    {
        using var system = new LookAlike();
        var platform = new MacOSTunPlatform();
        using TunDevice device = Utun.Open(new TunOptions { Configuration = Utun.With("10.96.0.1/24") });

        IReadOnlyList<TunDeviceInfo> found = platform.List();
        Assert.Equal(["utun0", "utun1"], found.Select(one => one.Name));
        Assert.Equal("10.96.0.1/24", Assert.Single(found[1].State.Addresses).ToString());
        Assert.Equal(TunFailure.Busy, Assert.Throws<TunException>(() => platform.Delete("utun1")).Failure);
        Assert.Equal(TunFailure.Invalid, Assert.Throws<TunException>(() => platform.Delete("en0")).Failure);
        Assert.Equal(TunFailure.NotFound, Assert.Throws<TunException>(() => platform.Watch("utun9")).Failure);
    }

    [Fact]
    public void Access_is_found_by_trying_and_makes_no_interface()
    {
        using var system = new LookAlike();
        Assert.All(new MacOSTunPlatform().CheckAccess(), one => Assert.Equal(TunAccessState.Available, one.State));
        system["euid"] = 501;
        TunAccess denied = new MacOSTunPlatform().CheckAccess()[0];

        Assert.Equal(TunAccessState.Denied, denied.State);
        Assert.Equal(["root"], denied.MissingRights);
        Assert.Equal(0, system["utun.connected"]);
    }

    [Fact]
    public void Changes_are_told_from_the_first_to_the_end()
    {
        using var system = new LookAlike();
        using TunDevice device = Utun.Open();
        using TunWatch watch = device.Watch();
        Assert.False(watch.TryWait(TimeSpan.Zero, out _));

        TunAppliedConfiguration applied = device.Configure(Utun.With("10.96.0.1/24"));
        Assert.Equal("10.96.0.1/24", Next(watch, TunChangeKind.AddressAdded).Address.ToString());
        applied.Restore();
        Next(watch, TunChangeKind.AddressRemoved);
        system.ChangeUtun("mtu", 1300);
        Assert.Equal(1300, Next(watch, TunChangeKind.Mtu).Mtu);
        system.ChangeUtun("flags", 0x8050);
        Next(watch, TunChangeKind.Down);
        Assert.Equal(TunStatus.Ok, device.Queues[0].Send(Utun.Packet(1))); // another's doing: the kernel does not say, and swallows it
        system.ChangeUtun("flags", 0x8051);
        Next(watch, TunChangeKind.Up);
        system["overflow"] = 1;
        system.ChangeUtun("mtu", 1301);
        Next(watch, TunChangeKind.Mtu);

        device.Dispose();
        new MacOSTunPlatform().List(); // the look-alike notices a closed socket when it is next asked
        Next(watch, TunChangeKind.Removed);
    }

    private static TunChange Next(TunWatch watch, TunChangeKind kind)
    {
        Assert.True(watch.TryWait(s_patience, out TunChange? change));
        Assert.Equal(kind, change.Kind);
        return change;
    }
}
