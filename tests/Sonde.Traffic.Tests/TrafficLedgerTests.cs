using Sonde.Traffic.Ledger;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Tests;

public sealed class TrafficLedgerTests
{
    private const FlowSigns Ended = FlowSigns.FinishedHere | FlowSigns.FinishedThere;

    [Fact]
    public void What_a_flow_counted_before_its_owner_was_found_moves_to_the_owner()
    {
        var test = new TestLedger();
        test.Count(TestLedger.Tcp(1), 100, cookie: 7);
        test.Settle();
        Assert.Equal(UnownedReason.Pending, OwnerSearch.ReasonOf(test.Flow(TestLedger.Tcp(1))));

        test.Owners.Hidden[7] = TestLedger.Clue(42);
        test.Settle(TimeSpan.FromMilliseconds(60));

        Assert.Equal(100, test.Process(42).Counters.ReceivedBytes);
        test.Count(TestLedger.Tcp(1), 11, cookie: 7);
        Assert.Equal(111, test.Process(42).Counters.ReceivedBytes);
    }

    [Fact]
    public void An_unknown_owner_is_looked_for_five_times_and_then_no_more()
    {
        var test = new TestLedger();
        test.Count(TestLedger.Tcp(1), 100, cookie: 7);
        for (int i = 0; i < 100; i++)
        {
            test.Settle(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(test.Owners.Refreshes, 4, 5);
        Assert.Equal(UnownedReason.Kernel, OwnerSearch.ReasonOf(test.Flow(TestLedger.Tcp(1))));
    }

    [Fact]
    public void The_listener_answers_for_a_connection_until_its_own_socket_is_known()
    {
        var test = new TestLedger();
        test.Owners.ByCookie[1] = TestLedger.Clue(10);
        test.Count(TestLedger.Tcp(80, 5000), 60, cookie: 1, FlowSigns.Accepted);
        test.Count(TestLedger.Tcp(80, 5000), 1000, cookie: 2);
        test.Settle();
        Assert.Equal(OwnerConfidence.Listener, test.Flow(TestLedger.Tcp(80, 5000)).Confidence);
        Assert.Equal(1060, test.Process(10).Counters.ReceivedBytes);

        // A child took the connection.
        test.Owners.ByCookie[2] = TestLedger.Clue(11);
        test.Settle(TimeSpan.FromMilliseconds(10));

        Assert.Equal(OwnerConfidence.Kernel, test.Flow(TestLedger.Tcp(80, 5000)).Confidence);
        Assert.Equal((0, 1060), (test.Process(10).Counters.ReceivedBytes, test.Process(11).Counters.ReceivedBytes));
    }

    [Fact]
    public void A_socket_that_is_handed_on_leaves_what_is_past_with_the_first_process()
    {
        var test = new TestLedger();
        test.Owners.ByCookie[7] = TestLedger.Clue(1);
        test.Count(TestLedger.Tcp(1), 100, cookie: 7);
        test.Settle();
        test.Owners.ByCookie[7] = TestLedger.Clue(2);
        test.Time.Advance(TimeSpan.FromSeconds(3));
        test.Count(TestLedger.Tcp(1), 10, cookie: 7);
        test.Settle();
        test.Count(TestLedger.Tcp(1), 5, cookie: 7);

        Assert.Equal((100, 15), (test.Process(1).Counters.ReceivedBytes, test.Process(2).Counters.ReceivedBytes));
    }

    [Fact]
    public void The_same_endpoints_after_an_end_are_another_connection()
    {
        var test = new TestLedger();
        test.Owners.ByCookie[1] = TestLedger.Clue(1);
        test.Owners.ByCookie[2] = TestLedger.Clue(2);
        test.Count(TestLedger.Tcp(1), 100, cookie: 1, FlowSigns.Opened | Ended);
        test.Settle();
        Assert.True(test.Flow(TestLedger.Tcp(1)).IsClosed);

        test.Count(TestLedger.Tcp(1), 7, cookie: 2, FlowSigns.Opened);
        test.Settle();

        Assert.False(test.Flow(TestLedger.Tcp(1)).IsClosed);
        Assert.Equal((100, 7), (test.Process(1).Counters.ReceivedBytes, test.Process(2).Counters.ReceivedBytes));
        Assert.Equal(107, test.Ledger.Total.ReceivedBytes);
    }

    [Fact]
    public void A_full_table_of_flows_gives_up_the_longest_silent_and_loses_no_byte()
    {
        var test = new TestLedger(new TrafficOptions { MaxFlows = 3 });
        test.Owners.ByCookie[1] = TestLedger.Clue(1);
        for (ushort port = 1; port <= 5; port++)
        {
            test.Count(TestLedger.Tcp(port), 10, cookie: 1);
            test.Settle(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal((3, 2L), (test.Ledger.Flows.Count, test.Ledger.EvictedFlows));
        Assert.False(test.Ledger.Flows.TryFind(TestLedger.Tcp(1), out _));
        Assert.True(test.Ledger.Flows.TryFind(TestLedger.Tcp(5), out _));
        Assert.Equal(50, test.Process(1).Counters.ReceivedBytes);
        Assert.Equal(3, test.Process(1).Flows);
    }

    [Fact]
    public void What_an_evicted_flow_without_owner_counted_stays_with_its_reason()
    {
        var test = new TestLedger(new TrafficOptions { MaxFlows = 1 });
        test.Count(TestLedger.Tcp(1), 10, cookie: 1);
        test.Count(TestLedger.Tcp(2), 20, cookie: 2);
        test.Settle();

        Assert.Equal(10, test.Ledger.PastUnowned[UnownedReason.Closed].ReceivedBytes);
    }

    [Fact]
    public void A_full_table_of_processes_keeps_the_sum_of_those_that_made_room()
    {
        var test = new TestLedger(new TrafficOptions { MaxProcesses = 2 });
        for (int pid = 1; pid <= 4; pid++)
        {
            test.Owners.ByCookie[(ulong)pid] = TestLedger.Clue(pid);
            test.Count(TestLedger.Tcp((ushort)pid), 10, cookie: (ulong)pid);
            test.Settle(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal((2, 2L), (test.Ledger.Processes.Count, test.Ledger.Processes.Evicted));
        Assert.Equal(40, test.Ledger.Processes.Forgotten.ReceivedBytes + test.Ledger.Processes.All.Sum(static process => process.Counters.ReceivedBytes));

        // A flow of one that is listed no longer goes on.
        test.Count(TestLedger.Tcp(1), 5, cookie: 1);
        Assert.Equal(45, test.Ledger.Processes.Forgotten.ReceivedBytes + test.Ledger.Processes.All.Sum(static process => process.Counters.ReceivedBytes));
    }

    [Fact]
    public void A_process_id_that_is_used_again_is_another_process()
    {
        var test = new TestLedger();
        test.Owners.ByCookie[1] = TestLedger.Clue(9, start: 100);
        test.Owners.ByCookie[2] = TestLedger.Clue(9, start: 200);
        test.Count(TestLedger.Tcp(1), 1, cookie: 1);
        test.Count(TestLedger.Tcp(2), 2, cookie: 2);
        test.Settle();

        Assert.Equal([1L, 2L], test.Ledger.Processes.All.OrderBy(static process => process.Key.Start).Select(static process => process.Counters.ReceivedBytes));
    }

    [Fact]
    public void Closed_connections_and_silent_flows_leave_after_their_time()
    {
        var test = new TestLedger();
        test.Count(TestLedger.Tcp(1), 1, cookie: 1, Ended);
        test.Count(TestLedger.Tcp(2), 1, cookie: 2);
        test.Settle();

        test.Settle(TimeSpan.FromSeconds(59));
        Assert.Equal(2, test.Ledger.Flows.Count);
        test.Settle(TimeSpan.FromSeconds(2));

        // An open connection may be silent for ever.
        Assert.False(test.Ledger.Flows.TryFind(TestLedger.Tcp(1), out _));
        Assert.True(test.Ledger.Flows.TryFind(TestLedger.Tcp(2), out _));
    }

    [Fact]
    public void Only_the_interface_that_was_asked_for_counts()
    {
        var test = new TestLedger();
        test.Ledger.CountsInterface = static index => index == 2;
        test.Count(TestLedger.Tcp(1), 1, cookie: 1);

        Assert.Equal((0, 0L), (test.Ledger.Flows.Count, test.Ledger.Total.Bytes));
    }

    [Fact]
    public void Counting_a_known_flow_allocates_nothing()
    {
        var test = new TestLedger();
        test.Owners.ByCookie[1] = TestLedger.Clue(1);
        FlowIdentity flow = TestLedger.Tcp(1);
        long allocated = 0;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                test.Count(flow, 1, cookie: 1);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            test.Settle();
        }

        Assert.Equal(0, allocated);
    }
}
