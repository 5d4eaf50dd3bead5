using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sonde.Packets;
using Sonde.System.Tests.Bpf;
using Sonde.Testing;
using Sonde.Traffic;

namespace Sonde.System.Tests.Traffic;

/// <summary>What the programs on the root control group count, against what senders and receivers know themselves.</summary>
/// <remarks>Traffic of a test is in network namespaces of its own; the monitor sees the whole host, and a test looks for its own processes in it.</remarks>
public sealed class SocketPlaneTests
{
    private const int IPv4AndUdp = 28;
    private const int IPv6AndUdp = 48;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public SocketPlaneTests() => NeedsBpf.Check();

    [Theory]
    [InlineData("iperf3 -s >/dev/null & p=$!; r=; for i in $(seq 100); do r=$(timeout 15 iperf3 -c 127.0.0.1 -n 300M -J); case $r in *sum_received*) break;; esac; sleep 0.1; done; kill $p 2>/dev/null; echo \"$r\"")]
    [InlineData(
        """
        d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; mkfifo "$d/go"
        unshare -n sh -c "read _ < $d/go; ip addr add 10.77.0.2/24 dev c1 && ip link set c1 up && exec iperf3 -s" >/dev/null & p=$!
        for i in $(seq 200); do [ "$(readlink /proc/$p/ns/net)" != "$(readlink /proc/self/ns/net)" ] && break; sleep 0.05; done
        ip link add c0 type veth peer name c1 netns $p && ip addr add 10.77.0.1/24 dev c0 && ip link set c0 up; echo > "$d/go"
        r=; for i in $(seq 100); do r=$(timeout 15 iperf3 -c 10.77.0.2 -n 300M -J); case $r in *sum_received*) break;; esac; sleep 0.1; done; kill $p 2>/dev/null; echo "$r"
        """)]
    public void Both_iperf3_processes_have_the_bytes_that_iperf3_reports(string script)
    {
        using NetworkNamespace here = NeedsRoot.Namespace();
        using TrafficMonitor monitor = Start();

        using var report = JsonDocument.Parse(here.Shell(script));
        TrafficSnapshot snapshot = monitor.Snapshot();

        JsonElement end = report.RootElement.GetProperty("end");
        long sent = end.GetProperty("sum_sent").GetProperty("bytes").GetInt64();
        long received = end.GetProperty("sum_received").GetProperty("bytes").GetInt64();
        int port = report.RootElement.GetProperty("start").GetProperty("connected")[0].GetProperty("local_port").GetInt32();
        ConnectionTraffic client = snapshot.Connections.Single(one => one.Key.Local.Port == port && one.Key.Remote.Port == 5201 && one.ProcessName == "iperf3");
        ConnectionTraffic server = snapshot.Connections.Single(one => one.Key.Remote.Port == port && one.Key.Local.Port == 5201 && one.ProcessName == "iperf3");

        // iperf3 may fail with an error and exit code 0 while the server starts: then another client is tried, and the server has heard both.
        // A client that has written everything ends the test, and some of it never leaves its socket: the truth is what iperf3 sent and received.
        Assert.InRange(ProcessOf(snapshot, client).Counters.SentBytes, received * 0.99, sent * 1.01);
        Assert.InRange(server.Counters.ReceivedBytes, received * 0.99, sent * 1.01);
        Assert.InRange(received, sent * 0.9, sent);
        Assert.NotEqual(client.Process, server.Process);
        Assert.Equal((FlowDirection.Outgoing, FlowDirection.Incoming), (client.Direction, server.Direction));
        Assert.Equal(OwnerConfidence.Kernel, client.Confidence);
    }

    [Fact]
    public void Five_hundred_processes_that_send_and_exit_at_once_are_all_named_with_their_bytes()
    {
        const int Count = 500;
        const int Bytes = 10_000;
        using NetworkNamespace here = NeedsRoot.Namespace();
        using TrafficMonitor monitor = Start();
        using TcpListener listener = here.Run(static () => new TcpListener(IPAddress.Loopback, 0));
        listener.Start(Count);
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var reader = new Thread(() => ReadAll(listener, Count)) { IsBackground = true };
        reader.Start();

        // Each subshell is a process of its own with the name of its shell: "head" alone would be a name that others have too.
        string[] pids = here.Shell($"d=$(mktemp -d); cp \"$(command -v bash)\" \"$d/sonde-short\"; for i in $(seq {Count}); do \"$d/sonde-short\" -c 'printf \"%s\\n\" $$; printf \"%{Bytes}s\" \"\" > /dev/tcp/127.0.0.1/{port}'; done; rm -rf \"$d\"")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(reader.Join(s_patience));
        TrafficSnapshot snapshot = monitor.Snapshot();

        Assert.Equal(Count, pids.Length);
        List<ProcessTraffic> senders = [.. snapshot.Processes.Where(static process => process.Name == "sonde-short")];
        Assert.Equal(pids.Select(static pid => int.Parse(pid, CultureInfo.InvariantCulture)).Order(), senders.Select(static process => process.Pid).Order());
        Assert.All(senders, static sender => Assert.InRange(sender.Counters.SentBytes, Bytes, Bytes + 1000));
        Assert.All(senders, static sender => Assert.False(sender.IsRunning));
    }

