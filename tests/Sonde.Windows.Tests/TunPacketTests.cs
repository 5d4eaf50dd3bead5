using System.Buffers.Binary;
using Sonde.Tun;

namespace Sonde.Windows.Tests;

/// <summary>Packets through the rings of a look-alike Wintun: order, room, waiting and counting.</summary>
[Trait("pass", "tun")]
public sealed class TunPacketTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TunLookalike _lookalike = new();

    public void Dispose() => _lookalike.AssertClean();

    [Fact]
    public void Packets_come_in_order_through_many_turns_of_the_ring()
    {
        using TunDevice device = _lookalike.Open();
        var batch = new TunBatch();
        byte[] packet = new byte[1400];
        packet[0] = 0x45;
        int next = 0;
        for (int sent = 0; sent < 5000;)
        {
            for (int i = 0; i < 37; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(4), sent);
                Assert.True(_lookalike.Arrive(packet.AsSpan(0, 20 + (sent * 7 % 1380))));
                sent++;
            }

            for (int got = 0; got < 37; got += batch.Count)
            {
                Assert.Equal(TunStatus.Ok, device.Queues[0].Receive(batch, s_patience));
                for (int i = 0; i < batch.Count; i++, next++)
                {
                    Assert.Equal(next, BinaryPrimitives.ReadInt32LittleEndian(batch[i][4..]));
                    Assert.Equal(20 + (next * 7 % 1380), batch[i].Length);
                }
            }
        }

        Assert.Equal(TunStatus.Empty, device.Queues[0].TryReceive(batch));
        TunCounters counters = device.Counters;
        Assert.Equal((next, next), (counters.ReceivedPackets, counters.ReceiveCalls));
    }

    [Fact]
    public void A_burst_that_was_signalled_once_is_read_to_its_end()
    {
        using TunDevice device = _lookalike.Open();
        Assert.Equal(1000, _lookalike.Burst(1000));
        var batch = new TunBatch();
        int got = 0;

        // The event is set once and is taken back by the first wait: who waits before the ring is empty waits for ever.
        while (got < 1000)
        {
            Assert.Equal(TunStatus.Ok, device.Queues[0].Receive(batch, s_patience));
            got += batch.Count;
        }

        Assert.Equal(TunStatus.Empty, device.Queues[0].Receive(batch, TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public void A_packet_wakes_a_reader_that_sleeps()
    {
        using TunDevice device = _lookalike.Open();
        var batch = new TunBatch();
        for (int round = 0; round < 50; round++)
        {
            TunStatus read = TunStatus.Empty;
            long waits = device.Counters.Waits;
            var reader = new Thread(() => read = device.Queues[0].Receive(batch, s_patience));
            reader.Start();
            Assert.True(SpinWait.SpinUntil(() => device.Counters.Waits > waits, s_patience));

            Assert.True(_lookalike.Arrive(TunLookalike.IPv4(40)));

            Assert.True(reader.Join(s_patience));
            Assert.Equal((TunStatus.Ok, 1), (read, batch.Count));
        }
    }

    [Fact]
    public void What_is_sent_reaches_the_driver_in_order_and_whole()
    {
        using TunDevice device = _lookalike.Open();
        var batch = new TunBatch();
        for (int i = 0; i < 64; i++)
        {
            byte[] packet = TunLookalike.IPv4(20 + i);
            packet[^1] = (byte)i;
            batch.TryAdd(packet);
        }

        Assert.Equal(new TunSendResult(64, 0, TunStatus.Ok), device.Queues[0].Send(batch));

        for (int i = 0; i < 64; i++)
        {
            byte[] taken = _lookalike.Take();
            Assert.Equal((20 + i, (byte)i), (taken.Length, taken[^1]));
        }

        Assert.Equal((64, 64), (device.Counters.SentPackets, device.Counters.SendCalls));
    }

    [Fact]
    public void The_largest_packet_goes_both_ways()
    {
        using TunDevice device = _lookalike.Open();
        byte[] packet = TunLookalike.IPv4(TunBatch.MaxPacketSize);
        packet[^1] = 0xAB;

        Assert.Equal(TunStatus.Ok, device.Queues[0].Send(packet));
        Assert.Equal(packet, _lookalike.Take());
        Assert.True(_lookalike.Arrive(packet));
        var batch = new TunBatch();
        Assert.Equal(TunStatus.Ok, device.Queues[0].TryReceive(batch));
        Assert.Equal(packet, batch[0].ToArray());
    }

    [Fact]
    public void What_the_driver_would_discard_in_silence_is_refused_and_counted()
    {
        using TunDevice device = _lookalike.Open();
        byte[] short6 = new byte[39];
        short6[0] = 0x60;

        Assert.Equal(TunStatus.Invalid, device.Queues[0].Send(new byte[40]));
        Assert.Equal(TunStatus.Invalid, device.Queues[0].Send(TunLookalike.IPv4(19)));
        Assert.Equal(TunStatus.Invalid, device.Queues[0].Send(short6));
        Assert.Equal(3, device.Counters.DroppedInvalid);
        Assert.Empty(_lookalike.Take());
    }

    [Fact]
    public void A_full_ring_drops_by_default_and_counts_and_a_larger_one_is_recommended()
    {
        using TunDevice device = _lookalike.Open();
        var batch = new TunBatch();
        while (batch.Count < 128 && batch.TryAdd(TunLookalike.IPv4(1500)))
        {
        }

        // 87 packets of 1,500 bytes fit into 128 KiB: a slot has 1,504, and four bytes stay free.
        Assert.Equal(new TunSendResult(87, batch.Count - 87, TunStatus.Full), device.Queues[0].Send(batch));
        Assert.Equal((batch.Count - 87, 1), (device.Counters.DroppedFull, device.Counters.FullEvents));
        Assert.Contains(device.Notes, note => note.Contains("rings of 256 KiB instead of 128 KiB", StringComparison.Ordinal));

        Assert.Equal(1500, _lookalike.Take().Length);
        Assert.Equal(TunStatus.Ok, device.Queues[0].Send(TunLookalike.IPv4(1500)));
        Assert.Equal(TunStatus.Full, device.Queues[0].Send(TunLookalike.IPv4(1500)));
    }

    [Fact]
    public void Packets_that_Windows_dropped_for_want_of_room_are_told()
    {
        using TunDevice device = _lookalike.Open();
        _lookalike.Helper.Call("fakeip_discard", 12);

        Assert.Contains(device.Notes, note => note.Contains("Windows dropped 12 packets", StringComparison.Ordinal));
    }

    [Fact]
    public void Waiting_for_room_goes_on_as_soon_as_the_driver_has_taken_some()
    {
        using TunDevice device = _lookalike.Open(TunFullPolicy.Wait(s_patience));
        TunQueue queue = device.Queues[0];
        for (int i = 0; i < 87; i++)
        {
            Assert.Equal(TunStatus.Ok, queue.Send(TunLookalike.IPv4(1500)));
        }

        TunStatus sent = TunStatus.Empty;
        var sender = new Thread(() => sent = queue.Send(TunLookalike.IPv4(1500)));
        sender.Start();
        Assert.True(SpinWait.SpinUntil(() => queue.Counters.FullEvents == 1, s_patience));
        Assert.False(sender.Join(50));
        Assert.Equal(1500, _lookalike.Take().Length);

        Assert.True(sender.Join(s_patience));
        Assert.Equal(TunStatus.Ok, sent);
        Assert.Equal(0, queue.Counters.DroppedFull);
    }

    [Fact]
    public void Closing_ends_a_sender_that_waits_for_room()
    {
        TunDevice device = _lookalike.Open(TunFullPolicy.Wait(TimeSpan.FromHours(1)));
        TunQueue queue = device.Queues[0];
        var sender = new Thread(() =>
        {
            while (queue.Send(TunLookalike.IPv4(1500)) == TunStatus.Ok)
            {
            }
        });
        sender.Start();
        Assert.True(SpinWait.SpinUntil(() => queue.Counters.FullEvents > 0, s_patience));

        device.Dispose();

        Assert.True(sender.Join(s_patience));
    }

    [Fact]
    public void Senders_and_a_reader_of_many_threads_lose_and_mix_nothing()
    {
        _lookalike.Set(Driver.Echoes);
        using TunDevice device = _lookalike.Open(TunFullPolicy.Wait(s_patience), capacity: 8 << 20);
        TunQueue queue = device.Queues[0];
        const int Each = 2000;
        Thread[] senders = [.. Enumerable.Range(0, 4).Select(sender => new Thread(() =>
        {
            byte[] packet = TunLookalike.IPv4(64);
            packet[8] = (byte)sender;
            for (int i = 0; i < Each; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(4), i);
                if (i % 3 == 0 && queue.TryLeaseSend(64, out TunSendLease lease) == TunStatus.Ok)
                {
                    packet.CopyTo(lease.Packet);
                    lease.Commit();
                }
                else
                {
                    queue.Send(packet);
                }
            }
        }))];
        Array.ForEach(senders, static sender => sender.Start());
        int[] next = new int[4];
        var batch = new TunBatch();
        for (int got = 0; got < 4 * Each; got += batch.Count)
        {
            Assert.Equal(TunStatus.Ok, queue.Receive(batch, s_patience));
            for (int i = 0; i < batch.Count; i++)
            {
                Assert.Equal(next[batch[i][8]]++, BinaryPrimitives.ReadInt32LittleEndian(batch[i][4..]));
            }
        }

        Array.ForEach(senders, static sender => sender.Join());
        Assert.Equal((4 * Each, 4 * Each), (queue.Counters.SentPackets, queue.Counters.SendCalls));
        Assert.Equal(0, _lookalike["dropped"]);
    }

    [Fact]
    public void A_packet_through_the_rings_allocates_nothing()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        var batch = new TunBatch();
        long allocated = 0;
        int packets = 0;

        // The compiler optimises after a time, and what it has not optimised yet may allocate.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _lookalike.Burst(80, 1400);
                long before = GC.GetAllocatedBytesForCurrentThread();
                while (queue.TryReceive(batch) == TunStatus.Ok)
                {
                    packets += queue.Send(batch).Accepted;
                }

                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                while (_lookalike["take_all"] > 0)
                {
                }

                return packets > 8000 && allocated == 0;
            },
            s_patience));
        Assert.Equal(0, allocated);
        Assert.Equal(0, device.Counters.DroppedFull);
    }

    [Fact]
    public void A_super_packet_is_cut_before_it_reaches_the_ring()
    {
        using TunDevice device = _lookalike.Open();
        byte[] packet = TunLookalike.IPv4(20 + 20 + 3000);
        packet[9] = 6; // TCP
        packet[32] = 0x50; // a header of 20 bytes
        var segmentation = new TunSegmentation { Kind = TunSegmentationKind.TcpIPv4, NeedsChecksum = true, SegmentSize = 1000, ChecksumStart = 20, ChecksumOffset = 16 };

        Assert.Equal(TunStatus.Ok, device.Queues[0].Send(packet, segmentation));

        Assert.Equal([1040, 1040, 1040, 0], Enumerable.Range(0, 4).Select(_ => _lookalike.Take().Length));
    }
}
