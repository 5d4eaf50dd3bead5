using Sonde.Packets;
using Sonde.Traffic.Ledger;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Tests;

/// <summary>What is told of flows, and in which order.</summary>
public sealed class FlowChangesTests
{
    private const FlowSigns Ended = FlowSigns.FinishedHere | FlowSigns.FinishedThere;

    [Fact]
    public void A_connection_opens_is_given_its_process_and_closes()
    {
        var test = new TestLedger();
        test.Count(TestLedger.Tcp(1), 100, cookie: 7);
        test.Settle();
        Assert.Equal([ConnectionEventKind.Opened], Told(test));

        test.Owners.Hidden[7] = TestLedger.Clue(42);
        test.Settle(TimeSpan.FromMilliseconds(60));
        Assert.Equal([ConnectionEventKind.OwnerFound], Told(test));

        test.Count(TestLedger.Tcp(1), 1, cookie: 7, Ended);
        test.Settle();
        Assert.Equal([ConnectionEventKind.Closed], Told(test));
    }

    [Fact]
    public void One_that_comes_and_goes_between_two_readings_is_told_whole()
    {
        var test = new TestLedger();
        test.Owners.ByCookie[7] = TestLedger.Clue(42);
        test.Count(TestLedger.Tcp(1), 100, cookie: 7, Ended);
        test.Settle();

        Assert.Equal([ConnectionEventKind.Opened, ConnectionEventKind.Closed], Told(test));
    }

    [Fact]
    public void Each_thing_is_told_once_however_much_goes_over_the_connection()
    {
        var test = new TestLedger();
        test.Owners.ByCookie[7] = TestLedger.Clue(42);
        int told = 0;
        for (int i = 0; i < 20; i++)
        {
            test.Count(TestLedger.Tcp(1), 100, cookie: 7);
            test.Settle(TimeSpan.FromMilliseconds(250));
            told += Told(test).Count;
        }

        Assert.Equal(1, told);
    }

    [Fact]
    public void One_that_must_make_room_is_forgotten_and_not_closed()
    {
        var test = new TestLedger(new TrafficOptions { MaxFlows = 1 });
        test.Count(TestLedger.Tcp(1), 100, cookie: 7);
        test.Settle();
        Told(test);
        test.Count(TestLedger.Tcp(2), 100, cookie: 8);
        test.Settle();

        Assert.Equal([ConnectionEventKind.Forgotten, ConnectionEventKind.Opened], Told(test));
    }

    [Fact]
    public void Datagrams_after_a_long_silence_open_the_connection_again()
    {
        var test = new TestLedger();
        FlowIdentity udp = TestLedger.Tcp(1);
        udp = udp with { Key = udp.Key with { Protocol = IPProtocol.Udp }, Socket = 7 };
        test.Count(udp, 100, cookie: 7);
        test.Settle();
        Told(test);
        test.Settle(TimeSpan.FromSeconds(61));
        Assert.Equal([ConnectionEventKind.Closed], Told(test));

        test.Count(udp, 100, cookie: 7);
        test.Settle();
        Assert.Equal([ConnectionEventKind.Opened], Told(test));
        test.Settle(TimeSpan.FromSeconds(61));
        Assert.Equal([ConnectionEventKind.Closed], Told(test));
    }

    [Fact]
    public void The_end_of_one_whose_process_was_told_at_its_beginning_tells_it_no_second_time()
    {
        var test = new TestLedger();
        test.Owners.ByCookie[7] = TestLedger.Clue(42);
        test.Count(TestLedger.Tcp(1), 100, cookie: 7);
        test.Settle();
        Assert.Equal([ConnectionEventKind.Opened], Told(test));

        test.Count(TestLedger.Tcp(1), 1, cookie: 7, Ended);
        test.Settle();
        Assert.Equal([ConnectionEventKind.Closed], Told(test));
    }

    [Fact]
    public async Task A_reader_that_is_too_slow_is_told_how_many_events_it_missed()
    {
        const int Capacity = 4;
        var reader = new EventReaders.Reader(Capacity);
        var test = new TestLedger();
        test.Count(TestLedger.Tcp(1), 100, cookie: 7);
        var builder = new SnapshotBuilder(test.Ledger, test.Options);
        for (int i = 0; i < 10; i++)
        {
            reader.Write(builder.ToEvent(ConnectionEventKind.Opened, test.Flow(TestLedger.Tcp(1))));
        }

        reader.Complete(null);
        var missed = new List<long>();
        await foreach (ConnectionEvent one in reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            missed.Add(reader.Stamp(one).Missed);
        }

        Assert.Equal([6, 0, 0, 0], missed);
    }

    [Fact]
    public async Task Readers_are_told_why_it_ended_and_one_that_left_is_kept_no_longer()
    {
        var readers = new EventReaders();
        EventReaders.Reader left = readers.Add();
        readers.Remove(left);
        Assert.True(readers.IsEmpty);

        EventReaders.Reader reader = readers.Add();
        readers.Complete(new InvalidOperationException("the source broke"));

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        InvalidOperationException told = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (ConnectionEvent one in reader.ReadAllAsync(patience.Token))
            {
                Assert.Fail($"nothing was sent, and {one} came");
            }
        });
        Assert.Equal("the source broke", told.Message);
    }

    private static List<ConnectionEventKind> Told(TestLedger test)
    {
        var kinds = new List<ConnectionEventKind>();
        test.Ledger.Changes.Tell((kind, _) => kinds.Add(kind));
        return kinds;
    }
}
