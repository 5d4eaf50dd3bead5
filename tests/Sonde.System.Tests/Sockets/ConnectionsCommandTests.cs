using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sonde.Testing;

namespace Sonde.System.Tests.Sockets;

/// <summary>`sonde connections` where less is allowed than elsewhere, and live.</summary>
public sealed class ConnectionsCommandTests
{
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
        using Socket listener = host.Run(static () => TestSockets.Listener());
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
    public void A_watch_tells_the_rates_of_a_connection_that_moves_data()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using Socket listener = host.Run(static () => TestSockets.Listener());
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

    private static void Move(Socket from, Socket to, CancellationToken stop)
    {
        byte[] bytes = new byte[1000];
        while (!stop.IsCancellationRequested)
        {
            from.Send(bytes);
            to.Receive(bytes);
        }
    }

    private static IEnumerable<string> Rows(JsonDocument document) => document.RootElement.GetProperty("connections").EnumerateArray()
        .Select(static one => string.Join('|', one.EnumerateObject().Where(static field => !field.Name.EndsWith("_reason", StringComparison.Ordinal)).Select(static field => field.Value.ToString())))
        .Order(StringComparer.Ordinal);
}
