using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sonde.Packets;
using Sonde.Testing;
using Sonde.Traffic;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Sources.Wire;

namespace Sonde.System.Tests.Traffic;

/// <summary>What the packet plane counts, against what senders and receivers know themselves.</summary>
public sealed class PacketPlaneTests
{
    private const int IPv4AndUdp = 28;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    public void Datagrams_over_the_loopback_are_counted_to_the_byte_for_both_ends(int buffer)
    {
        const int Datagrams = 200;
        const int Bytes = 300;
        using NetworkNamespace here = NeedsRoot.Namespace();
        using TrafficMonitor monitor = here.Run(() => Start(new TrafficOptions { CaptureBufferBytes = buffer }));
        using Socket receiver = here.Run(static () => Udp(IPAddress.Loopback));
        using Socket sender = here.Run(static () => Udp(IPAddress.Loopback));
        byte[] datagram = new byte[Bytes];
        for (int i = 0; i < Datagrams; i++)
        {
            sender.SendTo(datagram, receiver.LocalEndPoint!); // bound
            Assert.Equal(Bytes, receiver.Receive(datagram));
        }

        int from = PortOf(sender);
        int to = PortOf(receiver);
        ConnectionTraffic outgoing = Await(monitor, one => one.Key.Local.Port == from && one.Key.Remote.Port == to && one.Counters.SentPackets == Datagrams && one.Process is not null);
        ConnectionTraffic incoming = Await(monitor, one => one.Key.Local.Port == to && one.Key.Remote.Port == from && one.Counters.ReceivedPackets == Datagrams && one.Process is not null);

        const long Sum = Datagrams * (Bytes + IPv4AndUdp);
        Assert.Equal(new TrafficCounters(0, Sum, 0, Datagrams, 0, Datagrams), outgoing.Counters);
        Assert.Equal(new TrafficCounters(Sum, 0, Datagrams, 0, Datagrams, 0), incoming.Counters);
        Assert.Equal((Environment.ProcessId, Environment.ProcessId), (outgoing.Process?.Pid, incoming.Process?.Pid));
    }

    [Fact]
    public void An_interface_that_appears_later_is_counted_from_its_first_packet_on_and_fragments_belong_to_their_flow()
    {
        const int Bytes = 5000; // four fragments of an Ethernet
        const int Datagrams = 20;
        using NetworkNamespace here = NeedsRoot.Namespace();
        using NetworkNamespace there = NeedsRoot.Namespace();
        using TrafficMonitor monitor = here.Run(static () => Start(new TrafficOptions()));
        monitor.Snapshot();
        here.Shell($"ip link add late0 type veth peer name late1 netns {ThreadOf(there)} && ip addr add 10.78.0.1/24 dev late0 && ip link set late0 up");
        there.Shell("ip addr add 10.78.0.2/24 dev late1 && ip link set late1 up");
        using Socket receiver = there.Run(static () => Udp(IPAddress.Parse("10.78.0.2")));
        using Socket sender = here.Run(static () => Udp(IPAddress.Parse("10.78.0.1")));
        byte[] datagram = new byte[Bytes];
        for (int i = 0; i < Datagrams; i++)
        {
            sender.SendTo(datagram, receiver.LocalEndPoint!); // bound
            Assert.Equal(Bytes, receiver.Receive(datagram));
        }

        int port = PortOf(sender);
        const long Sum = Datagrams * (Bytes + 8 + (4 * 20));
        ConnectionTraffic flow = Await(monitor, one => one.Key.Local.Port == port && one.Counters.SentBytes >= Sum && one.Process is not null);

        Assert.Equal(new TrafficCounters(0, Sum, 0, Datagrams * 4, 0, Datagrams * 4), flow.Counters);
        Assert.Equal((InternetAddress.Parse("10.78.0.2"), Environment.ProcessId), (flow.Key.Remote.Address, flow.Process?.Pid));
        here.Shell("ip link del late0");
        Assert.Equal(TrafficBackend.Packets, monitor.Snapshot().Backend);
    }

