using System.Diagnostics;
using Sonde.Interop.MacOS;
using Sonde.Link;
using Sonde.Testing;

namespace Sonde.MacOS.Tests.Link;

/// <summary>Waiting for frames: what ends a wait, and closing meanwhile.</summary>
public sealed class FrameWaitTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(10);

    // What ends by itself only when nobody waits for it any more.
    private static readonly TimeSpan s_longer = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_wait_ends_with_its_time()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        long started = Stopwatch.GetTimestamp();

        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(250), Token)); // longer than one sleep

        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(249));
        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.Zero, Token));
    }

    [Fact]
    public async Task Frames_that_come_end_a_wait()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        Task<FrameWait> waiting = Task.Run(() => device.Wait(s_long, Token), Token);
        AwaitALook(system);
        Assert.False(waiting.IsCompleted);

        FrameFeed.Feed(system, 1);

        Assert.Equal(FrameWait.Ready, await waiting);
        Assert.Equal([1], FrameFeed.Numbers(device));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancelling_ends_a_wait_that_sleeps_and_one_that_spins(bool spins)
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { Mode = FrameMode.Latency, Spin = spins ? s_longer : TimeSpan.Zero });
        using var cancel = new CancellationTokenSource();
        Task<FrameWait> waiting = Task.Run(() => device.Wait(Timeout.InfiniteTimeSpan, cancel.Token), Token);
        AwaitALook(system);

        await cancel.CancelAsync();

        Assert.Equal(FrameWait.Stopped, await waiting.WaitAsync(s_long, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposing_ends_a_wait_and_closes_the_device(bool spins)
    {
        using var system = new LookAlike();
        FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { Mode = FrameMode.Latency, Spin = spins ? s_longer : TimeSpan.Zero });
        Task<FrameWait> waiting = Task.Run(() => device.Wait(), Token).ContinueWith(static task => task.Result ? FrameWait.Ready : FrameWait.Stopped, TaskScheduler.Default);
        AwaitALook(system);

        device.Dispose();
        device.Dispose();

        Assert.Equal(FrameWait.Stopped, await waiting.WaitAsync(s_long, Token));
        Assert.Empty(FrameFeed.Numbers(device));
        Assert.Throws<ObjectDisposedException>(() => device.TrySend(BpfBytes.Frame(60)));
    }

    [Fact]
    public void Spinning_looks_without_sleeping_and_then_sleeps()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open(
            "en0",
            new FrameDeviceOptions { Mode = FrameMode.Latency, Spin = TimeSpan.FromMilliseconds(40) });

        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(60), Token));
        Assert.True(system["bpf.reads"] > 20, $"{system["bpf.reads"]} looks in 40 ms");

        using FrameDevice patient = FrameOpenTests.Open("en0", new FrameDeviceOptions { Spin = TimeSpan.FromMilliseconds(40) });
        system["bpf.reads"] = 0;
        Assert.Equal(FrameWait.TimedOut, patient.Wait(TimeSpan.FromMilliseconds(60), Token));
        Assert.InRange(system["bpf.reads"], 1, 4); // capture mode does not spin
    }

    [Fact]
    public async Task A_wait_notices_that_the_interface_has_gone_although_the_kernel_does_not_wake_it()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        FrameFeed.Feed(system, 1);
        Assert.Equal(FrameWait.Ready, device.Wait(s_long, Token));
        Assert.Equal([1], FrameFeed.Numbers(device));
        system["bpf.reads"] = 0;
        Task<FrameWait> waiting = Task.Run(() => device.Wait(Timeout.InfiniteTimeSpan, Token), Token);
        AwaitALook(system);

        system["bpf.gone"] = 1;

        LinkException gone = await Assert.ThrowsAsync<LinkException>(() => waiting.WaitAsync(s_long, Token));
        Assert.Equal((LinkFailure.InterfaceGone, "read", "en0", Darwin.ENXIO), (gone.Failure, gone.Operation, gone.InterfaceName, gone.NativeError));
    }

    // Whoever has looked in vain waits.
    private static void AwaitALook(LookAlike system) => Assert.True(SpinWait.SpinUntil(() => system["bpf.reads"] > 0, s_long));
}
