using System.Buffers.Binary;
using Sonde.Host.Interfaces;
using Sonde.Link;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Headers;
using Sonde.Testing;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Tests.Wire;

/// <summary>Which packets count, for whom, and how much.</summary>
public sealed class PacketPlaneRulesTests
{
    private readonly TestPackets _test = new();

    [Fact]
    public void Both_ways_of_a_connection_are_one_flow_with_this_host_as_its_local_end()
    {
        _test.Sent(TestPackets.Tcp(TestPackets.Here, 5000, TestPackets.There, 80, 100));
        _test.Sent(TestPackets.Tcp(TestPackets.Here, 5000, TestPackets.There, 80, 0));
        _test.Received(TestPackets.Tcp(TestPackets.There, 80, TestPackets.Here, 5000, 500));

        IReadOnlyList<FlowCount> counts = _test.Tell();

        var identity = new FlowIdentity(TestPackets.Key(TestPackets.Here, 5000, TestPackets.There, 80), 7);
        Assert.Equal([identity, identity], counts.Select(static count => count.Flow));
        Assert.Equal(new TrafficCounters(540, 180, 1, 2, 1, 2), counts[0].Counters + counts[1].Counters);
        Assert.All(counts, static count => Assert.Equal(TestPackets.Ethernet, count.InterfaceIndex));
        Assert.Empty(_test.Tell());
    }

    [Fact]
    public void Beginning_and_end_are_told_from_the_view_of_this_host()
    {
        _test.Received(TestPackets.Tcp(TestPackets.There, 5000, TestPackets.Here, 80, 0, TcpFlags.Syn));
        _test.Sent(TestPackets.Tcp(TestPackets.Here, 80, TestPackets.There, 5000, 0, TcpFlags.Syn | TcpFlags.Ack));
        _test.Sent(TestPackets.Tcp(TestPackets.Here, 80, TestPackets.There, 5000, 0, TcpFlags.Fin | TcpFlags.Ack));
        _test.Received(TestPackets.Tcp(TestPackets.There, 5000, TestPackets.Here, 80, 0, TcpFlags.Fin | TcpFlags.Ack));
        Assert.Equal([FlowSigns.Accepted | FlowSigns.FinishedThere, FlowSigns.Accepted | FlowSigns.FinishedHere], _test.Tell().Select(static count => count.Signs));

        _test.Sent(TestPackets.Tcp(TestPackets.Here, 6000, TestPackets.There, 80, 0, TcpFlags.Syn));
        _test.Received(TestPackets.Tcp(TestPackets.There, 80, TestPackets.Here, 6000, 0, TcpFlags.Rst | TcpFlags.Ack));
        Assert.Equal([FlowSigns.Opened, FlowSigns.Reset], _test.Tell().Select(static count => count.Signs));
    }

    [Theory]
    [InlineData(PacketDirection.Unknown)]
    [InlineData(PacketDirection.Inbound)]
    [InlineData(PacketDirection.Outbound)]
    public void On_the_loopback_each_end_has_its_side_once(PacketDirection direction)
    {
        _test.See(TestPackets.Tcp("127.0.0.1", 5000, "127.0.0.1", 80, 60), direction, FrameAudience.Unknown, TestPackets.Loopback);

        Assert.Equal(
            [(TestPackets.Key("127.0.0.1", 5000, "127.0.0.1", 80), 0L, 100L), (TestPackets.Key("127.0.0.1", 80, "127.0.0.1", 5000), 100L, 0L)],
            _test.Tell().Select(static count => (count.Flow.Key, count.Counters.ReceivedBytes, count.Counters.SentBytes)));
    }

    [Fact]
    public void What_passes_is_counted_on_its_way_in_and_never_asked_for()
    {
        _test.Received(TestPackets.Tcp("10.0.0.9", 5000, "192.0.2.1", 80, 60));
        _test.Sent(TestPackets.Tcp("10.0.0.9", 5000, "192.0.2.1", 80, 60), on: 4);
        _test.Received(TestPackets.Tcp("192.0.2.1", 80, "10.0.0.9", 5000, 10), on: 4);
        IReadOnlyList<FlowCount> counts = _test.Tell();

        Assert.Equal(2, counts.Count);
        Assert.Single(counts.Select(static count => count.Flow).Distinct());
        Assert.Equal(new TrafficCounters(50, 100, 1, 1, 1, 1), counts[0].Counters + counts[1].Counters);
        Assert.Equal(TestPackets.Key("10.0.0.9", 5000, "192.0.2.1", 80), counts[0].Flow.Key);
        Assert.All(counts, static count => Assert.Equal(FlowSigns.Passing, count.Signs));
        var ledger = new TestLedger();
        ledger.Owners.ByCookie[0] = TestLedger.Clue(1); // would answer for everything
        ledger.Ledger.Clock.Read();
        ledger.Ledger.Count(counts[0]);
        ledger.Settle();
        Assert.Equal(UnownedReason.Forwarded, Ledger.OwnerSearch.ReasonOf(ledger.Flow(counts[0].Flow)));
    }

    [Fact]
    public void Frames_of_other_hosts_ports_of_bridges_and_tagged_frames_are_left_out()
    {
        byte[] packet = TestPackets.Tcp(TestPackets.There, 80, TestPackets.Here, 5000, 10);
        _test.Received(packet, FrameAudience.OtherHost);
        _test.Received(packet, on: TestPackets.BridgePort);
        byte[] tagged = [.. new byte[12], 0x81, 0, 0, 10, 8, 0, .. packet];
        _test.Counter.Add(LinkType.Ethernet, tagged, tagged.Length, TestPackets.Ethernet, PacketDirection.Inbound, FrameAudience.ThisHost);
        Assert.Empty(_test.Tell());

        _test.Received(packet, on: TestPackets.BridgePort);
        Assert.Single(_test.Tell(TestPackets.Host("port0")));
    }

