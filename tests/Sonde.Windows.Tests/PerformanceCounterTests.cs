using Sonde.Host;
using Sonde.Host.Systems;
using Sonde.Interop;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>Performance counters as a real Windows has them, which Wine does not: played by tests/fixtures/windows/fakepdh.c.</summary>
[Trait("pass", "pdh")]
public sealed class PerformanceCounterTests
{
    private static readonly Lazy<LookalikeDll> s_dll = new(() => LookalikeDll.Replace(
        typeof(NativeError).Assembly,
        "pdh.dll",
        Environment.GetEnvironmentVariable("SONDE_LOOKALIKE")!)); // Play checks it

    private enum Scene
    {
        Usual,
        Old,
        Refused,
        Many,
        NoData,
    }

    [Fact]
    public void Rates_come_with_the_second_reading_and_instances_are_added_up()
    {
        LookalikeDll dll = Play(Scene.Usual);
        using (var system = HostSystem.Open())
        {
            HostLoad first = system.CollectLoad();
            HostLoad second = system.CollectLoad();

            Assert.Equal(ReadingStatus.NotCollected, first.ProcessorPercent.Status);
            Assert.Equal(4_000_000_000, first.MemoryAvailableBytes.Value);
            Assert.Equal(12.5, second.ProcessorPercent.Value); // of Processor Information
            Assert.Equal((3L, 120L, 2000L), (second.ProcessorQueue.Value, second.Processes.Value, second.Threads.Value));
            Assert.Equal((1234.5, 1e9), (second.ContextSwitchesPerSecond.Value, second.DiskReadBytesPerSecond.Value));
            Assert.Equal((300, 7), (second.NetworkReceivedBytesPerSecond.Value, second.NetworkSentBytesPerSecond.Value)); // an instance without valid data adds nothing
        }

        Assert.Equal(0, dll.Call("fake_open"));
    }

    [Fact]
    public void An_older_Windows_tells_by_its_older_counter()
    {
        Play(Scene.Old);
        using var system = HostSystem.Open();
        system.CollectLoad();

        Assert.Equal(50, system.CollectLoad().ProcessorPercent.Value);
    }

    [Fact]
    public void A_refusal_is_told_of_every_counter()
    {
        Play(Scene.Refused);
        using var system = HostSystem.Open();
        HostLoad load = system.CollectLoad();

        Assert.Equal((ReadingStatus.Denied, ReadingStatus.Denied), (load.ProcessorPercent.Status, load.NetworkSentBytesPerSecond.Status));
        Assert.True(load.Uptime.HasValue);
    }

    [Fact]
    public void Any_number_of_network_cards_fits()
    {
        Play(Scene.Many);
        using var system = HostSystem.Open();
        system.CollectLoad();

        Assert.Equal(5000, system.CollectLoad().NetworkReceivedBytesPerSecond.Value);
    }

    [Fact]
    public void Counters_that_never_have_data_are_a_failure_and_not_a_wait_for_ever()
    {
        Play(Scene.NoData);
        using var system = HostSystem.Open();
        system.CollectLoad();

        Assert.Equal(ReadingStatus.Failed, system.CollectLoad().ProcessorPercent.Status);
    }

    private static LookalikeDll Play(Scene scene)
    {
        Assert.SkipWhen(
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable("SONDE_LOOKALIKE")),
            "SONDE_LOOKALIKE is not set: the lane compiles the DLL and runs these tests in a process of their own");
        s_dll.Value.Call("fake_play", (int)scene);
        return s_dll.Value;
    }
}
