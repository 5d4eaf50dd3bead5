using Sonde.Host;
using Sonde.Host.Sockets.MacOS;
using Sonde.Packets;
using Sonde.Traffic;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Sources;
using Sonde.Traffic.Sources.Sockets;

namespace Sonde.MacOS.Tests;

/// <summary>Traffic by the counters that macOS keeps for its sockets, over the look-alike.</summary>
public sealed class SocketTrafficTests
{
    private readonly TrafficOptions _options = new() { Time = new SteppedTime() };
    private readonly Sink _sink = new();

    [Fact]
    public void What_sockets_count_after_the_start_is_told_once_for_tcp_and_for_udp_that_has_a_peer()
    {
        using LookAlike system = SocketTableTests.Host();
        system.SetList(SocketTableTests.UdpList, SocketTableTests.List(SocketTableTests.Socket(null, 0x0200000A, "10.0.0.1", 53, 60, 70, 4000)));
        using SocketWatch sockets = SocketWatch.Over(_options, static options => new MacOSSocketTable(options));
        using var source = new SocketTrafficSource(sockets, closings: null, _options.Time);
        Assert.Equal(TrafficBackend.Sockets, source.Backend);

        system.SetList(
            SocketTableTests.TcpList,
            SocketTableTests.List(SocketTableTests.Socket(1, 0, "0.0.0.0", 443, 0, 0), SocketTableTests.Socket(4, 0x0200000A, "10.0.0.1", 443, 800, 4100, 5000)));
        system.SetList(SocketTableTests.UdpList, SocketTableTests.List(SocketTableTests.Socket(null, 0x0200000A, "10.0.0.1", 53, 160, 270, 4000)));
        source.Hurry();
        source.Drain(_sink);
        FlowCount[] first = [.. _sink.Counts];
        _sink.Counts.Clear();
        source.Hurry();
        source.Drain(_sink);

        Assert.Equal((100, 500), Bytes(Assert.Single(first, static one => one.Flow.Key.Protocol == IPProtocol.Tcp)));
        Assert.Equal((200, 100), Bytes(Assert.Single(first, static one => one.Flow.Key.Protocol == IPProtocol.Udp)));
        Assert.Empty(_sink.Counts);
    }

    [Fact]
    public void A_connection_that_is_new_counts_from_its_beginning_and_belongs_to_its_last_user()
    {
        using LookAlike system = SocketTableTests.Host();
        using SocketWatch sockets = SocketWatch.Over(_options, static options => new MacOSSocketTable(options));
        using var source = new SocketTrafficSource(sockets, closings: null, _options.Time);
        system.SetList(SocketTableTests.TcpList, SocketTableTests.List(SocketTableTests.Socket(4, 0x0300000A, "10.0.0.1", 50000, 30, 40, 443)));
        source.Hurry();
        source.Drain(_sink);

        FlowCount flow = Assert.Single(_sink.Counts, static one => one.Flow.Key.Remote.Port == 443);
        Assert.Equal((40, 30), Bytes(flow));
        Assert.True(new SocketOwners(sockets).TryFind(flow.Flow, 0, out OwnerClue clue));
        Assert.Equal((501, OwnerConfidence.Exact), (clue.Pid, clue.Confidence));
    }

    [Fact]
    public void Without_any_connection_the_rung_serves_all_the_same_and_where_the_lists_are_refused_it_says_so()
    {
        using LookAlike system = SocketTableTests.Host();
        system.SetList(SocketTableTests.TcpList, SocketTableTests.List(SocketTableTests.Socket(1, 0, "0.0.0.0", 443, 0, 0)));
        using SocketWatch sockets = SocketWatch.Over(_options, static options => new MacOSSocketTable(options));
        var rung = new SocketTrafficRung(TrafficBackend.Sockets, null);
        using (TrafficSource? source = rung.TryOpen(_options, sockets, out BackendStatus available))
        {
            Assert.NotNull(source);
            Assert.Equal(BackendState.Available, available.State);
        }

        foreach (string list in (string[])["tcp", "udp", "raw"])
        {
            system[$"fail.net.inet.{list}.pcblist_n"] = Interop.MacOS.Darwin.EPERM;
        }

        Assert.Null(rung.TryOpen(_options, sockets, out BackendStatus denied));
        Assert.Equal(BackendState.Denied, denied.State);
    }

    private static (long Received, long Sent) Bytes(FlowCount count) => (count.Counters.ReceivedBytes, count.Counters.SentBytes);

    private sealed class Sink : ITrafficSink
    {
        internal List<FlowCount> Counts { get; } = [];

        public void Count(in FlowCount count) => Counts.Add(count);

        public void CountOverflow(in TrafficCounters counters) => Assert.Fail("nothing is beyond any bound");
    }
}
