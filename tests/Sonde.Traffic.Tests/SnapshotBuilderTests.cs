using Sonde.Traffic.Ledger;
using Sonde.Traffic.Names;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Tests;

/// <summary>What a snapshot adds to the ledger, and that the remembered record of a silent connection is never an old one.</summary>
public sealed class SnapshotBuilderTests
{
    private readonly TestLedger _test = new();

    [Fact]
    public void What_found_the_table_of_the_kernel_full_is_part_of_the_total_and_has_its_reason()
    {
        _test.Count(TestLedger.Tcp(1), 10, cookie: 7);
        _test.Ledger.CountOverflow(new TrafficCounters(30, 5, 3, 1));
        using var source = new SilentSource();
        using var interfaces = new InterfaceWatch(_test.Ledger.Clock, withHistory: false);

        TrafficSnapshot snapshot = new SnapshotBuilder(_test.Ledger, _test.Options).Build(source, [], interfaces);

        Assert.Equal((40L, 5L), (snapshot.Total.ReceivedBytes, snapshot.Total.SentBytes));
        UnownedTraffic overflow = Assert.Single(snapshot.Unowned, static one => one.Reason == UnownedReason.Overflow);
        Assert.Equal(new TrafficCounters(30, 5, 3, 1), overflow.Counters);
        Assert.Equal(snapshot.Total.Bytes, snapshot.Unowned.Sum(static one => one.Counters.Bytes));
    }

    [Fact]
    public void A_silent_connection_has_the_name_that_its_process_has_now()
    {
        TrackedFlow flow = Silent();
        var builder = new SnapshotBuilder(_test.Ledger, _test.Options);
        ConnectionTraffic first = Record(builder, flow);
        Assert.Same(first, Record(builder, flow)); // otherwise this test says nothing

        _test.Process(42).Name = "after exec";

        Assert.Equal("after exec", Record(builder, flow).ProcessName);
    }

    [Fact]
    public void A_silent_connection_is_given_a_name_that_is_heard_later()
    {
        TrackedFlow flow = Silent();
        NameWatch heard = NameWatch.Open(_test.Time);
        using var names = new RemoteNames(heard, null);
        var builder = new SnapshotBuilder(_test.Ledger, _test.Options, names);
        Assert.False(Record(builder, flow).RemoteName.HasValue);

        heard.Names.Add(flow.Identity.Key.Remote.Address, "late.test", 60, NameSource.Dns);

        ConnectionTraffic named = Record(builder, flow);
        Assert.Equal(("late.test", NameSource.Dns), (named.RemoteName.Value, named.NameSource));
    }

    private static ConnectionTraffic Record(SnapshotBuilder builder, TrackedFlow flow) => builder.ToEvent(ConnectionEventKind.Opened, flow).Connection;

    // One that has been silent for longer than any rate reaches back.
    private TrackedFlow Silent()
    {
        _test.Owners.ByCookie[7] = TestLedger.Clue(42);
        _test.Count(TestLedger.Tcp(1), 100, cookie: 7);
        _test.Settle();
        for (int step = 0; step < 12; step++)
        {
            _test.Time.Advance(TimeSpan.FromSeconds(1));
            _test.Ledger.Clock.Read();
            Assert.True(_test.Ledger.Clock.TryAdvance());
        }

        return _test.Flow(TestLedger.Tcp(1));
    }

    private sealed class SilentSource : TrafficSource
    {
        internal override TrafficBackend Backend => TrafficBackend.Tables;

        internal override void Drain(ITrafficSink sink)
        {
        }

        internal override void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
