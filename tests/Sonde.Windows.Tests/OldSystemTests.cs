using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Windows.Tests;

/// <summary>A look-alike iphlpapi.dll without the functions of netioapi.h: what is missing becomes a reason, not a crash.</summary>
[Trait("pass", "old")]
public sealed class OldSystemTests
{
    [Fact]
    public void Missing_functions_become_reasons()
    {
        Lookalike.Play(Scene.Usual);
        using var interfaces = NetworkInterfaces.Open();

        InterfaceSnapshot snapshot = interfaces.Collect();

        Assert.Equal(["IPv4 routes", "IPv6 routes", "interface table"], snapshot.Gaps.Select(gap => gap.What));
        Assert.All(snapshot.Gaps, gap => Assert.Equal(ReadingStatus.Unsupported, gap.Status));
        Assert.All(snapshot.Interfaces, found =>
        {
            Assert.Equal(ReadingStatus.Unsupported, found.Counters.Status);
            Assert.Contains("lacks the function", found.Counters.Reason);
            Assert.True(found.Addresses.HasValue);
        });
    }

    [Fact]
    public void Waiting_for_changes_is_refused_as_unavailable()
    {
        Lookalike.Play(Scene.Usual);
        using var interfaces = NetworkInterfaces.Open();

        HostException refused = Assert.Throws<HostException>(
            () => interfaces.WaitForChange(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));

        Assert.Equal(HostFailure.Unavailable, refused.Failure);
    }

    [Fact]
    public void The_ladder_names_what_is_missing()
    {
        Lookalike.Play(Scene.Usual);

        BackendStatus status = Assert.Single(NetworkInterfaces.Check());

        Assert.Equal(BackendState.Available, status.State);
        Assert.Contains("no counters", status.Reason);
        Assert.Contains("no change notifications", status.Reason);
    }
}
