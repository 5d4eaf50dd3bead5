using System.Net;
using System.Net.Sockets;
using Sonde.Interop.Linux;
using Sonde.Packets;
using Sonde.System.Tests.Bpf;
using Sonde.Testing;
using Sonde.Traffic;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Sources;
using Sonde.Traffic.Sources.Linux;

namespace Sonde.System.Tests.Traffic;

/// <summary>What processors gather before it reaches the table of flows: each flow has its own bytes, whoever else had its place, and whoever was interrupted.</summary>
public sealed class GatheringTests : IDisposable
{
    private const int Bytes = 5; // with the headers less than is read of longer ones
    private const int IPv4AndUdp = 28;
    private const int IPv6AndUdp = 48;
    private const int Rounds = 7;
    private const int Sockets = 3 * KernelGathering.FlowCount; // several flows for each place
    private readonly NetworkNamespace _here;
    private readonly FlowSink _sink = new();

    public GatheringTests()
    {
        NeedsBpf.Check();
        _here = NeedsRoot.Namespace();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void Whatever_the_kernel_offers_each_flow_has_its_bytes(bool gathers, bool hasNamespaceCookie)
    {
        using BpfTrafficSource source = Open(new CountingMeans(gathers, hasNamespaceCookie));

        IReadOnlyList<IPEndPoint> senders = SendAll(source.Drain);
        source.Drain(_sink);

        Assert.All(senders, sender => Assert.Equal(new TrafficCounters(0, Rounds * (Bytes + HeadersOf(sender)), 0, Rounds, 0, Rounds), _sink.Of(sender)));
        Assert.Equal(hasNamespaceCookie, source.OwnNamespace != 0);
        Assert.All(senders, sender => Assert.Equal(hasNamespaceCookie, _sink.NamespaceOf(sender) != 0));
    }

    [Fact]
    public void One_that_interrupts_another_counts_into_the_table()
    {
        using BpfTrafficSource source = Open(CountingMeans.All[0]);
        byte[] busy = new byte[source.Flows.Gathered.ValueSize];
        for (int at = 0; at < busy.Length; at += KernelGathering.Size)
        {
            busy[at + KernelGathering.Busy] = 1;
        }

        byte[] side = new byte[sizeof(int)];
        foreach (byte number in (byte[])[0, 1])
        {
            side[0] = number;
            Assert.True(source.Flows.Gathered.Update(side, busy));
        }

        IReadOnlyList<IPEndPoint> senders = SendAll(null);

        // No place was taken, and nobody took the mark away.
        side[0] = 0;
        byte[] gathered = new byte[busy.Length];
        Assert.True(source.Flows.Gathered.TryLookup(side, gathered));
        Assert.Equal(busy, gathered);
        source.Drain(_sink);
        Assert.All(senders, sender => Assert.Equal(Rounds * (Bytes + HeadersOf(sender)), _sink.Of(sender).SentBytes));
    }

    [Fact]
    public void A_flow_that_goes_on_stays_in_its_place_until_it_is_told_and_is_gone_from_it_then()
    {
        using BpfTrafficSource source = Open(CountingMeans.All[0]);
        using Socket sender = Udp(IPAddress.Loopback);
        var target = new IPEndPoint(IPAddress.Loopback, 9);
        for (int i = 0; i < Rounds; i++)
        {
            sender.SendTo(new byte[Bytes], target);
        }

        source.Drain(_sink);
        TrafficCounters once = _sink.Of((IPEndPoint)sender.LocalEndPoint!); // bound
        source.Drain(_sink);
        source.Drain(_sink);

        Assert.Equal(Rounds, once.SentPackets);
        Assert.Equal(once, _sink.Of((IPEndPoint)sender.LocalEndPoint!)); // bound
    }

    [Fact]
    public void What_one_socket_sends_to_several_is_told_of_each()
    {
        // The place goes by socket and port: the first two have the same one.
        IPEndPoint[] targets = [IPEndPoint.Parse("127.0.0.1:9"), IPEndPoint.Parse("127.0.0.2:9"), IPEndPoint.Parse("127.0.0.1:265"), IPEndPoint.Parse("127.0.0.1:10")];
        using BpfTrafficSource source = Open(CountingMeans.All[0]);
        using Socket sender = Udp(IPAddress.Loopback);
        for (int round = 0; round < Rounds; round++)
        {
            foreach (IPEndPoint target in targets)
            {
                sender.SendTo(new byte[Bytes], target);
            }
        }

        source.Drain(_sink);

        var own = (IPEndPoint)sender.LocalEndPoint!; // bound
        Assert.All(targets, target => Assert.Equal((Rounds * (Bytes + IPv4AndUdp), Rounds), (_sink.Of(own, target).SentBytes, _sink.Of(own, target).SentPackets)));
    }

    [Fact]
    public void Who_uses_a_socket_is_noted_anew_after_each_drain()
    {
        using BpfTrafficSource source = Open(CountingMeans.All[0]);
        var owners = (KernelOwners)source.Owners!; // of this source always
        using Socket sender = Udp(IPAddress.Loopback);
        using Socket receiver = Udp(IPAddress.Loopback);
        sender.Connect(receiver.LocalEndPoint!); // bound
        sender.Send(new byte[Bytes]);
        source.Drain(_sink);
        FlowCount flow = _sink.Sent((IPEndPoint)sender.LocalEndPoint!).Single(); // bound
        Assert.True(owners.TryFind(flow.Flow, flow.SocketCookie, out OwnerClue owner));
        Assert.Equal(Environment.ProcessId, owner.Pid);

        // As when the table has thrown it out: it comes back with the first use after a drain, not before.
        sender.Send(new byte[Bytes]);
        Assert.True(owners.Map.Remove(BitConverter.GetBytes(flow.SocketCookie)));
        sender.Send(new byte[Bytes]);
        Assert.False(owners.TryFind(flow.Flow, flow.SocketCookie, out _));
        source.Drain(_sink);
        sender.Send(new byte[Bytes]);
        Assert.True(owners.TryFind(flow.Flow, flow.SocketCookie, out _));
    }

    public void Dispose() => _here.Dispose();

    private static int HeadersOf(IPEndPoint sender) => sender.AddressFamily == AddressFamily.InterNetwork ? IPv4AndUdp : IPv6AndUdp;

    private static BpfTrafficSource Open(CountingMeans means)
    {
        Assert.True(CgroupMount.TryFind(LibC.ReadFile("/proc/self/mountinfo", 1 << 22, out _), out CgroupMount mount));
        return BpfTrafficSource.Open(new TrafficOptions(), mount, [means]);
    }

    // In turns, so that flows that have one place drive each other out of it; drained in between if asked.
    private List<IPEndPoint> SendAll(Action<ITrafficSink>? drain)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 here");
        List<Socket> sockets = [.. Enumerable.Range(0, Sockets).Select(i => Udp(i % 2 == 0 ? IPAddress.Loopback : IPAddress.IPv6Loopback))];
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Socket socket in sockets)
            {
                IPAddress own = ((IPEndPoint)socket.LocalEndPoint!).Address; // bound
                Assert.Equal(Bytes, socket.SendTo(new byte[Bytes], new IPEndPoint(own, 9)));
            }