    [Theory]
    [InlineData("127.0.0.1", IPv4AndUdp)]
    [InlineData("::1", IPv6AndUdp)]
    public void Unconnected_senders_and_receivers_are_counted_to_the_byte(string address, int headers)
    {
        const int Datagrams = 200;
        const int Bytes = 300;
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 here");
        using NetworkNamespace here = NeedsRoot.Namespace();
        using TrafficMonitor monitor = Start();
        var loopback = IPAddress.Parse(address);
        using Socket receiver = here.Run(() => Udp(loopback));
        using Socket sender = here.Run(() => Udp(loopback));
        var target = (IPEndPoint)receiver.LocalEndPoint!; // bound
        byte[] buffer = new byte[Bytes];
        for (int i = 0; i < Datagrams; i++)
        {
            sender.SendTo(buffer, target);
            Assert.Equal(Bytes, receiver.Receive(buffer));
        }

        TrafficSnapshot snapshot = monitor.Snapshot();

        int senderPort = ((IPEndPoint)sender.LocalEndPoint!).Port;
        ConnectionTraffic outgoing = snapshot.Connections.Single(one => one.Key.Local.Port == senderPort && one.Key.Remote.Port == target.Port);
        ConnectionTraffic incoming = snapshot.Connections.Single(one => one.Key.Local.Port == target.Port && one.Key.Remote.Port == senderPort);
        const long Each = Datagrams;
        Assert.Equal(new TrafficCounters(0, Each * (Bytes + headers), 0, Each, 0, Each), outgoing.Counters);
        Assert.Equal(new TrafficCounters(Each * (Bytes + headers), 0, Each, 0, Each, 0), incoming.Counters);
        Assert.Equal((Environment.ProcessId, Environment.ProcessId), (outgoing.Process?.Pid, incoming.Process?.Pid));
        Assert.Equal(InternetAddress.From(loopback), outgoing.Key.Remote.Address);
    }

    [Fact]
    public void No_byte_is_lost_or_told_twice_while_the_tables_are_exchanged()
    {
        const int Bytes = 100;
        using NetworkNamespace here = NeedsRoot.Namespace();
        using TrafficMonitor monitor = Start(new TrafficOptions { Interval = TimeSpan.FromMilliseconds(20) });
        using Socket receiver = here.Run(static () => Udp(IPAddress.Loopback));
        using Socket sender = here.Run(static () => Udp(IPAddress.Loopback));
        sender.Connect(receiver.LocalEndPoint!); // bound
        long sent = 0;
        bool isDone = false;
        var thread = new Thread(() =>
        {
            byte[] datagram = new byte[Bytes];
            while (!Volatile.Read(ref isDone))
            {
                sender.Send(datagram);
                sent++;
            }
        });
        thread.Start();
        for (int i = 0; i < 30; i++)
        {
            monitor.Snapshot();
        }

        Volatile.Write(ref isDone, true);
        thread.Join();

        TrafficSnapshot snapshot = monitor.Snapshot();
        int port = ((IPEndPoint)sender.LocalEndPoint!).Port;
        ConnectionTraffic flow = snapshot.Connections.Single(one => one.Key.Local.Port == port && one.Process?.Pid == Environment.ProcessId && one.Counters.SentBytes > 0);
        Assert.InRange(sent, 1000, long.MaxValue);
        Assert.Equal((sent * (Bytes + IPv4AndUdp), sent), (flow.Counters.SentBytes, flow.Counters.SentPackets));
    }