    [Fact]
    public void Where_no_device_shows_all_interfaces_each_has_its_own_and_those_that_come_and_go_are_followed()
    {
        const int Bytes = 300;
        using NetworkNamespace here = NeedsRoot.Namespace();
        using NetworkNamespace there = NeedsRoot.Namespace();
        var options = new TrafficOptions();
        PacketTrafficSource source = here.Run(() => PacketTrafficSource.Open(options, networkNamespace: 0, isEachAlone: true));
        using TrafficMonitor monitor = here.Run(() => new TrafficMonitor(options, source, SocketWatch.Open(options), [], isThreaded: false));
        Assert.Equal(["lo"], source.Names);
        here.Shell($"ip link add late0 type veth peer name late1 netns {ThreadOf(there)} && ip addr add 10.78.0.1/24 dev late0 && ip link set late0 up");
        there.Shell("ip addr add 10.78.0.2/24 dev late1 && ip link set late1 up");
        here.Run(() => Until(() => (monitor.Snapshot(), source.Names.Contains("late0")).Item2)); // devices are opened in the namespace of who asks
        using Socket receiver = there.Run(static () => Udp(IPAddress.Parse("10.78.0.2")));
        using Socket sender = here.Run(static () => Udp(IPAddress.Parse("10.78.0.1")));
        using Socket self = here.Run(static () => Udp(IPAddress.Loopback));
        sender.SendTo(new byte[Bytes], receiver.LocalEndPoint!); // bound
        self.SendTo(new byte[Bytes], self.LocalEndPoint!); // bound
        int port = PortOf(sender);
        int own = PortOf(self);

        ConnectionTraffic flow = here.Run(() => Await(monitor, one => one.Key.Local.Port == port && one.Process is not null));
        ConnectionTraffic loop = here.Run(() => Await(monitor, one => one.Key.Local.Port == own && one.Process is not null));
        Assert.Equal(new TrafficCounters(0, Bytes + IPv4AndUdp, 0, 1, 0, 1), flow.Counters);
        Assert.Equal(new TrafficCounters(Bytes + IPv4AndUdp, Bytes + IPv4AndUdp, 1, 1, 1, 1), loop.Counters);
        here.Shell("ip link del late0");
        here.Run(() => Until(() => (monitor.Snapshot(), !source.Names.Contains("late0")).Item2));
        self.SendTo(new byte[Bytes], self.LocalEndPoint!);
        here.Run(() => Await(monitor, one => one.Key.Local.Port == own && one.Counters.SentPackets == 2));
    }

    [Fact]
    public void What_tcp_sends_over_a_cable_is_counted_with_its_process_and_compared_with_the_interface()
    {
        const int Bytes = 2_000_000;
        using NetworkNamespace here = NeedsRoot.Namespace();
        using NetworkNamespace there = NeedsRoot.Namespace();
        here.Shell($"ip link add c0 type veth peer name c1 netns {ThreadOf(there)} && ip addr add 10.79.0.1/24 dev c0 && ip link set c0 up");
        there.Shell("ip addr add 10.79.0.2/24 dev c1 && ip link set c1 up");
        using TrafficMonitor monitor = here.Run(static () => Start(new TrafficOptions { MeasureTcp = true }));
        using TcpListener listener = there.Run(static () => new TcpListener(IPAddress.Parse("10.79.0.2"), 0));
        listener.Start();
        using Socket client = here.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        client.Connect(listener.LocalEndpoint);
        using Socket server = listener.AcceptSocket();
        var reader = new Thread(() => Read(server, Bytes)) { IsBackground = true };
        reader.Start();
        byte[] data = new byte[Bytes];
        for (int sent = 0; sent < Bytes;)
        {
            sent += client.Send(data.AsSpan(sent));
        }

        Assert.True(reader.Join(s_patience));
        int port = PortOf(client);
        ConnectionTraffic flow = Await(
            monitor,
            one => one.Key.Local.Port == port && one.Counters.SentBytes >= Bytes && one.Process is not null && one.Tcp.HasValue && one.Confidence == OwnerConfidence.Exact);

        // Headers, and what was sent again.
        Assert.InRange(flow.Counters.SentBytes, Bytes, Bytes * 1.1);
        Assert.InRange(flow.Counters.SentPackets, Bytes / 1460, Bytes / 100);
        Assert.InRange(flow.Counters.SentUnits, 1, flow.Counters.SentPackets);
        Assert.Equal((Environment.ProcessId, FlowDirection.Outgoing), (flow.Process?.Pid, flow.Direction));
        TrafficCoverage? coverage = monitor.Snapshot().Coverage.TryGetValue(out TrafficCoverage? value) ? value : null;
        Assert.InRange(coverage?.Ratio ?? 0, 0.9, 1.1);
    }

