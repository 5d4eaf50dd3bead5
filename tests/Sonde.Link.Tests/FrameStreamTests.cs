namespace Sonde.Link.Tests;

/// <summary>A device as a stream.</summary>
public sealed class FrameStreamTests
{
    [Fact]
    public void Each_read_gives_one_frame_and_none_is_lost()
    {
        using var device = new FakeDevice();
        device.Add(1, 2, 3);
        device.Add(4);
        using Stream stream = device.AsStream();
        byte[] buffer = new byte[100];

        Assert.Equal(3, stream.Read(buffer, 0, 100));
        Assert.Equal([1, 2, 3], buffer[..3]);
        Assert.Equal(1, stream.Read(buffer.AsSpan()));
        Assert.Equal(4, buffer[0]);
    }

    [Fact]
    public void A_frame_longer_than_the_buffer_is_an_error()
    {
        using var device = new FakeDevice();
        device.Add(1, 2, 3);
        using Stream stream = device.AsStream();

        LinkException refused = Assert.Throws<LinkException>(() => stream.Read(new byte[2]));

        Assert.Equal(LinkFailure.FrameTooLong, refused.Failure);
    }

    [Fact]
    public void A_read_ends_when_the_device_is_disposed()
    {
        var device = new FakeDevice();
        using Stream stream = device.AsStream();
        int length = -1;
        var reader = new Thread(() => length = stream.Read(new byte[10]));
        reader.Start();
        device.Dispose();

        Assert.True(reader.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, length);
    }

    [Fact]
    public void A_write_waits_for_a_queue_that_empties_and_gives_up_on_one_that_does_not()
    {
        using var device = new FakeDevice { FullFor = 3 };
        using Stream stream = device.AsStream();

        stream.Write([1, 2], 0, 2);
        Assert.Equal([[1, 2]], device.SentFrames);

        device.FullFor = int.MaxValue;
        Assert.Equal(LinkFailure.Busy, Assert.Throws<LinkException>(() => stream.Write([1])).Failure);
    }

    [Fact]
    public void Closing_the_stream_leaves_the_device_open()
    {
        using var device = new FakeDevice();
        Stream stream = device.AsStream();
        stream.Dispose();

        Assert.Throws<ObjectDisposedException>(() => stream.Read(new byte[1]));
        Assert.False(stream.CanRead);
        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.Zero));
    }
}
