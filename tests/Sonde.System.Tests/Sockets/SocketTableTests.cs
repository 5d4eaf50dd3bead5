using System.Net;
using System.Net.Sockets;
using Sonde.Host;
using Sonde.Host.Sockets;
using Sonde.Packets;
using Sonde.Testing;

namespace Sonde.System.Tests.Sockets;

/// <summary>The table of sockets where they are many, short-lived, shared or elsewhere.</summary>
public sealed class SocketTableTests
{
    [Fact]
    public void Twenty_thousand_sockets_are_found_and_a_quiet_reading_allocates_next_to_nothing()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        string folder = Directory.CreateTempSubdirectory("sonde-sockets-").FullName;
        ChildProcess.MustShell($"gcc -O1 -o {folder}/hold {Repository.PathOf("tests", "fixtures", "c", "hold-sockets.c")}");
        using Swarm swarm = host.Run(() => Swarm.Start(2, $"exec {folder}/hold 5000 >{folder}/ready.$$ 2>&1"));
        try
        {
            int[] held = [.. swarm.Pids.Select(pid => TestSockets.Ready($"{folder}/ready.{pid}"))];
            using SocketTable table = host.Run(static () => SocketTable.Open());
            using (SocketSnapshot snapshot = host.Run(table.Read))
            {
                Assert.Equal((2 * held.Sum()) + 2, snapshot.Count);
                Assert.Empty(snapshot.Gaps);
                Assert.All(snapshot, socket => Assert.Contains(Assert.Single(socket.Owners.Value).Pid, swarm.Pids));
                Assert.Equal(held.Sum(), snapshot.Count(static socket => socket.Direction == SocketDirection.Inbound));
                Assert.Equal(held.Sum(), snapshot.Count(static socket => socket.Direction == SocketDirection.Outbound));
                SocketRecord one = snapshot[snapshot.Count / 2];
                Assert.Same(one, snapshot.FindCookie(one.Cookie.Value));
                Assert.Same(one, snapshot.Find(one.Flow, out _));
            }

            host.Run(table.Read).Dispose();
            long least = host.Run(() => AllocationWatch.Least(() => table.Read().Dispose()));
            Assert.InRange(least, 0, 4096);
        }
        finally
        {
            swarm.CloseInput();
            swarm.HasEnded(TimeSpan.FromSeconds(20));
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_table_that_changes_while_it_is_read_breaks_nothing()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using Socket listener = host.Run(static () => TestSockets.Listener());
        using SocketTable table = host.Run(static () => SocketTable.Open(new SocketTableOptions { OwnerRefresh = TimeSpan.Zero, Kinds = SocketKinds.Tcp | SocketKinds.Udp }));
        using var stop = new CancellationTokenSource();
        var thread = new Thread(() => host.Run(() => Churn(listener, stop.Token)));
        thread.Start();
        try
        {
            for (int round = 0; round < 15; round++)
            {
                using SocketSnapshot snapshot = table.Read();
                Assert.Equal(snapshot.Count, snapshot.Select(static socket => socket.Cookie.Value).Distinct().Count());
                Assert.All(snapshot, static socket => Assert.NotEqual(SocketState.Unknown, socket.State));
                Assert.DoesNotContain(snapshot.Gaps, static gap => gap.Status == ReadingStatus.Failed);
                SocketRecord one = Assert.Single(snapshot, static socket => socket.State == SocketState.Listen);
                Assert.Equal(Environment.ProcessId, Assert.Single(one.Owners.Value).Pid);
            }
        }
        finally
        {
            stop.Cancel();
            thread.Join();
        }
    }

    [Fact]
    public void Descriptors_are_looked_at_only_when_there_is_a_socket_that_nobody_is_known_to_own()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using Socket listener = host.Run(static () => TestSockets.Listener());
        using var table = (Sonde.Host.Sockets.Linux.LinuxSocketTable)host.Run(static () => SocketTable.Open(new SocketTableOptions { OwnerRefresh = TimeSpan.FromHours(1) }));

        host.Run(table.Read).Dispose();
        long first = table.DescriptorsLookedAt;
        host.Run(table.Read).Dispose();
        Assert.True(first > 0);
        Assert.Equal(first, table.DescriptorsLookedAt);

