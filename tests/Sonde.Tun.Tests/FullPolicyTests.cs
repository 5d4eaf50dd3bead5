using System.Diagnostics;

namespace Sonde.Tun.Tests;

/// <summary>What a send does while the device has no room, on every system the same.</summary>
public sealed class FullPolicyTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Drop_takes_what_fits_and_drops_the_rest_at_once()
    {
        using DoubleTunDevice device = Open(TunFullPolicy.Drop);
        device.Queue.Room = 3;

        Assert.Equal(new TunSendResult(3, 5, TunStatus.Full), device.Queue.Send(Batch(8)));

        Assert.Equal([21, 22, 23], device.Queue.Sent);
        Assert.Equal(0, device.Queue.RoomWaits);
        Assert.Equal(1, device.Queue.Refusals);
        TunCounters counters = device.Counters;
        Assert.Equal((3, 5, 1), (counters.SentPackets, counters.DroppedFull, counters.FullEvents));
        Assert.Equal(21 + 22 + 23, counters.SentBytes);
    }

    [Fact]
    public void Spinning_goes_on_when_there_is_room_and_never_blocks()
    {
        // Ten milliseconds may pass before a busy machine lets this thread look again; not every time.
        Assert.True(SpinWait.SpinUntil(() => Send() == new TunSendResult(8, 0, TunStatus.Ok), s_patience));

        static TunSendResult Send()
        {
            using DoubleTunDevice device = Open(TunFullPolicy.SpinThenDrop(TimeSpan.FromMilliseconds(10)));
            device.Queue.Room = 3;
            device.Queue.RoomAfterRefusals = 2;

            TunSendResult result = device.Queue.Send(Batch(8));

            Assert.Equal([21, 22, 23, 24, 25, 26, 27, 28], [.. device.Queue.Sent, .. Enumerable.Range(24, 5).Skip(result.Accepted - 3)]);
            Assert.Equal(0, device.Queue.RoomWaits);
            Assert.Equal((1, result.Dropped), (device.Counters.FullEvents, device.Counters.DroppedFull));
            return result;
        }
    }

    [Fact]
    public void Spinning_drops_the_rest_when_the_time_is_over()
    {
        using DoubleTunDevice device = Open(TunFullPolicy.SpinThenDrop(TimeSpan.FromMilliseconds(5)));
        device.Queue.Room = 3;
        long started = Stopwatch.GetTimestamp();

        Assert.Equal(new TunSendResult(3, 5, TunStatus.Full), device.Queue.Send(Batch(8)));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(5), s_patience);
        Assert.Equal(0, device.Queue.RoomWaits);
        Assert.Equal(5, device.Counters.DroppedFull);
    }

    [Fact]
    public void Waiting_blocks_until_there_is_room()
    {
        using DoubleTunDevice device = Open(TunFullPolicy.Wait(s_patience));
        device.Queue.Room = 3;
        device.Queue.OnRoomWait = () => device.Queue.Room = device.Queue.RoomWaits == 3 ? int.MaxValue : 0;

        Assert.Equal(new TunSendResult(8, 0, TunStatus.Ok), device.Queue.Send(Batch(8)));

        Assert.Equal(3, device.Queue.RoomWaits);
        Assert.Equal(8, device.Queue.Sent.Count);
        Assert.Equal(1, device.Counters.FullEvents);
    }

    [Fact]
    public void Waiting_drops_the_rest_when_the_time_is_over()
    {
        using DoubleTunDevice device = Open(TunFullPolicy.Wait(TimeSpan.FromMilliseconds(30)));
        device.Queue.Room = 3;
        long started = Stopwatch.GetTimestamp();

        Assert.Equal(new TunSendResult(3, 5, TunStatus.Full), device.Queue.Send(Batch(8)));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(30), s_patience);
        Assert.Equal(5, device.Counters.DroppedFull);
    }

    [Fact]
    public void The_time_is_that_of_one_send_and_not_of_each_packet()
    {
        using DoubleTunDevice device = Open(TunFullPolicy.Wait(TimeSpan.FromMilliseconds(50)));
        device.Queue.Room = 0;
        device.Queue.OnRoomWait = () => device.Queue.Room = 1; // for one packet at a time
        var batch = new TunBatch(new TunBatchOptions { Capacity = 20_000, SlabSize = 2 << 20 });
        while (batch.TryAdd(new byte[20]))
        {
            Assert.True(batch.Count <= 20_000);
        }

        TunSendResult result = device.Queue.Send(batch);

        // Twenty thousand waits of a millisecond would be twenty seconds.
        Assert.Equal(TunStatus.Full, result.Status);
        Assert.InRange(result.Accepted, 0, batch.Count - 1);
        Assert.Equal(1, device.Counters.FullEvents);
    }

    [Fact]
    public void Closing_ends_a_wait_for_room()
    {
        DoubleTunDevice device = Open(TunFullPolicy.Wait(TimeSpan.FromHours(1)));
        device.Queue.Room = 0;
        TunSendResult result = default;
        var sender = new Thread(() => result = device.Queue.Send(Batch(2)));
        sender.Start();
        Assert.True(SpinWait.SpinUntil(() => device.Queue.RoomWaits > 0, s_patience));

        device.Dispose();

        Assert.True(sender.Join(s_patience));
        Assert.Equal(new TunSendResult(0, 2, TunStatus.Full), result);
        Assert.True(device.Queue.IsNativeEnded);
        Assert.Equal("closed", Assert.Single(device.Steps));
    }

    [Fact]
    public void A_single_packet_has_the_policy_too()
    {
        using DoubleTunDevice device = Open(TunFullPolicy.Drop);
        device.Queue.Room = 1;

        Assert.Equal(TunStatus.Ok, device.Queue.Send(new byte[20]));
        Assert.Equal(TunStatus.Full, device.Queue.Send(new byte[20]));

        // The next send finds it full anew.
        device.Queue.Room = 1;
        Assert.Equal(TunStatus.Ok, device.Queue.Send(new byte[20]));
        Assert.Equal((2, 1), (device.Counters.SentPackets, device.Counters.DroppedFull));
    }

    [Fact]
    public void A_time_that_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TunFullPolicy.SpinThenDrop(TimeSpan.FromMilliseconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TunFullPolicy.SpinThenDrop(TimeSpan.FromMilliseconds(11)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TunFullPolicy.Wait(TimeSpan.FromMilliseconds(-1)));
        Assert.Equal(TunFullAction.Drop, default(TunFullPolicy).Action);
    }

    private static DoubleTunDevice Open(TunFullPolicy policy) => new(new TunOptions { FullPolicy = policy });

    // Packets of 21, 22, 23 … bytes.
    private static TunBatch Batch(int count)
    {
        var batch = new TunBatch();
        for (int i = 1; i <= count; i++)
        {
            Assert.True(batch.TryAdd(new byte[20 + i]));
        }

        return batch;
    }
}
