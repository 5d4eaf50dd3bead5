using Sonde.Interop.Windows;
using Sonde.Tun;

namespace Sonde.Windows.Tests;

/// <summary>A look-alike Wintun whose driver is not well: gone, corrupt, asleep.</summary>
[Trait("pass", "tun")]
public sealed class TunFaultTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TunLookalike _lookalike = new();

    public void Dispose() => _lookalike.AssertClean();

    [Fact]
    public void A_driver_that_ends_the_session_ends_readers_and_senders_with_Gone()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        TunStatus read = TunStatus.Empty;
        var reader = new Thread(() => read = queue.Receive(new TunBatch()));
        reader.Start();
        Assert.True(SpinWait.SpinUntil(() => queue.Counters.Waits > 0, s_patience));

        _lookalike.Set("terminate", 0);

        Assert.True(reader.Join(s_patience));
        Assert.Equal((TunStatus.Gone, Win32.ERROR_HANDLE_EOF), (read, queue.LastError));
        Assert.Equal(TunStatus.Gone, queue.TryReceive(new TunBatch()));
        Assert.Equal(TunStatus.Gone, queue.TryLease(out _));
        Assert.Equal(TunStatus.Gone, queue.Send(TunLookalike.IPv4(40)));
        Assert.Equal(TunStatus.Gone, queue.TryLeaseSend(40, out _));
        Assert.Equal(1, queue.Counters.DroppedFailed);
        Assert.Equal(0, queue.Counters.Restarts);
    }

    [Fact]
    public void A_corrupt_ring_is_started_anew_once_and_the_reader_goes_on()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        TunStatus read = TunStatus.Empty;
        var batch = new TunBatch();
        var reader = new Thread(() => read = queue.Receive(batch));
        reader.Start();
        Assert.True(SpinWait.SpinUntil(() => queue.Counters.Waits > 0, s_patience));

        _lookalike.Set("corrupt", 0);
        Assert.True(SpinWait.SpinUntil(() => _lookalike["starts"] == 2 && _lookalike["sessions"] == 1, s_patience));
        Assert.True(_lookalike.Arrive(TunLookalike.IPv4(77)));

        Assert.True(reader.Join(s_patience));
        Assert.Equal((TunStatus.Ok, 77), (read, batch[0].Length));
        Assert.Equal(1, queue.Counters.Restarts);
        Assert.Equal(TunStatus.Ok, queue.Send(TunLookalike.IPv4(40)));

        // It has worked since, so another time is another matter.
        _lookalike.Set("corrupt", 0);
        Assert.Equal(TunStatus.Empty, queue.Receive(batch, TimeSpan.FromMilliseconds(10)));
        Assert.Equal((2, 3), (queue.Counters.Restarts, _lookalike["starts"]));
    }

    [Fact]
    public void A_ring_that_is_corrupt_again_at_once_is_the_end()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        var batch = new TunBatch();
        _lookalike.Set("corrupt", 0);
        Assert.Equal(TunStatus.Empty, queue.TryReceive(batch));
        _lookalike.Set("corrupt", 0);

        Assert.Equal(TunStatus.Failed, queue.Receive(batch));
        Assert.Equal((Win32.ERROR_INVALID_DATA, 1), (queue.LastError, queue.Counters.Restarts));
    }

    [Fact]
    public void A_session_that_does_not_start_again_is_the_end()
    {
        using TunDevice device = _lookalike.Open();
        TunQueue queue = device.Queues[0];
        _lookalike.Set("corrupt", 0);
        _lookalike.Set("start_error", 14);

        Assert.Equal(TunStatus.Failed, queue.Receive(new TunBatch()));
        Assert.Equal(14, queue.LastError);
        Assert.Equal(TunStatus.Failed, queue.Send(TunLookalike.IPv4(40)));
    }

    [Fact]
    public void A_wake_up_that_the_driver_lost_costs_no_packet_when_the_quiet_sender_nudges()
    {
        _lookalike.Set(Driver.Sleeps);
        using TunDevice device = _lookalike.Open(nudges: true);
        Assert.True(SpinWait.SpinUntil(() => _lookalike["sleeps"] == 1, s_patience));
        _lookalike.Set("lost_wakeups", 1);

        Assert.Equal(TunStatus.Ok, device.Queues[0].Send(TunLookalike.IPv4(60)));

        Assert.True(SpinWait.SpinUntil(() => _lookalike["taken"] == 1 && _lookalike["discarded"] == 1, s_patience));
        Assert.Equal(1, device.Counters.SentPackets);
    }

    [Fact]
    public void Nobody_is_nudged_who_has_not_asked_for_it()
    {
        _lookalike.Set(Driver.Sleeps);
        using TunDevice device = _lookalike.Open();
        Assert.True(SpinWait.SpinUntil(() => _lookalike["sleeps"] == 1, s_patience));
        _lookalike.Set("lost_wakeups", 1);

        Assert.Equal(TunStatus.Ok, device.Queues[0].Send(TunLookalike.IPv4(60)));
        Assert.False(SpinWait.SpinUntil(() => _lookalike["taken"] > 0, TimeSpan.FromMilliseconds(200)));

        Assert.Equal(TunStatus.Ok, device.Queues[0].Send(TunLookalike.IPv4(60)));
        Assert.True(SpinWait.SpinUntil(() => _lookalike["taken"] == 2, s_patience));
        Assert.Equal(0, _lookalike["discarded"]);
    }
}