        using Socket second = host.Run(static () => TestSockets.Listener());
        using (SocketSnapshot snapshot = host.Run(table.Read))
        {
            Assert.All(snapshot, static socket => Assert.Equal(Environment.ProcessId, Assert.Single(socket.Owners.Value).Pid));
        }

        Assert.InRange(table.DescriptorsLookedAt - first, 1, first + 16);
    }

    [Fact]
    public void A_socket_that_is_inherited_has_several_owners()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        string folder = Directory.CreateTempSubdirectory("sonde-sockets-").FullName;
        ChildProcess.MustShell($"gcc -O1 -o {folder}/hold {Repository.PathOf("tests", "fixtures", "c", "hold-sockets.c")}");
        using Swarm swarm = host.Run(() => Swarm.Start(1, $"exec {folder}/hold 0 fork >{folder}/ready 2>&1"));
        try
        {
            Assert.Equal(0, TestSockets.Ready($"{folder}/ready"));
            using SocketTable table = host.Run(static () => SocketTable.Open());
            using SocketSnapshot snapshot = host.Run(table.Read);

            IReadOnlyList<SocketOwner> owners = Assert.Single(snapshot).Owners.Value;
            Assert.Equal(2, owners.Count);
            Assert.Contains(swarm.Pids.Single(), owners.Select(static owner => owner.Pid));
            Assert.All(owners, static owner => Assert.Equal("hold", owner.Name.Value));
            Assert.All(owners, static owner => Assert.Equal(owner.Pid, owner.Key.Value.Pid));
        }
        finally
        {
            swarm.CloseInput();
            swarm.HasEnded(TimeSpan.FromSeconds(20));
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Sockets_of_other_network_namespaces_are_read_where_that_is_allowed()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using NetworkNamespace other = NeedsRoot.Namespace();
        using Socket here = host.Run(static () => TestSockets.Listener());
        int port = ((IPEndPoint)here.LocalEndPoint!).Port; // it is bound

        // A process of its own in the other one: those of a thread are not seen in /proc by their process.
        using Swarm swarm = other.Run(static () => Swarm.Start(1));
        using Socket there = other.Run(() => TestSockets.Listener(port));
        using Socket raw = other.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp));
        using SocketTable table = host.Run(static () => SocketTable.Open(new SocketTableOptions { OtherNamespaces = true }));
        using SocketSnapshot snapshot = host.Run(table.Read);

        SocketRecord[] both = [.. snapshot.Where(socket => socket.State == SocketState.Listen && socket.Local.Port == port && socket.Owners.HasValue && socket.Owners.Value[0].Pid == Environment.ProcessId)];
        Assert.Equal(2, both.Length);
        Assert.NotEqual(both[0].NetworkNamespace.Value, both[1].NetworkNamespace.Value);
        var flow = new FlowKey(IPProtocol.Tcp, both[0].Local, default);
        Assert.Same(both[0], snapshot.Find(flow, out _, both[0].NetworkNamespace.Value));
        Assert.Same(both[1], snapshot.Find(flow, out _, both[1].NetworkNamespace.Value));

        // Whether the kernel tells raw sockets by sock_diag or by a file only.
        Assert.Contains(snapshot, socket => socket.Kind == SocketKind.Raw && socket.NetworkNamespace.Value == both[1].NetworkNamespace.Value && socket.Owners.HasValue);
    }

    [Fact]
    public void A_ping_without_rights_is_among_the_sockets()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell("echo '0 2147483647' > /proc/sys/net/ipv4/ping_group_range");
        using Socket ping = host.Run(static () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Icmp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return socket;
        });
        using SocketTable table = host.Run(static () => SocketTable.Open());
        using SocketSnapshot snapshot = host.Run(table.Read);

        SocketRecord record = Assert.Single(snapshot);
        Assert.Equal((SocketKind.Ping, IPProtocol.Icmp, "127.0.0.1"), (record.Kind, record.Protocol, record.Local.Address.ToString()));
        Assert.Equal(Environment.ProcessId, Assert.Single(record.Owners.Value).Pid);
    }

    private static void Churn(Socket listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            TestSockets.Open(listener, 16);
        }
    }
}
