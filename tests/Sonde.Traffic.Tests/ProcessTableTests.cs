using Sonde.Traffic.Ledger;

namespace Sonde.Traffic.Tests;

/// <summary>When two tellings are of one process, and where the bytes of one that made room go.</summary>
public sealed class ProcessTableTests
{
    [Fact]
    public void One_that_is_told_without_its_start_and_then_with_it_is_one_process()
    {
        var table = new ProcessTable(10, Guid.Empty, withHistory: false);
        TrackedProcess first = table.Find(TestLedger.Clue(7, start: 0), 1);

        Assert.Same(first, table.Find(TestLedger.Clue(7, start: 100), 2));
        Assert.Same(first, table.Find(TestLedger.Clue(7, start: 0), 3));
        Assert.Equal((100UL, 1), (first.Key.Start, table.Count));
    }

    [Fact]
    public void The_id_alone_says_nothing_once_the_process_has_ended()
    {
        var table = new ProcessTable(10, Guid.Empty, withHistory: false);
        TrackedProcess ended = table.Find(TestLedger.Clue(7, start: 100), 1);
        ended.IsRunning = false;

        TrackedProcess next = table.Find(TestLedger.Clue(7, start: 0), 2);

        Assert.NotSame(ended, next);
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void What_is_given_to_one_that_made_room_is_kept_in_the_sum()
    {
        var table = new ProcessTable(1, Guid.Empty, withHistory: false);
        TrackedProcess gone = table.Find(TestLedger.Clue(1), 1);
        table.AddTo(gone, new TrafficCounters(10, 0));
        table.Find(TestLedger.Clue(2), 2);

        table.AddTo(gone, new TrafficCounters(5, 0));

        Assert.Equal((15L, 0L), (table.Forgotten.ReceivedBytes, gone.Counters.ReceivedBytes));
    }
}
