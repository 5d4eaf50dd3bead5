using System.Net;
using Sonde.Interop.Windows.Etw;
using Sonde.Packets;
using Sonde.Testing;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Sources;
using Sonde.Traffic.Sources.Windows;

namespace Sonde.Traffic.Tests.Windows;

/// <summary>The kernel's network events of Windows as flows: summed, turned the right way round, with their owners.</summary>
public sealed class TraceCounterTests
{
    private const string Own = "192.0.2.10";
    private const string Peer = "198.51.100.7";
    private static readonly InternetAddress s_own = InternetAddress.From(IPAddress.Parse(Own));
    private readonly TraceCounter _counter = new(100);

    [Fact]
    public void Events_of_a_flow_are_summed_by_direction_with_what_they_tell_of_its_beginning_and_end()
    {
        Tell(12, Own, 50000, Peer, 443, bytes: 0);
        Tell(10, Own, 50000, Peer, 443, bytes: 100);
        Tell(10, Own, 50000, Peer, 443, bytes: 50);
        Tell(11, Own, 50000, Peer, 443, bytes: 7000);
        Tell(14, Own, 50000, Peer, 443, bytes: 100); // again: counted already
        Tell(18, Own, 50000, Peer, 443, bytes: 7000); // copied: told already
        Tell(13, Own, 50000, Peer, 443, bytes: 0);
        Dictionary<TraceFlow, TraceCounts> flows = _counter.Take(out TrafficCounters overflow);

        TraceCounts sent = flows.Single(static flow => !flow.Key.IsReceived).Value;
        TraceCounts received = flows.Single(static flow => flow.Key.IsReceived).Value;
        Assert.Equal(new TrafficCounters(0, 150, 0, 2, 0, 2), sent.For(isReceived: false));
        Assert.Equal(new TrafficCounters(7000, 0, 1, 0, 1, 0), received.For(isReceived: true));
        Assert.Equal(FlowSigns.Opened | FlowSigns.FinishedHere | FlowSigns.FinishedThere, sent.Signs);
        Assert.Equal((default, 2), (overflow, flows.Count));
        Assert.Empty(_counter.Take(out _));
    }

    [Theory]
    [InlineData(10, Own, 50000, Peer, 443)]
    [InlineData(11, Own, 50000, Peer, 443)] // as the socket has it
    [InlineData(11, Peer, 443, Own, 50000)] // as the packet has it
    [InlineData(43, Peer, 443, Own, 50000)]
    [InlineData(43, Own, 50000, Peer, 443)]
    [InlineData(15, Peer, 443, Own, 50000)]
    public void The_hosts_own_address_decides_which_end_is_here(ushort id, string source, int sourcePort, string destination, int destinationPort)
    {
        Tell(id, source, sourcePort, destination, destinationPort);

        FlowKey key = _counter.Take(out _).Single().Key.Orient(static address => address == s_own);
        Assert.Equal((50000, 443), (key.Local.Port, key.Remote.Port));
    }

    [Theory]
    [InlineData(10, "127.0.0.1", 50000, "127.0.0.1", 80)]
    [InlineData(11, "127.0.0.1", 50000, "127.0.0.1", 80)]
    [InlineData(43, "127.0.0.1", 80, "127.0.0.1", 50000)]
    [InlineData(43, Peer, 80, "224.0.0.251", 50000)]
    public void Where_addresses_do_not_decide_the_kind_of_event_does(ushort id, string source, int sourcePort, string destination, int destinationPort)
    {
        Tell(id, source, sourcePort, destination, destinationPort);

        FlowKey key = _counter.Take(out _).Single().Key.Orient(static address => address.IsLoopback || address == s_own);
        Assert.Equal((50000, 80), (key.Local.Port, key.Remote.Port));
    }

    [Fact]
    public void What_finds_the_table_full_is_counted_without_its_flow()
    {
        for (int port = 1; port <= 102; port++)
        {
            Tell(10, Own, port, Peer, 443, bytes: 10);
        }

        Tell(10, Own, 1, Peer, 443, bytes: 10); // known: there is room for it
        Assert.Equal(100, _counter.Take(out TrafficCounters overflow).Count);
        Assert.Equal(new TrafficCounters(0, 20, 0, 2, 0, 2), overflow);
    }

    [Fact]
    public void Events_that_are_cut_are_counted()
    {
        _counter.Add(new EtwRecord(EtwProvider.KernelNetwork.Id, 10, 0, 0, new byte[19]));
        _counter.Add(new EtwRecord(EtwProvider.KernelProcess.Id, 10, 0, 0, new byte[19])); // another provider's

        Assert.Equal(1, _counter.Malformed);
        Assert.Empty(_counter.Take(out _));
    }

    [Fact]
    public void Adding_to_a_flow_that_is_known_allocates_nothing()
    {
        byte[] payload = EtwBytes.Network(1234, 1460, Own, 50000, Peer, 443);
        for (int turn = 0; turn < 1000; turn++)
        {
            _counter.Add(new EtwRecord(EtwProvider.KernelNetwork.Id, 10, 0, 0, payload));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int turn = 0; turn < 1000; turn++)
        {
            _counter.Add(new EtwRecord(EtwProvider.KernelNetwork.Id, 10, 0, 0, payload));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_process_that_started_while_traced_is_known_by_name_and_start_and_the_oldest_gives_way()
    {
        var owners = new TraceOwners(2);
        FlowIdentity flow = TestLedger.Tcp(1000);
        foreach (int pid in (int[])[10, 11, 12])
        {
            owners.NoteStart(pid, "short.exe", 77);
        }

        owners.Note(flow, 12);
        Assert.True(owners.TryFind(flow, 0, out OwnerClue clue));
        Assert.Equal(new OwnerClue(12, 77, "short.exe", null, OwnerConfidence.Kernel), clue);
        owners.Note(flow, 10);
        Assert.True(owners.TryFind(flow, 0, out clue));
        Assert.Equal(new OwnerClue(10, 0, null, null, OwnerConfidence.Kernel), clue);
        Assert.Equal(2, owners.Count);
        owners.Begin();
        owners.Note(flow, 0); // the kernel does not say
        Assert.False(owners.TryFind(flow, 0, out _));
    }

    private void Tell(ushort id, string source, int sourcePort, string destination, int destinationPort, uint bytes = 1) =>
        _counter.Add(new EtwRecord(EtwProvider.KernelNetwork.Id, id, 0, 0, EtwBytes.Network(1234, bytes, source, sourcePort, destination, destinationPort)));
}
