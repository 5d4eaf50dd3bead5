using System.Diagnostics;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.MacOS;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests;

public sealed class ChangeTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_change_before_the_wait_is_not_missed()
    {
        using var system = new LookAlike();
        using var interfaces = new MacOSNetworkInterfaces(TimeProvider.System);
        system.Announce(RouteBytes.Plain(Darwin.RTM_NEWADDR));
        system.Announce(RouteBytes.Plain(Darwin.RTM_IFINFO));

        Assert.Equal(InterfaceChange.Addresses | InterfaceChange.Links, interfaces.WaitForChange(s_long, CancellationToken.None));
    }

    [Fact]
    public async Task A_change_during_the_wait_ends_it_and_a_neighbour_does_not()
    {
        using var system = new LookAlike();
        using var interfaces = new MacOSNetworkInterfaces(TimeProvider.System);
        Task<InterfaceChange> waiting = Task.Run(() => interfaces.WaitForChange(s_long, CancellationToken.None));

        system.Announce(RouteBytes.Route(Darwin.RTM_ADD, 4, Darwin.RTF_UP | Darwin.RTF_HOST, (Darwin.RTAX_DST, RouteBytes.IP("192.0.2.9"))));
        system.Announce(RouteBytes.Plain(Darwin.RTM_NEWADDR));

        // Had the neighbour passed for a change, it would be one of routes.
        Assert.Equal(InterfaceChange.Addresses, await waiting.WaitAsync(s_long, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Nothing_changes_until_the_time_is_over()
    {
        using var system = new LookAlike();
        using var interfaces = new MacOSNetworkInterfaces(TimeProvider.System);
        long started = Stopwatch.GetTimestamp();

        Assert.Equal(InterfaceChange.None, interfaces.WaitForChange(TimeSpan.FromMilliseconds(60), CancellationToken.None));
        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(59));
    }

    [Fact]
    public async Task Cancelling_ends_the_wait()
    {
        using var system = new LookAlike();
        using var interfaces = new MacOSNetworkInterfaces(TimeProvider.System);
        using var cancel = new CancellationTokenSource();
        Task<InterfaceChange> waiting = Task.Run(
            () => interfaces.WaitForChange(Timeout.InfiniteTimeSpan, cancel.Token),
            TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_long, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_routing_socket_asks_for_room_because_the_kernel_drops_without_a_word()
    {
        using var system = new LookAlike();
        using var interfaces = new MacOSNetworkInterfaces(TimeProvider.System);

        Assert.Equal(256 * 1024, system["receive.bytes"]);
    }

    [Fact]
    public void An_overflow_says_that_changes_were_lost()
    {
        using var system = new LookAlike();
        using var interfaces = new MacOSNetworkInterfaces(TimeProvider.System);
        system.Announce(RouteBytes.Plain(Darwin.RTM_IFINFO));
        system["overflow"] = 1;

        Assert.Equal(InterfaceChange.Links | InterfaceChange.Lost, interfaces.WaitForChange(s_long, CancellationToken.None));
    }

    [Fact]
    public void Without_a_routing_socket_reading_works_and_waiting_says_why_not()
    {
        using var system = new LookAlike { ["fail.socket.route"] = Darwin.EPERM };
        using var interfaces = new MacOSNetworkInterfaces(TimeProvider.System);

        Assert.Equal(6, interfaces.Collect().Interfaces.Count);
        HostException refused = Assert.Throws<HostException>(() => interfaces.WaitForChange(s_long, CancellationToken.None));
        Assert.Equal((HostFailure.AccessDenied, "socket(PF_ROUTE)"), (refused.Failure, refused.Operation));
    }

    [Fact]
    public void The_ladder_says_what_is_missing_from_a_full_answer()
    {
        using var system = new LookAlike { ["fail.ifdata"] = Darwin.EPERM, ["fail.dns"] = Darwin.ENOENT, ["fail.socket.route"] = Darwin.EPERM };

        BackendStatus status = Assert.Single(new MacOSInterfaceLadder().Check());

        Assert.Equal((BackendState.Available, "interfaces", "sysctl"), (status.State, status.Part, status.Backend));
        Assert.Contains("64-bit counters", status.Reason, StringComparison.Ordinal);
        Assert.Contains("name servers", status.Reason, StringComparison.Ordinal);
        Assert.Contains("socket(PF_ROUTE)", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ladder_has_nothing_to_say_when_all_works()
    {
        using var system = new LookAlike();
        var ladder = new MacOSInterfaceLadder();

        Assert.Null(Assert.Single(ladder.Check()).Reason);
        using NetworkInterfaces best = ladder.OpenBest();
        Assert.Equal("sysctl", best.Backend);
    }

    [Fact]
    public void The_ladder_says_so_when_the_list_is_refused()
    {
        using var system = new LookAlike { ["fail.getifaddrs"] = Darwin.EPERM };
        var ladder = new MacOSInterfaceLadder();

        Assert.Equal(BackendState.Denied, Assert.Single(ladder.Check()).State);
        Assert.Equal(HostFailure.AccessDenied, Assert.Throws<HostException>(ladder.OpenBest).Failure);
    }
}
