using System.Threading.Channels;
using Sonde.Tun;

namespace Sonde.Tests.Contracts;

/// <summary>What a TUN device does on every system, asked of the real one or of its look-alike: whoever is behind the device answers an echo request.</summary>
public abstract class TunContract
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>How often a receive is cancelled: what may go wrong there goes wrong once in thousands.</summary>
    protected virtual int CancelledReceives => 50;

    /// <summary>Sends two packets and two that are none, over a new device.</summary>
    internal static void DropsWhatIsNoPacket(TunDevice device)
    {
        var batch = new TunBatch();
        batch.TryAdd(Ping());
        batch.TryAdd([0x25, .. Ping().AsSpan(1)]);
        batch.TryAdd([]);
        batch.TryAdd(Ping());
        TunSendResult result = device.Queues[0].Send(batch);

        Assert.Equal(new TunSendResult(2, 2, TunStatus.Invalid), result);
        Assert.Equal(2, device.Counters.DroppedInvalid);
        Assert.Equal(2, device.Counters.SentPackets);
        Assert.Equal(2 * Ping().Length, device.Counters.SentBytes);
        Assert.Equal(TunStatus.Invalid, device.Queues[0].Send(new byte[65536]));
        Assert.Equal(TunStatus.Ok, device.Queues[0].Receive(batch, s_patience));
    }

    [Fact]
    public void Closing_from_two_threads_ends_a_blocked_reader_a_hundred_times_over()
    {
        var batch = new TunBatch();
        for (int round = 0; round < 100; round++)
        {
            TunDevice device = Open();
            TunStatus read = TunStatus.Ok;
            var reader = new Thread(() => read = ReadToTheEnd(device.Queues[0], batch));
            reader.Start();
            if (round % 3 != 0)
            {
                WaitUntilBlocked(device.Queues[0]);
            }

            var second = new Thread(device.Dispose);
            second.Start();
            device.Dispose();

            Assert.True(reader.Join(s_patience) && second.Join(s_patience));
            Assert.Equal(TunStatus.Closed, read);
            Assert.Equal(TunStatus.Closed, device.Queues[0].Receive(batch));
            Assert.Equal(TunStatus.Closed, device.Queues[0].Send(Ping()));
        }
    }

    [Fact]
    public async Task Closing_ends_an_asynchronous_reader()
    {
        for (int round = 0; round < 20; round++)
        {
            TunDevice device = Open();
            ValueTask<TunStatus> pending = device.Queues[0].ReceiveAsync(new TunBatch(), TestContext.Current.CancellationToken);
            device.Dispose();
            Assert.Equal(TunStatus.Closed, await pending);
        }
    }

    [Fact]
    public async Task A_cancelled_receive_loses_nothing_and_the_next_one_gets_the_packet()
    {
        using TunDevice device = Open();
        TunQueue queue = device.Queues[0];
        var batch = new TunBatch();
        for (int round = 0; round < CancelledReceives; round++)
        {
            using var cancel = new CancellationTokenSource();
            ValueTask<TunStatus> pending = queue.ReceiveAsync(batch, cancel.Token);
            Assert.False(pending.IsCompleted);
            Assert.Equal(TunStatus.Busy, queue.TryReceive(new TunBatch()));
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pending);

            Assert.Equal(TunStatus.Ok, queue.Send(Ping()));
            Assert.Equal(TunStatus.Ok, await queue.ReceiveAsync(batch, TestContext.Current.CancellationToken));
            Assert.Equal(1, batch.Count);
        }
    }

    [Fact]
    public async Task Packets_come_by_enumeration_and_by_channel_until_the_device_is_closed()
    {
        TunDevice device = Open();
        device.Queues[0].Send(Ping());
        await foreach (TunBatch batch in device.Queues[0].ReceiveAllAsync(new TunBatch(), TestContext.Current.CancellationToken))
        {
            Assert.Equal(Ping().Length, batch[0].Length);
            device.Dispose();
        }

        device = Open();
        ChannelReader<TunPacket> packets = device.Queues[0].OpenChannel(16);
        device.Queues[0].Send(Ping());
        using (TunPacket packet = await packets.ReadAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal(Ping().Length, packet.Memory.Length);
        }

        device.Dispose();
        await packets.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_second_reader_is_told_so_and_takes_nothing()
    {
        using TunDevice device = Open();
        var reader = new Thread(() => ReadToTheEnd(device.Queues[0], new TunBatch()));
        reader.Start();
        WaitUntilBlocked(device.Queues[0]);

        Assert.Equal(TunStatus.Busy, device.Queues[0].Receive(new TunBatch()));
        Assert.Equal(TunStatus.Busy, device.Queues[0].TryLease(out _));
        device.Dispose();
        Assert.True(reader.Join(s_patience));
    }

    [Fact]
    public void A_packet_that_is_none_is_dropped_and_counted_and_the_others_are_sent()
    {
        using TunDevice device = Open();
        DropsWhatIsNoPacket(device);
    }

    [Fact]
    public void A_super_packet_that_lies_is_dropped_and_counted()
    {
        using TunDevice device = Open();
        var lie = new TunSegmentation { Kind = TunSegmentationKind.TcpIPv4, NeedsChecksum = true, SegmentSize = 0, ChecksumStart = 20, ChecksumOffset = 16 };

        Assert.Equal(TunStatus.Invalid, device.Queues[0].Send(Ping(), lie));
        Assert.Equal(TunStatus.Invalid, device.Queues[0].Send(Ping(), lie with { SegmentSize = 100, ChecksumStart = 60_000 }));
        Assert.Equal(2, device.Counters.DroppedInvalid);
    }

    [Fact]
    public void Leases_hold_a_packet_until_they_are_given_back_and_the_close_waits_for_them()
    {
        TunDevice device = Open();
        TunQueue queue = device.Queues[0];
        Assert.Equal(TunStatus.Ok, queue.TryLeaseSend(100, out TunSendLease cancelled));
        cancelled.Dispose();
        Assert.Equal(1, queue.Counters.LeasesCancelled);
        Assert.Equal(TunStatus.Ok, queue.TryLeaseSend(Ping().Length, out TunSendLease sending));
        Ping().CopyTo(sending.Packet);
        Assert.Equal(TunStatus.Ok, sending.Commit());
        sending.Dispose();
        Assert.Equal(1, queue.Counters.SentPackets);

        TunLease lease = default;
        for (TunStatus status = TunStatus.Empty; status != TunStatus.Ok;)
        {
            status = queue.TryLease(out lease);
        }

        Assert.Equal(Ping().Length, lease.Packet.Length);
        var closing = new Thread(device.Dispose);
        closing.Start();
        Assert.True(SpinWait.SpinUntil(() => queue.IsClosed, s_patience));
        Assert.False(closing.Join(100));
        Assert.Equal(0, lease.Packet[20]); // the echo reply is still there
        lease.Dispose();
        Assert.True(closing.Join(s_patience));
    }

    [Fact]
    public void A_device_that_is_taken_down_drops_what_is_sent_and_goes_on_when_it_is_up_again()
    {
        using TunDevice device = Open();
        TunQueue queue = device.Queues[0];
        TunAppliedConfiguration down = device.Configure(new TunConfiguration { IsUp = false });

        Assert.False(device.ReadState().IsUp);
        Assert.Equal(TunStatus.Down, queue.Send(Ping()));
        Assert.Equal(TunStatus.Empty, queue.Receive(new TunBatch(), TimeSpan.FromMilliseconds(50)));
        Assert.Equal(1, queue.Counters.DroppedDown);

        Assert.Empty(down.Restore());
        Assert.True(device.ReadState().IsUp);
        Assert.Equal(TunStatus.Ok, queue.Send(Ping()));
        var batch = new TunBatch();
        Assert.Equal(TunStatus.Ok, queue.Receive(batch, s_patience));
        Assert.Equal(0, batch[0][20]);
    }

    [Fact]
    public void A_device_that_is_taken_down_under_a_blocked_reader_wakes_it_to_wait_for_better_times()
    {
        using TunDevice device = Open();
        TunQueue queue = device.Queues[0];
        TunStatus read = TunStatus.Empty;
        var batch = new TunBatch();
        var reader = new Thread(() => read = queue.Receive(batch));
        reader.Start();
        WaitUntilBlocked(queue);

        device.Configure(new TunConfiguration { IsUp = false }).Restore();
        queue.Send(Ping());

        Assert.True(reader.Join(s_patience));
        Assert.Equal(TunStatus.Ok, read);
        Assert.Equal(0, batch[0][20]);
    }

    /// <summary>Opens a device that is up, has the address 10.96.0.1/24, and receives nothing by itself.</summary>
    protected abstract TunDevice Open();

    /// <summary>An echo request from 10.96.0.9 to 10.96.0.1.</summary>
    protected static byte[] Ping() => Convert.FromHexString("4500001C00000000400166180A6000090A6000010800F7FF00000000");

    /// <summary>Waits until the queue's reader sleeps.</summary>
    protected static void WaitUntilBlocked(TunQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        Assert.True(SpinWait.SpinUntil(() => queue.Counters.Waits > 0, s_patience));
    }

    private static TunStatus ReadToTheEnd(TunQueue queue, TunBatch batch)
    {
        TunStatus status;
        do
        {
            status = queue.Receive(batch);
        }
        while (status == TunStatus.Ok);
        return status;
    }
}
