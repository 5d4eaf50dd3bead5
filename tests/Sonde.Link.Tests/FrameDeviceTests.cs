namespace Sonde.Link.Tests;

/// <summary>The order in which a device asks its backend, whatever its callers do.</summary>
public sealed class FrameDeviceTests
{
    [Fact]
    public void Disposing_from_another_thread_ends_a_wait_and_closes_once()
    {
        for (int round = 0; round < 200; round++)
        {
            var device = new FakeDevice();
            using var begun = new ManualResetEventSlim();
            FrameWait ended = FrameWait.Ready;
            var waiter = new Thread(() =>
            {
                begun.Set();
                ended = device.Wait(Timeout.InfiniteTimeSpan, default);
            });
            waiter.Start();
            begun.Wait();
            Thread.SpinWait(round * 50);
            device.Dispose();

            Assert.True(waiter.Join(TimeSpan.FromSeconds(10)));
            Assert.Equal(FrameWait.Stopped, ended);
            Assert.Equal((1, null), (device.Closes, device.Trespass));
        }
    }

    [Fact]
    public void Disposing_from_another_thread_ends_a_loop_before_its_next_frame_and_closes_once()
    {
        for (int round = 0; round < 200; round++)
        {
            var device = new FakeDevice();
            for (int frame = 0; frame < 10_000; frame++)
            {
                device.Add(1);
            }

            using var begun = new ManualResetEventSlim();
            int taken = 0;
            var reader = new Thread(() =>
            {
                while (device.Wait())
                {
                    foreach (Frame frame in device.Receive())
                    {
                        begun.Set();
                        taken += frame.Data.Length;
                    }
                }
            });
            reader.Start();
            begun.Wait();
            device.Dispose();

            Assert.True(reader.Join(TimeSpan.FromSeconds(10)));
            Assert.Equal((1, null), (device.Closes, device.Trespass));
        }
    }

    [Fact]
    public void Disposing_inside_the_own_loop_closes_when_the_loop_is_left()
    {
        var device = new FakeDevice();
        device.Add(1);
        device.Add(2);
        int taken = 0;

        foreach (Frame frame in device.Receive())
        {
            taken += frame.Data[0];
            device.Dispose();
            Assert.Equal(0, device.Closes);
        }

        Assert.Equal((1, 1, null), (taken, device.Closes, device.Trespass));
        Assert.False(device.Wait());
        Assert.Equal(0, Count(device));
    }

    [Fact]
    public void Disposing_twice_closes_once()
    {
        var device = new FakeDevice();

        device.Dispose();
        device.Dispose();

        Assert.Equal((1, null), (device.Closes, device.Trespass));
        Assert.Equal(FrameWait.Stopped, device.Wait(TimeSpan.Zero));
    }

    [Fact]
    public void Many_threads_dispose_and_one_closes()
    {
        for (int round = 0; round < 100; round++)
        {
            var device = new FakeDevice();
            var waiter = new Thread(() => device.Wait());
            waiter.Start();
            Parallel.For(0, 4, _ => device.Dispose());

            Assert.True(waiter.Join(TimeSpan.FromSeconds(10)));
            Assert.Equal((1, null), (device.Closes, device.Trespass));
        }
    }

    [Fact]
    public void A_second_loop_is_refused_and_the_first_goes_on()
    {
        using var device = new FakeDevice();
        device.Add(1);
        device.Add(2);
        int taken = 0;

        foreach (Frame frame in device.Receive())
        {
            taken += frame.Data[0];
            Assert.Throws<InvalidOperationException>(() => Count(device));
            Assert.Throws<InvalidOperationException>(() => device.Wait(TimeSpan.Zero));
        }

        Assert.Equal(3, taken);
    }

    [Fact]
    public void A_loop_that_is_left_early_loses_nothing()
    {
        using var device = new FakeDevice();
        device.Add(1);
        device.Add(2);
        var seen = new List<byte>();
        for (int round = 0; round < 2; round++)
        {
            foreach (Frame frame in device.Receive())
            {
                seen.Add(frame.Data[0]);
                break;
            }
        }

        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public void A_wait_ends_when_its_token_is_cancelled_or_its_time_is_over()
    {
        using var device = new FakeDevice();
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));

        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(FrameWait.Stopped, device.Wait(Timeout.InfiniteTimeSpan, source.Token));
        Assert.False(device.Wait(source.Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(262_145)]
    public void A_snap_length_out_of_range_is_refused_before_anything_is_opened(int snapLength) =>
        Assert.Throws<ArgumentException>(() => FrameDevice.Open("none", new FrameDeviceOptions { SnapLength = snapLength }));

    private static int Count(FrameDevice device)
    {
        int count = 0;
        foreach (Frame frame in device.Receive())
        {
            count += frame.Data.Length;
        }

        return count;
    }
}
