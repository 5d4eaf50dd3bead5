namespace Sonde.Link.Tests;

/// <summary>Frames for code that awaits them.</summary>
public sealed class FramePumpTests
{
    [Fact]
    public async Task Frames_come_in_their_order_with_all_that_is_known_about_them()
    {
        using var device = new FakeDevice();
        device.Add(1, 2);
        device.Add(3);
        var seen = new List<byte[]>();

        await foreach (OwnedFrame frame in device.ReadFramesAsync())
        {
            seen.Add(frame.Data.ToArray());
            Assert.Equal(7, frame.Frame.InterfaceIndex);
            frame.Dispose();
            if (seen.Count == 2)
            {
                break;
            }
        }

        Assert.Equal([[1, 2], [3]], seen);
        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.Zero)); // the thread has left the device
    }

    [Fact]
    public async Task Who_does_not_keep_up_loses_the_oldest_and_is_told_how_many()
    {
        using var device = new FakeDevice();
        for (byte number = 0; number < 100; number++)
        {
            device.Add(number);
        }

        IAsyncEnumerator<OwnedFrame> frames = device.ReadFramesAsync(capacity: 8).GetAsyncEnumerator();
        await using (frames)
        {
            ValueTask<bool> first = frames.MoveNextAsync();
            Assert.True(SpinWait.SpinUntil(() => device.Statistics.DroppedUnread >= 91, TimeSpan.FromSeconds(10)));
            Assert.True(await first);
            var rest = new List<byte> { frames.Current.Data.Span[0] };
            while (rest[^1] != 99)
            {
                Assert.True(await frames.MoveNextAsync());
                rest.Add(frames.Current.Data.Span[0]);
            }

            Assert.Equal(100, rest.Count + device.Statistics.DroppedUnread);
            Assert.Equal(rest.Order(), rest);
        }
    }

    [Fact]
    public async Task Cancelling_ends_the_loop_and_frees_the_device()
    {
        using var device = new FakeDevice();
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Drain(device, source.Token));

        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.Zero));
    }

    [Fact]
    public async Task Disposing_the_device_ends_the_loop()
    {
        var device = new FakeDevice();
        Task loop = Drain(device, default);

        device.Dispose();
        await loop.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal((1, null), (device.Closes, device.Trespass));
    }

    [Fact]
    public async Task A_failure_of_the_device_reaches_the_reader()
    {
        using var device = new FakeDevice { Fails = new LinkException(LinkFailure.InterfaceGone, "poll", "fake0", 19, "gone") };

        LinkException seen = await Assert.ThrowsAsync<LinkException>(() => Drain(device, default));

        Assert.Equal(LinkFailure.InterfaceGone, seen.Failure);
    }

    [Fact]
    public async Task A_second_reader_is_refused()
    {
        using var device = new FakeDevice();
        using var source = new CancellationTokenSource();
        Task first = Drain(device, source.Token);
        Assert.True(SpinWait.SpinUntil(() => IsBusy(device), TimeSpan.FromSeconds(10)));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Drain(device, default));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task Memory_of_a_disposed_frame_serves_a_later_one()
    {
        using var device = new FakeDevice();
        device.Add(1);
        OwnedFrame? earlier = null;
        int same = 0;
        int count = 0;
        await foreach (OwnedFrame frame in device.ReadFramesAsync())
        {
            same += ReferenceEquals(earlier, frame) ? 1 : 0;
            earlier = frame;
            frame.Dispose();
            Assert.Throws<ObjectDisposedException>(() => frame.Data);
            if (++count == 10)
            {
                break;
            }

            device.Add(1);
        }

        Assert.Equal(9, same);
    }

    private static bool IsBusy(FrameDevice device)
    {
        try
        {
            device.Wait(TimeSpan.Zero);
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static async Task Drain(FrameDevice device, CancellationToken stopping)
    {
        await foreach (OwnedFrame frame in device.ReadFramesAsync(cancellationToken: stopping))
        {
            frame.Dispose();
        }
    }
}
