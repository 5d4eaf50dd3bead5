using Sonde.Link;
using Sonde.Testing;
using Sonde.Packets.Files;

namespace Sonde.System.Tests.Link;

/// <summary>Frames that bypass the network stack, on a cable whose driver takes XDP programs but copies.</summary>
public sealed class XdpTests
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(200);
    private static readonly FrameDeviceOptions s_xdp = new() { Mode = FrameMode.Xdp };

    [Fact]
    public void Frames_come_whole_and_in_order_and_the_stack_does_not_see_them()
    {
        using var wire = new Wire();
        FrameDevice beside = wire.Open("right");
        FrameDevice device = Open(wire, "right", s_xdp);
        List<byte[]> frames = [.. Enumerable.Range(0, 300).Select(static number => Wire.Numbered(number, 60 + (number * 4)))];
        SendAll(wire, frames);

        Assert.Equal(frames, Wire.Take(device, frames.Count));
        Assert.Empty(Wire.Take(beside, 1, s_idle));
        Assert.Equal(("af_xdp copy", 300, 0L), (device.Backend, device.Statistics.Delivered, device.Statistics.Dropped));

        device.Dispose();
        SendAll(wire, frames);
        Assert.Equal(frames, Wire.Take(beside, frames.Count));
        Assert.Equal(300, device.Statistics.Delivered);
    }

    [Fact]
    public void Of_one_EtherType_are_taken_and_the_others_go_to_the_stack()
    {
        using var wire = new Wire();
        FrameDevice beside = wire.Open("right");
        FrameDevice device = Open(wire, "right", s_xdp with { EtherType = 0x88A4 });
        SendAll(wire, [Wire.Numbered(1, etherType: 0x88A4), Wire.Numbered(2), Wire.Numbered(3, etherType: 0x88A4)]);

        Assert.Equal([Wire.Numbered(1, etherType: 0x88A4), Wire.Numbered(3, etherType: 0x88A4)], Wire.Take(device, 3, s_idle));
        Assert.Equal([Wire.Numbered(2)], Wire.Take(beside, 2, s_idle));
    }

    [Fact]
    public void What_is_known_beside_the_bytes_is_told_and_filters_run_here()
    {
        using var wire = new Wire();
        FrameDevice device = Open(wire, "right", s_xdp with { Filter = "greater 100", SnapLength = 90 });
        SendAll(wire, [Wire.Numbered(1), Wire.Numbered(2, 120)]);
        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.FromSeconds(5)));
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal((90, 120, PacketDirection.Inbound, FrameAudience.Broadcast, FrameClock.Process), (frame.Data.Length, frame.WireLength, frame.Direction, frame.Audience, frame.Clock));
            Assert.Equal(device.InterfaceIndex, frame.InterfaceIndex);
        }

        Assert.Equal((1, 1, 1, false), (device.Statistics.Delivered, device.Statistics.FilteredHere, device.Statistics.Cut, device.FiltersInKernel));
    }

    [Fact]
    public void Frames_are_sent_alone_and_in_batches_again_and_again()
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open("right");
        FrameDevice sender = Open(wire, "left", s_xdp with { Directions = FrameDirections.None });
        var batch = new FrameSendBatch();
        for (int number = 0; number < 64; number++)
        {
            Assert.True(batch.TryAdd(Wire.Numbered(number)));
        }

        for (int round = 0; round < 100; round++)
        {
            Assert.Equal(64, sender.Send(batch));
            Assert.Equal(Enumerable.Range(0, 64).Select(static number => Wire.Numbered(number)), Wire.Take(device, 64));
            Assert.True(sender.TrySend(Wire.Numbered(99, 1514)));
            Assert.Equal([Wire.Numbered(99, 1514)], Wire.Take(device, 1));
        }

        Assert.Equal(6500, sender.Statistics.Sent);
        Assert.Equal(LinkFailure.FrameTooLong, Assert.Throws<LinkException>(() => sender.TrySend(Wire.Numbered(1, 1600))).Failure);
    }

    [Fact]
    public void Frames_lost_because_the_reader_sleeps_are_counted()
    {
        const int Sent = 5000;
        using var wire = new Wire();
        FrameDevice device = Open(wire, "right", s_xdp);
        SendAll(wire, [.. Enumerable.Repeat(Wire.Numbered(1), Sent)]);

        int read = Wire.Take(device, Sent, s_idle).Count;

        Assert.InRange(read, 1, Sent - 1);
        Assert.Equal((read, (long?)(Sent - read)), (device.Statistics.Delivered, device.Statistics.Dropped));
    }

    [Fact]
    public void An_interface_that_is_removed_ends_the_wait()
    {
        using var wire = new Wire();
        FrameDevice device = Open(wire, "right", s_xdp);
        LinkException? end = null;
        var waiter = new Thread(() => end = Assert.Throws<LinkException>(() => device.Wait()));
        waiter.Start();
        wire.Host.Shell("sleep 0.2; ip link del right");

        Assert.True(waiter.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(LinkFailure.InterfaceGone, end?.Failure);
    }

    [Fact]
    public void Disposing_ends_a_wait_and_a_queue_has_one_user()
    {
        using var wire = new Wire();
        FrameDevice device = Open(wire, "right", s_xdp);
        Assert.Equal(LinkFailure.Busy, Assert.Throws<LinkException>(() => wire.Open("right", s_xdp)).Failure);
        bool ready = true;
        var waiter = new Thread(() => ready = device.Wait());
        waiter.Start();
        device.Dispose();

        Assert.True(waiter.Join(TimeSpan.FromSeconds(10)));
        Assert.False(ready);
        Assert.Throws<ObjectDisposedException>(() => device.TrySend(new byte[60]));
        Assert.Equal(LinkFailure.NotSupported, Assert.Throws<LinkException>(() => wire.Open(FrameDevice.AnyInterface, s_xdp)).Failure);
    }

    [Fact]
    public void Question_and_answer_allocate_nothing()
    {
        using var wire = new Wire();
        FrameDevice left = Open(wire, "left", s_xdp with { Spin = TimeSpan.FromMilliseconds(1) });
        FrameDevice right = Open(wire, "right", s_xdp);
        var echo = new Thread(() =>
        {
            while (right.Wait())
            {
                foreach (Frame frame in right.Receive())
                {
                    right.TrySend(frame.Data);
                }
            }
        });
        echo.Start();
        byte[] question = Wire.Numbered(1);
        Assert.Equal(20, Ask(20));

        int answers = 0;
        long allocated = AllocationWatch.Least(() => answers = Ask(1000));
        right.Dispose();

        Assert.True(echo.Join(TimeSpan.FromSeconds(20)));
        Assert.Equal((1000, 0L), (answers, allocated));

        int Ask(int rounds)
        {
            int seen = 0;
            for (int round = 0; round < rounds; round++)
            {
                left.TrySend(question);
                if (left.Wait(TimeSpan.FromSeconds(2)) != FrameWait.Ready)
                {
                    break;
                }

                foreach (Frame frame in left.Receive())
                {
                    seen += frame.Data.SequenceEqual(question) ? 1 : 0;
                }
            }

            return seen;
        }
    }

    private static FrameDevice Open(Wire wire, string name, FrameDeviceOptions options)
    {
        try
        {
            return wire.Open(name, options);
        }
        catch (LinkException refused) when (refused.Failure is LinkFailure.NotSupported)
        {
            Assert.Skip($"this kernel has no AF_XDP: {refused.Message}");
            throw;
        }
    }

    private static void SendAll(Wire wire, IReadOnlyList<byte[]> frames)
    {
        FrameDevice sender = wire.Sender();
        foreach (byte[] frame in frames)
        {
            Assert.True(sender.TrySend(frame));
        }
    }
}
