using Sonde.Packets;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Ledger;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Tests;

/// <summary>Why a flow has no owner, and how often, how dearly and of whom it is asked.</summary>
public sealed class LedgerReasonTests
{
    private const FlowSigns Ended = FlowSigns.FinishedHere | FlowSigns.FinishedThere;

    [Theory]
    [InlineData((int)FlowSigns.Reset, 4, UnownedReason.Kernel)]
    [InlineData((int)FlowSigns.Reset, 5, UnownedReason.Closed)]
    [InlineData((int)(FlowSigns.Reset | FlowSigns.Opened), 2, UnownedReason.Closed)]
    [InlineData((int)Ended, 9, UnownedReason.Closed)]
    [InlineData((int)FlowSigns.None, 9, UnownedReason.Kernel)]
    public void What_nobody_owns_in_the_end_says_whether_it_had_a_socket(int signs, int packets, UnownedReason reason)
    {
        var test = new TestLedger();
        for (int packet = 0; packet < packets; packet++)
        {
            test.Count(TestLedger.Tcp(1), 40, cookie: 7, (FlowSigns)signs);
        }

        for (int attempt = 0; attempt < 6; attempt++)
        {
            test.Settle(TimeSpan.FromSeconds(1.5));
        }

        Assert.Equal(reason, OwnerSearch.ReasonOf(test.Flow(TestLedger.Tcp(1))));
    }

    [Fact]
    public void A_source_that_may_not_look_gives_the_reason()
    {
        var ledger = new TrafficLedger(new TrafficOptions { Time = new ManualTime() }, [new RefusedOwners()], Guid.Empty);
        ledger.Count(new FlowCount(TestLedger.Tcp(1), new TrafficCounters(1, 0, 1), 7, 1, FlowSigns.None));
        ledger.Settle();

        Assert.Equal(UnownedReason.Denied, OwnerSearch.ReasonOf(Assert.Single(ledger.Flows.All)));
    }

    [Fact]
    public void Looking_at_a_busy_host_takes_one_part_in_twenty_of_the_time()
    {
        var time = new ManualTime();
        var slow = new SlowOwners(time);
        var ledger = new TrafficLedger(new TrafficOptions { Time = time }, [slow], Guid.Empty);
        for (ushort port = 1; port <= 100; port++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            ledger.Clock.Read();
            ledger.Count(new FlowCount(TestLedger.Tcp(port), new TrafficCounters(1, 0, 1), port, 1, FlowSigns.None));
            ledger.Settle();
        }

        // Each look takes 100 ms: after it two seconds must pass.
        Assert.InRange(slow.Refreshes, 3, 6);
    }

    [Fact]
    public void What_the_listening_socket_counts_after_the_handshake_makes_its_owner_no_surer()
    {
        var test = new TestLedger();
        test.Owners.ByCookie[1] = TestLedger.Clue(10);
        test.Count(TestLedger.Tcp(80, 5000), 60, cookie: 1, FlowSigns.Accepted);
        test.Count(TestLedger.Tcp(80, 5000), 60, cookie: 1);
        test.Settle();

        Assert.Equal(OwnerConfidence.Listener, test.Flow(TestLedger.Tcp(80, 5000)).Confidence);
    }

    [Fact]
    public void Of_very_many_flows_each_may_be_asked_for_again_at_the_next_reading()
    {
        var test = new TestLedger();
        for (ushort port = 1; port <= 3000; port++)
        {
            test.Owners.ByCookie[port] = TestLedger.Clue(1);
            test.Count(TestLedger.Tcp(port), 1, cookie: port);
        }

        test.Settle();
        test.Time.Advance(TimeSpan.FromMilliseconds(100));
        for (ushort port = 1; port <= 3000; port++)
        {
            test.Count(TestLedger.Tcp(port), 1, cookie: port);
        }

        test.Settle(TimeSpan.FromMilliseconds(100));
        test.Owners.ByCookie[1] = TestLedger.Clue(2);
        test.Count(TestLedger.Tcp(1), 50, cookie: 1);

        Assert.Equal(50, test.Process(2).Counters.ReceivedBytes);
    }

    [Fact]
    public void A_socket_that_is_only_told_to_be_there_is_as_silent_as_before_and_stays_listed_after_its_end()
    {
        var test = new TestLedger();
        FlowIdentity udp = TestLedger.Tcp(1);
        udp = udp with { Key = udp.Key with { Protocol = IPProtocol.Udp } };
        test.Count(udp, 100, cookie: 7);
        test.Settle(TimeSpan.FromSeconds(30));
        test.Ledger.Count(new FlowCount(udp, default, 7, 1, FlowSigns.None));
        test.Settle(TimeSpan.FromSeconds(31));
        Assert.True(test.Flow(udp).IsClosed);

        test.Settle(TimeSpan.FromSeconds(58));
        Assert.True(test.Ledger.Flows.TryFind(udp, out _));
        test.Settle(TimeSpan.FromSeconds(2));
        Assert.False(test.Ledger.Flows.TryFind(udp, out _));
    }

    [Fact]
    public void The_rate_of_a_process_has_what_its_flow_counted_before_it_was_found()
    {
        var test = new TestLedger();
        test.Count(TestLedger.Tcp(1), 1000, cookie: 7);
        test.Settle();
        test.Owners.Hidden[7] = TestLedger.Clue(42);
        test.Settle(TimeSpan.FromMilliseconds(60));
        test.Time.Advance(TimeSpan.FromMilliseconds(940));
        test.Ledger.Clock.Read();
        Assert.True(test.Ledger.Clock.TryAdvance());

        Assert.Equal(1000, test.Process(42).Ring.Rates(test.Ledger.Clock, 1).ReceivedBytesPerSecond, 6);
    }

    private sealed class RefusedOwners : OwnerSource
    {
        internal override bool TryFind(in FlowIdentity flow, ulong socketCookie, out OwnerClue clue)
        {
            clue = default;
            return false;
        }

        internal override UnownedReason Explain(in FlowIdentity flow, ulong socketCookie) => UnownedReason.Denied;
    }

    private sealed class SlowOwners(ManualTime time) : OwnerSource
    {
        internal int Refreshes { get; private set; }

        internal override bool TryFind(in FlowIdentity flow, ulong socketCookie, out OwnerClue clue)
        {
            clue = default;
            return false;
        }

        internal override void Refresh()
        {
            Refreshes++;
            time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }
}
