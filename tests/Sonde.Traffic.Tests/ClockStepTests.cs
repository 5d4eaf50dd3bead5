using Sonde.Packets;
using Sonde.Traffic.Capturing;
using Sonde.Traffic.Dns;
using Sonde.Traffic.Sources;
using Sonde.Traffic.Tests.Dns;

namespace Sonde.Traffic.Tests;

/// <summary>Somebody sets the wall clock while it is watched: an hour back, an hour forward.</summary>
public sealed class ClockStepTests
{
    private const int BytesASecond = 1000;
    private static readonly FlowIdentity s_busy = TestLedger.Tcp(4000);
    private static readonly FlowIdentity s_silent = TestLedger.Tcp(4001);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(12)]
    public void Totals_rates_histories_and_ages_are_those_of_a_run_without_a_step(int hours)
    {
        var time = new ManualTime();
        using var source = new PlayedSource();
        var options = new TrafficOptions { Time = time, WithHistory = true };
        using var monitor = new TrafficMonitor(options, source, null, [], isThreaded: false);

        Second(monitor, source, time, isFirst: true);
        DateTimeOffset startedBefore = Only(monitor.Snapshot(), s_busy).FirstSeen;
        for (int second = 2; second <= 30; second++)
        {
            Second(monitor, source, time);
        }

        time.SetWallClock(TimeSpan.FromHours(hours));
        for (int second = 31; second <= 60; second++)
        {
            Second(monitor, source, time);
        }

        TrafficSnapshot snapshot = monitor.Snapshot();
        ConnectionTraffic busy = Only(snapshot, s_busy);
        ConnectionTraffic silent = Only(snapshot, s_silent);
        Assert.Equal((60L * BytesASecond) + 1, snapshot.Total.Bytes);
        Assert.Equal(TimeSpan.FromSeconds(60), snapshot.Elapsed);
        Assert.Equal((BytesASecond, BytesASecond), (busy.Rates.ReceivedBytesPerSecond, busy.AverageRates.ReceivedBytesPerSecond));
        Assert.NotNull(busy.History);
        Assert.All(busy.History.Seconds.Skip(1), static one => Assert.Equal((BytesASecond, TimeSpan.FromSeconds(1)), ((int)one.ReceivedBytes, one.Duration)));
        Assert.Equal(60L * BytesASecond, busy.History.Minutes.Sum(static one => one.ReceivedBytes));

        // By the clock as it is now, everything is as old as it is.
        Assert.Equal(TimeSpan.FromSeconds(59), snapshot.Time - busy.FirstSeen);
        Assert.Equal(TimeSpan.Zero, snapshot.Time - busy.LastSeen);
        Assert.Equal((TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(59)), (snapshot.Time - silent.FirstSeen, snapshot.Time - silent.LastSeen));
        Assert.Equal(startedBefore + TimeSpan.FromHours(hours), busy.FirstSeen);
        Assert.False(busy.IsClosed);
    }

    [Fact]
    public void A_connection_has_the_same_start_in_every_snapshot_and_a_silent_one_too_when_the_clock_was_set()
    {
        var time = new ManualTime();
        using var source = new PlayedSource();
        using var monitor = new TrafficMonitor(new TrafficOptions { Time = time }, source, null, [], isThreaded: false);
        Second(monitor, source, time, isFirst: true);
        for (int second = 2; second <= 20; second++)
        {
            Second(monitor, source, time);
        }

        TrafficSnapshot before = monitor.Snapshot();
        time.SetWallClock(TimeSpan.FromMilliseconds(3)); // disciplined, not set
        Assert.Equal(Only(before, s_busy).FirstSeen, Only(monitor.Snapshot(), s_busy).FirstSeen);

        time.SetWallClock(TimeSpan.FromHours(-1));
        TrafficSnapshot after = monitor.Snapshot();

        Assert.Equal(Only(after, s_busy).FirstSeen, Only(after, s_silent).FirstSeen);
        Assert.Equal(after.Time - Only(after, s_busy).FirstSeen, before.Time - Only(before, s_busy).FirstSeen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Questions_have_their_latency_and_time_out_when_they_should(int hours)
    {
        var time = new ManualTime();
        var steady = new SteadyTime(time);
        var dns = new TestDns();
        void Pass(byte[] packet) => dns.Observatory.Add(LinkType.Raw, packet, packet.Length, steady.Of(Wall(time)), 2);

        Pass(TestDns.Ask(1, "before.test"));
        Pass(TestDns.Ask(2, "lost.test"));
        time.Advance(TimeSpan.FromMilliseconds(20));
        time.SetWallClock(TimeSpan.FromHours(hours));
        time.Advance(TimeSpan.FromMilliseconds(10));
        Pass(TestDns.Answer(1, "before.test"));

        Assert.Equal((DnsOutcome.Answered, TimeSpan.FromMilliseconds(30)), (dns.Only.Outcome, dns.Only.Latency));
        Assert.Equal(TimeSpan.FromHours(hours), steady.Offset);

        time.Advance(TimeSpan.FromSeconds(5));
        dns.Observatory.Advance(steady.Of(Wall(time)));
        Assert.Single(dns.Told);
        time.Advance(TimeSpan.FromSeconds(2));
        dns.Observatory.Advance(steady.Of(Wall(time)));
        Assert.Equal((DnsOutcome.TimedOut, "lost.test"), (dns.Told[^1].Outcome, dns.Told[^1].Name));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_frame_that_waited_in_a_buffer_while_the_clock_was_set_keeps_its_place(int hours)
    {
        var time = new ManualTime();
        var steady = new SteadyTime(time);
        long before = Wall(time);
        time.Advance(TimeSpan.FromMilliseconds(30));
        time.SetWallClock(TimeSpan.FromHours(hours));
        long after = Wall(time);
        time.Advance(TimeSpan.FromMilliseconds(30));

        Assert.Equal(before, steady.Of(before));
        Assert.Equal(before + (30 * TestDns.Millisecond), steady.Of(after));

        time.SetWallClock(TimeSpan.FromHours(-hours)); // and back again
        Assert.Equal(before + (60 * TestDns.Millisecond), steady.Of(Wall(time)));
        Assert.Equal(TimeSpan.Zero, steady.Offset);
    }

    private static long Wall(ManualTime time) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    // A second in which one connection is busy; the other is seen in the first one only.
    private static void Second(TrafficMonitor monitor, PlayedSource source, ManualTime time, bool isFirst = false)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        source.Counts.Add(new FlowCount(s_busy, new TrafficCounters(BytesASecond, 0, 1, 0, 1, 0), 0, 1, FlowSigns.None));
        if (isFirst)
        {
            source.Counts.Add(new FlowCount(s_silent, new TrafficCounters(1, 0, 1, 0, 1, 0), 0, 1, FlowSigns.None));
        }

        monitor.Tick();
    }

    private static ConnectionTraffic Only(TrafficSnapshot snapshot, FlowIdentity flow) => Assert.Single(snapshot.Connections, one => one.Key == flow.Key);

    /// <summary>Tells what a test counts.</summary>
    private sealed class PlayedSource : TrafficSource
    {
        internal List<FlowCount> Counts { get; } = [];

        internal override TrafficBackend Backend => TrafficBackend.Packets;

        internal override void Drain(ITrafficSink sink)
        {
            foreach (FlowCount count in Counts)
            {
                sink.Count(count);
            }

            Counts.Clear();
        }

        internal override void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