            if (round % 2 == 1)
            {
                drain?.Invoke(_sink);
            }
        }

        List<IPEndPoint> senders = [.. sockets.Select(static socket => (IPEndPoint)socket.LocalEndPoint!)]; // bound
        sockets.ForEach(static socket => socket.Dispose());
        return senders;
    }

    private Socket Udp(IPAddress address) => _here.Run(() =>
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    });

    // Adds up what was told of this process's senders.
    private sealed class FlowSink : ITrafficSink
    {
        private readonly List<FlowCount> _counts = [];

        public void Count(in FlowCount count) => _counts.Add(count);

        public void CountOverflow(in TrafficCounters counters) => Assert.Fail("the table has room");

        internal TrafficCounters Of(IPEndPoint sender) => Sum(Sent(sender));

        internal TrafficCounters Of(IPEndPoint sender, IPEndPoint target) => Sum(Sent(sender).Where(count =>
            count.Flow.Key.Remote.Port == target.Port && count.Flow.Key.Remote.Address == InternetAddress.From(target.Address)));

        internal ulong NamespaceOf(IPEndPoint sender) => Sent(sender).Select(static count => count.Flow.NetworkNamespace).Distinct().Single();

        internal IEnumerable<FlowCount> Sent(IPEndPoint sender) => _counts.Where(count =>
            count.Flow.Key.Protocol == IPProtocol.Udp
            && count.Flow.Key.Local.Port == sender.Port
            && count.Flow.Key.Local.Address == InternetAddress.From(sender.Address)
            && count.Counters.SentPackets > 0);

        private static TrafficCounters Sum(IEnumerable<FlowCount> counts) => counts.Aggregate(default(TrafficCounters), static (sum, count) => sum + count.Counters);
    }
}