    [Theory]
    [InlineData("224.0.0.251", FrameAudience.Multicast)]
    [InlineData("10.0.0.255", FrameAudience.Broadcast)]
    public void What_is_for_many_is_for_this_host_too(string group, FrameAudience audience)
    {
        _test.Received(TestPackets.Tcp(TestPackets.There, 5353, group, 5353, 10), audience);

        FlowCount count = Assert.Single(_test.Tell());
        Assert.Equal((TestPackets.Key(group, 5353, TestPackets.There, 5353), 50L, FlowSigns.None), (count.Flow.Key, count.Counters.ReceivedBytes, count.Signs));
    }

    [Fact]
    public void The_outside_of_a_tunnel_is_left_out_where_its_inside_is_seen()
    {
        byte[] gre = TestPackets.IPv4(IPProtocol.Gre, TestPackets.Here, TestPackets.There, 100);
        _test.Sent(gre);
        Assert.Single(_test.Tell());

        NetworkInterface tunnel = TestPackets.Interface("gre1", 8, InterfaceKind.Tunnel, "10.9.0.1");
        _test.Sent(gre);
        Assert.Empty(_test.Tell(TestPackets.Host(null, tunnel)));
        _test.Sent(gre);
        Assert.Single(_test.Tell(TestPackets.Host("eth0", tunnel)));
    }

    [Fact]
    public void A_packet_that_the_kernel_put_together_counts_as_those_that_it_was_made_of()
    {
        _test.Counter.Mtus = TestPackets.Host().Mtus;
        _test.Sent(TestPackets.Tcp(TestPackets.Here, 1, TestPackets.There, 2, (10 * 1460) + 1));
        _test.Sent(TestPackets.Tcp(TestPackets.Here, 1, TestPackets.There, 2, 1460));
        _test.Sent(TestPackets.Tcp("127.0.0.1", 1, "127.0.0.1", 2, 60_000), TestPackets.Loopback);

        Assert.Equal(
            [new TrafficCounters(0, 14_641 + 1500, 0, 12, 0, 2), new TrafficCounters(0, 60_040, 0, 1, 0, 1), new TrafficCounters(60_040, 0, 1, 0, 1, 0)],
            _test.Tell().Select(static count => count.Counters));
    }

    [Fact]
    public void Later_fragments_belong_to_the_flow_of_the_first()
    {
        byte[] first = Fragment(TestPackets.Tcp(TestPackets.Here, 5000, TestPackets.There, 80, 1400), id: 9, offset: 0);
        byte[] later = Fragment(TestPackets.IPv4(IPProtocol.Tcp, TestPackets.Here, TestPackets.There, 500), id: 9, offset: 178);
        byte[] foreign = Fragment(TestPackets.IPv4(IPProtocol.Tcp, TestPackets.Here, TestPackets.There, 500), id: 10, offset: 178);
        _test.Sent(first);
        _test.Sent(later);
        _test.Sent(foreign);

        Assert.Equal(
            [(TestPackets.Key(TestPackets.Here, 5000, TestPackets.There, 80), 1440L + 520), (TestPackets.Key(TestPackets.Here, 0, TestPackets.There, 0), 520L)],
            _test.Tell().Select(static count => (count.Flow.Key, count.Counters.SentBytes)));

        static byte[] Fragment(byte[] packet, ushort id, ushort offset)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), id);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)(offset | 0x2000));
            return packet;
        }
    }

    [Fact]
    public void What_finds_the_table_full_is_counted_without_its_flow()
    {
        var test = new TestPackets(capacity: 2);
        for (int port = 1; port <= 5; port++)
        {
            test.Sent(TestPackets.Tcp(TestPackets.Here, port, TestPackets.There, 80, 60));
        }

        test.Received(TestPackets.Tcp(TestPackets.There, 80, TestPackets.Here, 1, 10));
        test.Sent(TestPackets.Tcp(TestPackets.Here, 1, TestPackets.There, 80, 60));

        Assert.Equal([200L, 100], test.Tell().Select(static count => count.Counters.SentBytes));
        Assert.Equal(new TrafficCounters(50, 300, 1, 3, 1, 3), test.Overflow);
        test.Sent(TestPackets.Tcp(TestPackets.Here, 9, TestPackets.There, 80, 60));
        Assert.Single(test.Tell());
    }

    [Fact]
    public void Bytes_that_are_no_packet_are_counted_as_such()
    {
        _test.Received([0x45, 0, 0]);
        byte[] arp = [.. new byte[12], 8, 6, .. new byte[28]];
        _test.Counter.Add(LinkType.Ethernet, arp, arp.Length, TestPackets.Ethernet, PacketDirection.Inbound, FrameAudience.Broadcast);

        Assert.Empty(_test.Tell());
        Assert.Equal(1, _test.Counter.Malformed);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        byte[] packet = TestPackets.Tcp(TestPackets.Here, 5000, TestPackets.There, 80, 100);
        _test.Sent(packet);

        Assert.Equal(0, AllocationWatch.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                _test.Sent(packet);
            }
        }));
    }
}
