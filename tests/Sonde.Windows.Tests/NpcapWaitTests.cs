using System.Diagnostics;
using Sonde.Link;

namespace Sonde.Windows.Tests;

/// <summary>Waits through a look-alike wpcap.dll: what wakes them, what ends them, and closing meanwhile.</summary>
[Trait("pass", "link")]
public sealed class NpcapWaitTests : IDisposable
{
    private readonly NpcapLookalike _npcap = NpcapLookalike.Load();

    public void Dispose()
    {
        Assert.Equal(string.Empty, _npcap.Misuse);
        Assert.Equal(0, _npcap["open"]);
        Assert.Equal(0, _npcap["queues"]);
    }

    [Fact]
    public void A_wait_ends_with_its_time()
    {
        using FrameDevice device = _npcap.Open();
        long start = Stopwatch.GetTimestamp();

        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(150)));

        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(140));
    }

    [Fact]
    public void The_driver_wakes_a_wait()
    {
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { Mode = FrameMode.Latency });
        using var timer = new Timer(_ => _npcap.Burst(1), null, TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);

        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Many_frames_in_capture_mode_are_told_by_the_driver_before_the_block_timeout()
    {
        // Without the driver's word every wait lasts the whole second; with it one of some is quick even on a machine under load.
        bool wasQuick = false;
        for (int round = 0; round < 5 && !wasQuick; round++)
        {
            using FrameDevice device = _npcap.Open(new FrameDeviceOptions { BlockTimeout = TimeSpan.FromSeconds(1) });
            long burst = 0;
            using var timer = new Timer(
                _ =>
                {
                    Volatile.Write(ref burst, Stopwatch.GetTimestamp());
                    _npcap.Burst(400);
                },
                null,
                TimeSpan.FromMilliseconds(50),
                Timeout.InfiniteTimeSpan);

            Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.FromSeconds(20)));
            wasQuick = Stopwatch.GetElapsedTime(Volatile.Read(ref burst)) < TimeSpan.FromMilliseconds(600);
        }

        Assert.True(wasQuick);
    }

    [Fact]
    public void Few_frames_in_capture_mode_wait_no_longer_than_the_block_timeout()
    {
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { BlockTimeout = TimeSpan.FromMilliseconds(50) });
        using var timer = new Timer(_ => _npcap.Burst(1), null, TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);

        // One frame does not fill the 16,000 bytes at which the driver would tell.
        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.FromSeconds(20)));
        Assert.Equal(50, _npcap["timeout"]);
    }

    [Fact]
    public void A_wait_sleeps_between_looks()
    {
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { BlockTimeout = TimeSpan.FromMilliseconds(100) });
        int before = _npcap["dispatches"];

        device.Wait(TimeSpan.FromMilliseconds(500));

        Assert.InRange(_npcap["dispatches"] - before, 2, 10);
    }

    [Fact]
    public void A_wait_spins_only_as_long_as_it_was_told()
    {
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { Mode = FrameMode.Latency, Spin = TimeSpan.FromMilliseconds(50) });

        // The most of some rounds: a machine under load takes the processor away from a spinning thread.
        int spinning = 0;
        for (int round = 0; round < 6 || (round < 200 && spinning <= 10); round++)
        {
            int before = _npcap["dispatches"];
            device.Wait(TimeSpan.FromMilliseconds(45));
            spinning = Math.Max(spinning, _npcap["dispatches"] - before);
        }

        int beforeLong = _npcap["dispatches"];
        device.Wait(TimeSpan.FromMilliseconds(550));
        int longer = _npcap["dispatches"] - beforeLong;

        // Asleep it would look twice; spinning all the time, twelve times as often.
        Assert.True(spinning > 10, $"{spinning} looks while spinning");
        Assert.True(longer < 6 * spinning, $"{longer} looks, of which 50 of 550 ms were to spin, after {spinning}");
    }

    [Fact]
    public void A_token_ends_a_wait_and_the_device_goes_on()
    {
        using FrameDevice device = _npcap.Open();
        using var stopping = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        Assert.False(device.Wait(stopping.Token));

        Assert.Equal(FrameWait.Stopped, device.Wait(TimeSpan.Zero, stopping.Token));
        _npcap.Burst(1);
        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Dispose_ends_a_wait_of_another_thread_and_closes()
    {
        using FrameDevice device = _npcap.Open();
        using var timer = new Timer(_ => device.Dispose(), null, TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);

        Assert.False(device.Wait());

        Assert.True(SpinWait.SpinUntil(() => _npcap["open"] == 0, TimeSpan.FromSeconds(20)));
        Assert.False(device.Wait());
        foreach (Frame frame in device.Receive())
        {
            Assert.Fail($"a frame of {frame.WireLength} bytes after the end");
        }
    }

    [Fact]
    public void Dispose_within_a_loop_closes_when_the_loop_ends()
    {
        FrameDevice device = _npcap.Open();
        _npcap.Burst(5);
        int seen = 0;
        foreach (Frame frame in device.Receive())
        {
            seen++;
            device.Dispose();
            Assert.Equal(1, _npcap["open"]);
            Assert.Equal(0, NpcapLookalike.Number(frame));
        }

        Assert.Equal(1, seen);
        Assert.Equal(1, _npcap["breaks"]);
        Assert.Equal(0, _npcap["open"]);
        device.Dispose();
    }
}
