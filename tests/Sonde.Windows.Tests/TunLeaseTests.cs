using System.Buffers.Binary;
using Sonde.Tun;
using Sonde.Tun.Windows;

namespace Sonde.Windows.Tests;

/// <summary>Packets lent from the rings of a look-alike Wintun, and rooms to fill: what they hold, what waits for them, and their return.</summary>
[Trait("pass", "tun")]
public sealed class TunLeaseTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TunLookalike _lookalike = new();

    public void Dispose() => _lookalike.AssertClean();

    [Fact]
    public void A_restart_waits_for_packets_that_are_held_and_their_memory_stays_until_then()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        _lookalike.Arrive(TunLookalike.IPv4(60));
        Assert.Equal(TunStatus.Ok, queue.TryLease(out TunLease lease));
        Assert.Equal(TunStatus.Ok, queue.TryLeaseSend(60, out TunSendLease sending));
        _lookalike.Set("corrupt", 0);

        Assert.Equal(TunStatus.Empty, queue.TryReceive(new TunBatch()));
        Assert.Equal((1, 0), (_lookalike["starts"], _lookalike["ends"]));
        Assert.Equal(TunStatus.Down, queue.Send(TunLookalike.IPv4(40)));
        Assert.Equal(0x45, lease.Packet[0]);
        TunLookalike.IPv4(60).CopyTo(sending.Packet);
        Assert.Equal(TunStatus.Ok, sending.Commit());
        lease.Dispose();

        Assert.Equal((2, 1), (_lookalike["starts"], _lookalike["ends"]));
        Assert.Equal(TunStatus.Ok, queue.Send(TunLookalike.IPv4(40)));
    }

    [Fact]
    public void Taking_a_device_down_waits_for_packets_that_are_held_and_says_so_when_they_do_not_come()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        _lookalike.Arrive(TunLookalike.IPv4(60));
        Assert.Equal(TunStatus.Ok, queue.TryLease(out TunLease lease));
        ((WindowsTunQueue)queue).EndPatience = TimeSpan.FromMilliseconds(50);

        TunException late = Assert.Throws<TunException>(() => device.Configure(new TunConfiguration { IsUp = false }));

        Assert.Equal((TunFailure.TimedOut, "WintunEndSession"), (late.Failure, late.Operation));
        Assert.Equal(0x45, lease.Packet[0]);
        lease.Dispose();
        Assert.Equal((1, 0), (_lookalike["ends"], _lookalike["sessions"]));
        ((WindowsTunQueue)queue).EndPatience = s_patience;
        device.Configure(new TunConfiguration { IsUp = true });
        Assert.Equal(TunStatus.Ok, queue.Send(TunLookalike.IPv4(40)));
    }

    [Fact]
    public void Leases_may_come_back_in_any_order_and_room_comes_free_in_the_order_of_the_ring()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        Assert.Equal(20, _lookalike.Burst(20, 1500));
        Assert.Equal(TunStatus.Ok, queue.TryLease(out TunLease first));
        Assert.Equal(TunStatus.Ok, queue.TryLease(out TunLease second));
        Assert.Equal(TunStatus.Ok, queue.TryLease(out TunLease third));
        Assert.Equal((0, 1, 2), (Number(first), Number(second), Number(third)));

        third.Dispose();
        second.Dispose();
        Assert.Equal(87 - 20, _lookalike.Burst(100, 1500)); // the oldest holds all of it
        first.Dispose();
        Assert.Equal(3, _lookalike.Burst(100, 1500));
        var batch = new TunBatch();
        while (queue.TryReceive(batch) == TunStatus.Ok)
        {
        }

        Assert.Equal(90, queue.Counters.ReceivedPackets);

        static int Number(TunLease lease) => BinaryPrimitives.ReadInt32LittleEndian(lease.Packet[4..]);
    }

    [Fact]
    public void Half_a_ring_on_loan_is_enough()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        Assert.Equal(87, _lookalike.Burst(87, 1500));
        Assert.Equal(TunStatus.Ok, queue.TryLease(out TunLease oldest));
        int more = 0;
        while (queue.TryLease(out TunLease lease) == TunStatus.Ok)
        {
            lease.Dispose();
            more++;
        }

        // Those in between were given back; the oldest holds their room all the same.
        Assert.Equal(TunStatus.Busy, queue.TryLease(out _));
        Assert.Equal(TunWindowsOptions.MinRingCapacity / 2 / 1504, more);
        oldest.Dispose();
        Assert.Equal(TunStatus.Ok, queue.TryLease(out TunLease again));
        again.Dispose();
    }

    [Fact]
    public void A_lease_that_is_given_up_does_not_hold_back_what_was_sent_after_it()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        Assert.Equal(TunStatus.Ok, queue.TryLeaseSend(500, out TunSendLease givenUp));
        givenUp.Packet.Fill(0x45);
        Assert.Equal(TunStatus.Ok, queue.TryLeaseSend(60, out TunSendLease kept));
        Assert.Equal(TunStatus.Ok, queue.Send(TunLookalike.IPv4(41)));
        TunLookalike.IPv4(60).CopyTo(kept.Packet);
        Assert.Equal(TunStatus.Ok, kept.Commit());
        Assert.Empty(_lookalike.Take()); // the first room is still being filled

        givenUp.Dispose();

        byte[] nothing = _lookalike.Take();
        Assert.Equal((500, 0), (nothing.Length, nothing[0]));
        Assert.Equal(60, _lookalike.Take().Length);
        Assert.Equal(41, _lookalike.Take().Length);
        Assert.Equal(1, _lookalike["discarded"]);
        Assert.Equal((1, 2), (queue.Counters.LeasesCancelled, queue.Counters.SentPackets));
    }

    [Fact]
    public void A_lease_that_was_filled_with_what_is_no_packet_is_sent_as_none_and_counted()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        Assert.Equal(TunStatus.Ok, queue.TryLeaseSend(60, out TunSendLease lease));
        lease.Packet.Fill(0xFF);

        Assert.Equal(TunStatus.Invalid, lease.Commit());

        Assert.Equal((0, 1), (queue.Counters.SentPackets, queue.Counters.DroppedInvalid));
        Assert.Equal(0, _lookalike.Take()[0]);
    }

    [Fact]
    public void A_lease_is_given_back_once()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        _lookalike.Arrive(TunLookalike.IPv4(60));
        _lookalike.Arrive(TunLookalike.IPv4(60));
        Assert.Equal(TunStatus.Ok, queue.TryLease(out TunLease lease));
        Assert.Equal(TunStatus.Ok, queue.TryLease(out TunLease other));
        lease.Dispose();

        bool isRefused = false;
        try
        {
            lease.Dispose();
        }
        catch (InvalidOperationException)
        {
            isRefused = true;
        }

        Assert.True(isRefused);
        other.Dispose();
    }
}
