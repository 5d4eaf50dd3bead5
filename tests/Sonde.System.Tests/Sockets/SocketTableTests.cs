using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sonde.Host;
using Sonde.Host.Sockets;
using Sonde.Packets;
using Sonde.Testing;

namespace Sonde.System.Tests.Sockets;

/// <summary>The table of sockets where they are many, short-lived, hidden, of others or elsewhere.</summary>
public sealed class SocketTableTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Twenty_thousand_sockets_are_found_and_a_quiet_reading_allocates_next_to_nothing()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        string folder = Directory.CreateTempSubdirectory("sonde-sockets-").FullName;
        ChildProcess.MustShell($"gcc -O1 -o {folder}/hold {Repository.PathOf("tests", "fixtures", "c", "hold-sockets.c")}");
        using Swarm swarm = host.Run(() => Swarm.Start(2, $"exec {folder}/hold 5000 >{folder}/ready.$$ 2>&1"));
        try
        {
            int[] held = [.. swarm.Pids.Select(pid => Ready($"{folder}/ready.{pid}"))];
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
        using Socket listener = host.Run(static () => Listener());
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
        using Socket listener = host.Run(static () => Listener());
        using var table = (Sonde.Host.Sockets.Linux.LinuxSocketTable)host.Run(static () => SocketTable.Open(new SocketTableOptions { OwnerRefresh = TimeSpan.FromHours(1) }));

        host.Run(table.Read).Dispose();
        long first = table.DescriptorsLookedAt;
        host.Run(table.Read).Dispose();
        Assert.True(first > 0);
        Assert.Equal(first, table.DescriptorsLookedAt);

        using Socket second = host.Run(static () => Listener());
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
            Assert.Equal(0, Ready($"{folder}/ready"));
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
        using Socket here = host.Run(static () => Listener());
        int port = ((IPEndPoint)here.LocalEndPoint!).Port; // it is bound

        // A process of its own in the other one: those of a thread are not seen in /proc by their process.
        using Swarm swarm = other.Run(static () => Swarm.Start(1));
        using Socket there = other.Run(() => Listener(port));
        using SocketTable table = host.Run(static () => SocketTable.Open(new SocketTableOptions { OtherNamespaces = true, Kinds = SocketKinds.Tcp }));
        using SocketSnapshot snapshot = host.Run(table.Read);

        SocketRecord[] both = [.. snapshot.Where(socket => socket.State == SocketState.Listen && socket.Local.Port == port && socket.Owners.HasValue && socket.Owners.Value[0].Pid == Environment.ProcessId)];
        Assert.Equal(2, both.Length);
        Assert.NotEqual(both[0].NetworkNamespace.Value, both[1].NetworkNamespace.Value);
        var flow = new FlowKey(IPProtocol.Tcp, both[0].Local, default);
        Assert.Same(both[0], snapshot.Find(flow, out _, both[0].NetworkNamespace.Value));
        Assert.Same(both[1], snapshot.Find(flow, out _, both[1].NetworkNamespace.Value));
    }

    [Fact]
    public void A_connection_that_closes_is_told_with_its_last_figures()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using SocketClosings closings = host.Run(static () => SocketClosings.Open());
        int port = host.Run(static () =>
        {
            using Socket listener = Listener();
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(listener.LocalEndPoint!); // it is bound
            using Socket server = listener.Accept();
            client.Send(new byte[3000]);
            client.Shutdown(SocketShutdown.Send);
            byte[] buffer = new byte[4096];
            while (server.Receive(buffer) > 0)
            {
            }

            return ((IPEndPoint)client.LocalEndPoint!).Port;
        });

        // The kernel gives up a connection some time after it was closed, in parts: in TIME_WAIT its figures are gone already.
        var seen = new List<(ushort Local, ushort Remote, ulong Received)>();
        WaitFor(() =>
        {
            if (closings.Wait(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken))
            {
                closings.Read(socket => seen.Add((socket.Local.Port, socket.Remote.Port, socket.Tcp.HasValue ? socket.Tcp.Value.BytesReceived.Value : 0)));
            }

            return seen.Any(one => one.Remote == port && one.Received > 0);
        });

        // The last packet counts one.
        Assert.Contains(seen, one => one.Remote == port && one.Received is 3000 or 3001);
        Assert.Equal(0, closings.Lost);
    }

    [Fact]
    public void Waiting_for_closings_ends_with_the_token_and_with_the_time()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using SocketClosings closings = host.Run(static () => SocketClosings.Open());
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.False(closings.Wait(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken));
        Assert.Throws<OperationCanceledException>(() => closings.Wait(Timeout.InfiniteTimeSpan, stop.Token));
        Assert.Equal(0, closings.Read(static _ => { }));
    }

    [Fact]
    public void Without_netlink_the_files_of_proc_show_the_same_sockets_and_say_that_less_is_known()
    {
        using NetworkNamespace host = NeedsRoot.QuietNamespace();
        using var sockets = new SomeSockets(host);
        string folder = Directory.CreateTempSubdirectory("sonde-sandbox-").FullName;
        try
        {
            string sandbox = Path.Combine(folder, "deny-netlink");
            ChildProcess.MustShell($"gcc -o {sandbox} {Repository.PathOf("tests", "fixtures", "c", "deny-netlink.c")}");
            string[] arguments = ["connections", "--all", "--format", "json", "--fields", "protocol,state,direction,local,remote,pid,inode,uid"];
            using var free = JsonDocument.Parse(host.Sonde(arguments).Output);
            ProgramResult result = host.Run(() => ChildProcess.Run(sandbox, ["1", "16", ChildProcess.Sonde, .. arguments]));

            Assert.Equal((string.Empty, 0), (result.Error, result.ExitCode));
            using var json = JsonDocument.Parse(result.Output);
            Assert.Equal("procfs", json.RootElement.GetProperty("backend").GetString());
            JsonElement gap = json.RootElement.GetProperty("gaps").EnumerateArray().Single();
            Assert.Equal(("sock_diag", "denied"), (gap.GetProperty("what").GetString(), gap.GetProperty("status").GetString()));

            // /proc does not show sockets that are only bound.
            Assert.Equal(Rows(free).Where(static row => !row.Contains("|bound|", StringComparison.Ordinal)), Rows(json));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void As_nobody_all_sockets_and_figures_are_there_and_only_the_owners_of_others_are_denied()
    {
        using NetworkNamespace host = NeedsRoot.QuietNamespace();
        using var sockets = new SomeSockets(host);
        string folder = Path.Combine(Path.GetTempPath(), "sonde-nobody-sockets");
        ChildProcess.MustShell($"mkdir -p {folder} && cp -r {Path.GetDirectoryName(ChildProcess.Sonde)}/. {folder}/ && chmod -R a+rX {folder}");
        ProgramResult result = host.Run(() => ChildProcess.Run(
            "setpriv",
            ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set", "-all", "--inh-caps", "-all", Path.Combine(folder, "sonde"), "connections", "--all", "--format", "json"]));

        Assert.Equal((string.Empty, 0), (result.Error, result.ExitCode));
        using var json = JsonDocument.Parse(result.Output);
        JsonElement[] connections = [.. json.RootElement.GetProperty("connections").EnumerateArray()];
        Assert.Contains(connections, static one => one.GetProperty("bytes_sent").ValueKind == JsonValueKind.Number && one.GetProperty("bytes_sent").GetInt64() == 10_000);
        Assert.All(connections.Where(static one => one.GetProperty("inode").ValueKind == JsonValueKind.Number), static one =>
        {
            Assert.Equal(JsonValueKind.Null, one.GetProperty("pid").ValueKind);
            Assert.StartsWith("denied: ", one.GetProperty("pid_reason").GetString(), StringComparison.Ordinal);
        });
        JsonElement gap = json.RootElement.GetProperty("gaps").EnumerateArray().Single(static one => one.GetProperty("what").GetString() == "owners");
        Assert.Equal("denied", gap.GetProperty("status").GetString());
        Assert.True(gap.GetProperty("count").GetInt64() > 0);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Where_proc_hides_processes_the_sockets_are_there_and_their_owners_are_denied_for_that_reason()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using Socket listener = host.Run(static () => Listener());
        string folder = Path.Combine(Path.GetTempPath(), "sonde-hidden-sockets");
        ChildProcess.MustShell($"mkdir -p {folder} && cp -r {Path.GetDirectoryName(ChildProcess.Sonde)}/. {folder}/ && chmod -R a+rX {folder}");
        ProgramResult result = host.Run(() => ChildProcess.Run(
            "unshare",
            ["--mount", "sh", "-c", $"mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all --inh-caps -all {folder}/sonde connections --listening"]));
        Directory.Delete(folder, recursive: true);

        Assert.Equal((string.Empty, 0), (result.Error, result.ExitCode));
        Assert.Contains($"127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}", result.Output, StringComparison.Ordinal); // it is bound
        Assert.Contains("(denied)", result.Output, StringComparison.Ordinal);
        Assert.Contains("not seen: owners (1): denied: /proc is mounted with hidepid=", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Closings_that_nobody_reads_in_time_are_counted_as_lost_and_the_next_ones_are_told()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using Socket listener = host.Run(static () => Listener());
        using SocketClosings closings = host.Run(static () => SocketClosings.Open());

        // How much waits before the kernel drops some depends on the host's limit.
        int burst = 500;
        WaitFor(() =>
        {
            host.Run(() => Open(listener, burst));
            burst *= 2;
            closings.Read(static _ => { });
            return closings.Lost > 0;
        });
        while (closings.Read(static _ => { }) > 0)
        {
        }

        int told = 0;
        host.Run(() => Open(listener, 1));
        WaitFor(() =>
        {
            told += closings.Read(static _ => { });
            return told > 0;
        });
    }

    [Fact]
    public void A_watch_tells_the_rates_of_a_connection_that_moves_data()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using Socket listener = host.Run(static () => Listener());
        using Socket client = host.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        client.Connect(listener.LocalEndPoint!); // it is bound
        using Socket server = listener.Accept();
        int port = ((IPEndPoint)client.LocalEndPoint!).Port; // it is connected
        using var stop = new CancellationTokenSource();
        var thread = new Thread(() => Move(client, server, stop.Token));
        thread.Start();
        try
        {
            ProgramResult result = host.Sonde("connections", "--watch", "--count", "2", "--interval", "0.3", "--format", "ndjson", "--filter", $"local_port={port}", "--fields", "local_port,send_rate,receive_rate,pid");

            Assert.Equal((string.Empty, 0), (result.Error, result.ExitCode));
            string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(2, lines.Length);
            Assert.All(lines, line =>
            {
                using var one = JsonDocument.Parse(line);
                Assert.True(one.RootElement.GetProperty("send_rate").GetInt64() > 0, line);
                Assert.Equal(0, one.RootElement.GetProperty("receive_rate").GetInt64());
                Assert.Equal(Environment.ProcessId, one.RootElement.GetProperty("pid").GetInt32());
            });
        }
        finally
        {
            stop.Cancel();
            thread.Join();
        }
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

    private static void Move(Socket from, Socket to, CancellationToken stop)
    {
        byte[] bytes = new byte[1000];
        while (!stop.IsCancellationRequested)
        {
            from.Send(bytes);
            to.Receive(bytes);
        }
    }

    private static void Open(Socket listener, int count)
    {
        for (int at = 0; at < count; at++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.LingerState = new LingerOption(true, 0); // reset, not TIME_WAIT: the ports last
            client.Connect(listener.LocalEndPoint!); // it is bound
            using Socket server = listener.Accept();
        }
    }

    private static IEnumerable<string> Rows(JsonDocument document) => document.RootElement.GetProperty("connections").EnumerateArray()
        .Select(static one => string.Join('|', one.EnumerateObject().Where(static field => !field.Name.EndsWith("_reason", StringComparison.Ordinal)).Select(static field => field.Value.ToString())))
        .Order(StringComparer.Ordinal);

    private static Socket Listener(int port = 0)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(16);
        return listener;
    }

    private static void Churn(Socket listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Open(listener, 16);
        }
    }

    // How many connections hold-sockets holds, once it does.
    private static int Ready(string file)
    {
        WaitFor(() => File.Exists(file) && File.ReadAllText(file).Contains('\n', StringComparison.Ordinal));
        string said = File.ReadAllText(file);
        Assert.StartsWith("ready ", said, StringComparison.Ordinal);
        return int.Parse(said["ready ".Length..], CultureInfo.InvariantCulture);
    }

    private static void WaitFor(Func<bool> condition)
    {
        long begun = global::System.Diagnostics.Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(global::System.Diagnostics.Stopwatch.GetElapsedTime(begun) < s_patience, string.Create(CultureInfo.InvariantCulture, $"it did not happen within {s_patience.TotalSeconds} s"));
            TestContext.Current.CancellationToken.WaitHandle.WaitOne(10);
        }
    }
}