    [Fact]
    public void What_passes_from_one_network_to_another_is_told_as_such()
    {
        using NetworkNamespace router = NeedsRoot.Namespace();
        using NetworkNamespace left = NeedsRoot.Namespace();
        using NetworkNamespace right = NeedsRoot.Namespace();
        router.Shell(
            $"""
            sysctl -qw net.ipv4.ip_forward=1
            ip link add l0 type veth peer name l1 netns {ThreadOf(left)} && ip addr add 10.80.0.1/24 dev l0 && ip link set l0 up
            ip link add r0 type veth peer name r1 netns {ThreadOf(right)} && ip addr add 10.81.0.1/24 dev r0 && ip link set r0 up
            """);
        left.Shell("ip addr add 10.80.0.2/24 dev l1 && ip link set l1 up && ip route add default via 10.80.0.1");
        right.Shell("ip addr add 10.81.0.2/24 dev r1 && ip link set r1 up && ip route add default via 10.81.0.1");
        using TrafficMonitor monitor = router.Run(static () => Start(new TrafficOptions()));
        using Socket receiver = right.Run(static () => Udp(IPAddress.Parse("10.81.0.2")));
        using Socket sender = left.Run(static () => Udp(IPAddress.Parse("10.80.0.2")));
        byte[] datagram = new byte[1000];
        sender.SendTo(datagram, receiver.LocalEndPoint!); // bound
        Assert.Equal(1000, receiver.Receive(datagram));

        int port = PortOf(sender);
        ConnectionTraffic flow = Await(monitor, one => one.Key.Local.Port == port || one.Key.Remote.Port == port);

        Assert.Equal((UnownedReason.Forwarded, 1000 + IPv4AndUdp), (flow.UnownedReason, flow.Counters.Bytes));
    }

    [Fact]
    public void Without_the_right_to_packets_the_next_way_counts_and_the_reason_is_told()
    {
        using NetworkNamespace here = NeedsRoot.Namespace();
        const string AsNobody = "setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all";

        using var document = JsonDocument.Parse(here.Shell($"{AsNobody} \"{ChildProcess.Sonde}\" snapshot -d 0 --detail"));
        string refused = here.Shell($"{AsNobody} \"{ChildProcess.Sonde}\" snapshot -d 0 --capture-mode packets 2>&1; echo \"code $?\"");

        Assert.Equal("sockets", document.RootElement.GetProperty("backend").GetString());
        JsonElement packets = document.RootElement.GetProperty("backends").EnumerateArray().Single(static one => one.GetProperty("backend").GetString() == "packets");
        Assert.Equal("denied", packets.GetProperty("state").GetString());
        Assert.Contains("CAP_NET_RAW", packets.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("code 77", refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("packets")]
    [InlineData("afpacket")]
    public void The_command_counts_packets_when_it_is_asked_to(string mode)
    {
        using NetworkNamespace here = NeedsRoot.Namespace();

        using var document = JsonDocument.Parse(here.Shell(
            $"""
            d=$(mktemp -d)
            bash -c "while :; do echo hello > /dev/udp/127.0.0.1/9; echo > $d/sends; sleep 0.05; done" & p=$!
            for i in $(seq 200); do [ -e "$d/sends" ] && break; sleep 0.05; done
            "{ChildProcess.Sonde}" snapshot -d 1 --detail --capture-mode {mode} --capture-buffer 65536
            r=$?; kill $p; wait $p; rm -rf "$d"; exit $r
            """));

        JsonElement root = document.RootElement;
        Assert.Equal("packets", root.GetProperty("backend").GetString());
        Assert.Contains(root.GetProperty("connections").EnumerateArray(), static one => one.GetProperty("remote_port").GetInt32() == 9 && one.GetProperty("tx_bytes").GetInt64() >= 34);
    }

    private static bool Until(Func<bool> isSo)
    {
        Assert.True(SpinWait.SpinUntil(isSo, s_patience), "it did not come");
        return true;
    }

    private static TrafficMonitor Start(TrafficOptions options) => TrafficMonitor.Start(options with { Backend = TrafficBackend.Packets });

    // A snapshot has what the kernel has handed over; what it still holds back comes with a later one.
    private static ConnectionTraffic Await(TrafficMonitor monitor, Func<ConnectionTraffic, bool> isIt)
    {
        ConnectionTraffic? found = null;
        TrafficSnapshot? last = null;
        bool isThere = SpinWait.SpinUntil(
            () =>
            {
                last = monitor.Snapshot();
                found = last.Connections.FirstOrDefault(isIt);
                return found is not null;
            },
            s_patience);
        Assert.True(isThere, string.Join('\n', last?.Connections.Select(static one => one.ToString()) ?? []));
        return found!; // asserted
    }

    // To hand an interface over to a namespace: the kernel takes the number of any thread in it.
    private static string ThreadOf(NetworkNamespace there) => Path.GetFileName(there.Run(static () => new FileInfo("/proc/thread-self").LinkTarget)!); // procfs always has it

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port; // bound

    private static Socket Udp(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)s_patience.TotalMilliseconds };
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    private static void Read(Socket socket, int bytes)
    {
        byte[] buffer = new byte[65_536];
        while (bytes > 0)
        {
            bytes -= socket.Receive(buffer);
        }
    }
}
