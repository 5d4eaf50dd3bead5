using Sonde.Host.Processes.Events;

namespace Sonde.Host.Tests.Processes.Events;

public sealed class ProcessEventQueueTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Events_come_in_order_with_their_numbers()
    {
        using var queue = new ProcessEventQueue(10);
        queue.Add(Event(5));
        queue.Add(Event(6));

        Assert.Equal((5, 1), (Take(queue).Pid, 1));
        Assert.Equal((6, 2L), (Take(queue) is var second ? (second.Pid, second.Sequence) : default));
        Assert.False(queue.TryTake(TimeSpan.Zero, out _, default));
    }

    [Fact]
    public void A_full_queue_loses_its_oldest_and_tells_before_the_next()
    {
        using var queue = new ProcessEventQueue(3);
        for (int pid = 1; pid <= 8; pid++)
        {
            queue.Add(Event(pid));
        }

        ProcessEvent lost = Take(queue);
        Assert.Equal((ProcessEventKind.Lost, 5L, 5L), (lost.Kind, lost.LostCount.Value, lost.Sequence));
        Assert.Contains("only 3 events wait", lost.Reason, StringComparison.Ordinal);
        Assert.Equal([6, 7, 8], [Take(queue).Pid, Take(queue).Pid, Take(queue).Pid]);
        Assert.False(queue.TryTake(TimeSpan.Zero, out _, default));
        Assert.Equal((5L, 8L), (queue.Lost, queue.Added));
    }

    [Fact]
    public void What_was_lost_while_it_was_told_is_told_next()
    {
        using var queue = new ProcessEventQueue(1);
        queue.Add(Event(1));
        queue.Add(Event(2));
        Assert.Equal(1, Take(queue).LostCount.Value);
        queue.Add(Event(3));

        Assert.Equal(1, Take(queue).LostCount.Value);
        Assert.Equal(3, Take(queue).Pid);
    }

    [Fact]
    public void The_end_comes_behind_the_events_and_stays()
    {
        using var queue = new ProcessEventQueue(3);
        queue.Add(Event(1));
        queue.End();
        queue.Add(Event(2)); // too late

        Assert.False(queue.IsOver);
        Assert.Equal(1, Take(queue).Pid);
        Assert.True(queue.IsOver);
        Assert.False(queue.TryTake(Timeout.InfiniteTimeSpan, out _, default));
        Assert.False(queue.TryTake(Timeout.InfiniteTimeSpan, out _, default));
    }

    [Fact]
    public async Task A_failure_comes_behind_the_events_for_every_reader()
    {
        using var queue = new ProcessEventQueue(3);
        queue.Add(Event(1));
        queue.End(new IOException("the socket broke"));

        Assert.Equal(1, (await queue.TakeAsync(default))?.Pid);
        Assert.Contains("the socket broke", (await Assert.ThrowsAsync<HostException>(() => queue.TakeAsync(default).AsTask())).Message, StringComparison.Ordinal);
        Assert.Throws<HostException>(() => queue.TryTake(s_patience, out _, default));
    }

    [Fact]
    public async Task A_reader_that_waits_is_woken_by_an_event_by_the_end_and_by_its_token()
    {
        using var queue = new ProcessEventQueue(3);
        Task<ProcessEvent?> first = queue.TakeAsync(default).AsTask();
        queue.Add(Event(9));
        Assert.Equal(9, (await first.WaitAsync(s_patience))?.Pid);

        using var cancel = new CancellationTokenSource();
        Task<ProcessEvent?> second = queue.TakeAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(s_patience));

        Task<ProcessEvent?> third = queue.TakeAsync(default).AsTask();
        queue.Dispose();
        Assert.Null(await third.WaitAsync(s_patience));
    }

    private static ProcessEvent Event(int pid) => new() { Kind = ProcessEventKind.Started, Time = DateTimeOffset.UnixEpoch, Monotonic = TimeSpan.Zero, Pid = pid };

    private static ProcessEvent Take(ProcessEventQueue queue)
    {
        Assert.True(queue.TryTake(s_patience, out ProcessEvent? next, default));
        return next;
    }
}
