using Sonde.Host.Interfaces;
using Sonde.Host.Privileges;
using Sonde.Host.Processes;
using Sonde.Host.Resolvers;
using Sonde.Host.Services;
using Sonde.Host.Systems;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

public sealed class HandleTests
{
    private const int Rounds = 40;

    // COM keeps its connections to other processes open, made when it is first needed.
    static HandleTests()
    {
        using var system = HostSystem.Open();
        system.Collect();
    }

    [Fact]
    public void The_count_sees_every_handle()
    {
        int before = WindowsHandles.Count();
        EventWaitHandle[] events = [.. Enumerable.Range(0, Rounds).Select(_ => new ManualResetEvent(initialState: false))];
        int during = WindowsHandles.Count();
        Array.ForEach(events, each => each.Dispose());

        Assert.InRange(during - before, Rounds, Rounds + 5);
    }

    [Fact]
    public void Opening_collecting_and_waiting_leaves_no_handle_behind() => AssertLeaksNothing(() =>
    {
        using var interfaces = NetworkInterfaces.Open();
        interfaces.Collect();
        interfaces.WaitForChange(TimeSpan.Zero, TestContext.Current.CancellationToken);
    });

    [Fact]
    public void Checking_the_ladder_leaves_no_handle_behind() => AssertLeaksNothing(() => NetworkInterfaces.Check());

    [Fact]
    public void Reading_resolvers_leaves_no_handle_behind() => AssertLeaksNothing(() => NameResolvers.Create().Collect());

    [Fact]
    public void Reading_privileges_leaves_no_handle_behind() => AssertLeaksNothing(() => ProcessPrivileges.Create().Read());

    [Fact]
    public void Collecting_processes_leaves_no_handle_behind() => AssertLeaksNothing(() =>
    {
        using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.All & ~ProcessFields.Signature });
        collector.Collect().Dispose();
        collector.Collect().Dispose();
    });

    [Fact]
    public void Reading_the_system_leaves_no_handle_behind() => AssertLeaksNothing(() =>
    {
        using var system = HostSystem.Open();
        system.Collect();
    });

    [Fact]
    public void Listing_services_leaves_no_handle_behind() => AssertLeaksNothing(() =>
    {
        using var services = SystemServices.Open();
        services.Collect();
    });

    private static void AssertLeaksNothing(Action action) => Assert.InRange(WindowsHandles.LeastGrowth(Rounds, action), int.MinValue, Rounds / 4);
}