    [Fact]
    public void What_finds_the_table_of_the_kernel_full_is_counted_all_the_same()
    {
        const int Flows = 2000;
        const int Bytes = 50;
        using NetworkNamespace here = NeedsRoot.Namespace();
        using TrafficMonitor monitor = Start(new TrafficOptions { MaxKernelFlows = 64, Interval = TimeSpan.FromMinutes(1) });
        monitor.Snapshot();
        using Socket sender = here.Run(static () => Udp(IPAddress.Loopback));
        for (int i = 0; i < Flows; i++)
        {
            sender.SendTo(new byte[Bytes], new IPEndPoint(IPAddress.Loopback, 20_000 + i));
        }

        TrafficSnapshot snapshot = monitor.Snapshot();

        int port = ((IPEndPoint)sender.LocalEndPoint!).Port;
        long counted = snapshot.Connections.Where(one => one.Key.Local.Port == port && one.Process?.Pid == Environment.ProcessId).Sum(static one => one.Counters.SentPackets);
        TrafficLoss loss = snapshot.Losses.Single(static loss => loss.What.Contains("table of flows", StringComparison.Ordinal));
        Assert.InRange(counted, 1, Flows - 1);
        Assert.InRange(loss.Count, Flows - counted, long.MaxValue);
        Assert.Equal(loss.Bytes, snapshot.Unowned.Single(static unowned => unowned.Reason == UnownedReason.Overflow).Counters.Bytes);
        Assert.Equal(snapshot.Total, Everything(snapshot));
    }

    [Fact]
    public void The_same_addresses_and_ports_in_two_network_namespaces_stay_apart()
    {
        using NetworkNamespace one = NeedsRoot.Namespace();
        using NetworkNamespace other = NeedsRoot.Namespace();
        using TrafficMonitor monitor = Start();
        const int Port = 33_333;
        foreach ((NetworkNamespace where, int bytes) in new[] { (one, 100), (other, 200) })
        {
            using Socket socket = where.Run(static () => Udp(IPAddress.Loopback, Port));
            socket.SendTo(new byte[bytes], new IPEndPoint(IPAddress.Loopback, Port));
        }

        TrafficSnapshot snapshot = monitor.Snapshot();

        List<ConnectionTraffic> flows = [.. snapshot.Connections.Where(static flow => flow.Key.Local.Port == Port && flow.Process?.Pid == Environment.ProcessId).OrderBy(static flow => flow.Counters.SentBytes)];
        Assert.Equal([100L + IPv4AndUdp, 200 + IPv4AndUdp], flows.Select(static flow => flow.Counters.SentBytes));
        Assert.NotEqual(flows[0].NetworkNamespace, flows[1].NetworkNamespace);
    }

    [Fact]
    public void Nothing_stays_attached_when_the_monitor_is_disposed()
    {
        // Others may load programs of the same names meanwhile; ids are never used twice.
        HashSet<uint> before = Programs();
        List<uint> ours;
        using (Start())
        {
            ours = [.. Programs().Except(before)];
            Assert.InRange(ours.Count, 2, int.MaxValue);
        }

        Assert.True(SpinWait.SpinUntil(() => !Programs().Overlaps(ours), s_patience));

        static HashSet<uint> Programs() =>
            [.. Interop.Linux.Bpf.BpfObjects.ProgramIds().Where(static id => Interop.Linux.Bpf.BpfObjects.DescribeProgram(id) is { Name: "sonde_egress" or "sonde_ingress" })];
    }

    private static TrafficMonitor Start(TrafficOptions? options = null) =>
        TrafficMonitor.Start((options ?? new TrafficOptions()) with { Backend = TrafficBackend.Bpf });

    private static ProcessTraffic ProcessOf(TrafficSnapshot snapshot, ConnectionTraffic connection) => snapshot.Processes.Single(process => process.Key == connection.Process);

    // Everything must be with a process or with a reason.
    private static TrafficCounters Everything(TrafficSnapshot snapshot)
    {
        TrafficCounters sum = snapshot.Forgotten;
        foreach (ProcessTraffic process in snapshot.Processes)
        {
            sum += process.Counters;
        }

        foreach (UnownedTraffic unowned in snapshot.Unowned)
        {
            sum += unowned.Counters;
        }

        return sum;
    }

    private static Socket Udp(IPAddress address, int port = 0)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)s_patience.TotalMilliseconds };
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    }

    private static void ReadAll(TcpListener listener, int connections)
    {
        byte[] buffer = new byte[65_536];
        for (int i = 0; i < connections; i++)
        {
            using Socket connection = listener.AcceptSocket();
            while (connection.Receive(buffer) > 0)
            {
            }
        }
    }
}
