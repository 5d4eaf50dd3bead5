using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sonde.System.Tests.Bpf;
using Sonde.Testing;
using Sonde.Traffic;

namespace Sonde.System.Tests.Traffic;

/// <summary>Who is shown as the user of a socket that is handed on, or whose process becomes another program.</summary>
public sealed class SocketUserTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("sonde-users-").FullName;
    private readonly NetworkNamespace _here;
    private readonly TrafficMonitor _monitor;
    private readonly TcpListener _listener;

    public SocketUserTests()
    {
        NeedsBpf.Check();
        _here = NeedsRoot.Namespace();
        _monitor = TrafficMonitor.Start(new TrafficOptions { Backend = TrafficBackend.Bpf });
        _listener = _here.Run(static () => new TcpListener(IPAddress.Loopback, 0));
        _listener.Start();
        ChildProcess.MustShell($"cp \"$(command -v bash)\" {_folder}/user-before; cp \"$(command -v bash)\" {_folder}/user-child; cp \"$(command -v sleep)\" {_folder}/user-after");
    }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    [Fact]
    public void A_process_that_executes_another_program_after_it_sent_and_ends_at_once_has_its_last_name()
    {
        string pid = _here.Shell($"{_folder}/user-before -c 'echo $$; exec 3<>/dev/tcp/127.0.0.1/{Port}; printf %1000s x >&3; exec {_folder}/user-after 0'");

        TrafficSnapshot snapshot = _monitor.Snapshot();

        ProcessTraffic sender = snapshot.Processes.Single(process => process.Pid == int.Parse(pid, CultureInfo.InvariantCulture));
        Assert.Equal(("user-after", false), (sender.Name, sender.IsRunning));
        Assert.InRange(sender.Counters.SentBytes, 1000, 2000);
        Assert.Equal("user-after", snapshot.Connections.Single(one => one.Process == sender.Key).ProcessName);
    }

    [Fact]
    public async Task A_process_that_was_seen_before_it_executed_another_program_has_its_last_name_too()
    {
        Task<string> script = Task.Run(
            () => _here.Shell($"{_folder}/user-before -c 'echo $$; exec 3<>/dev/tcp/127.0.0.1/{Port}; printf %1000s x >&3; while [ ! -e {_folder}/go ]; do sleep 0.05; done; printf %1000s x >&3; exec {_folder}/user-after 0'"),
            TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => _monitor.Snapshot().Processes.Any(static process => process is { Name: "user-before", Counters.SentBytes: > 1000 }), s_patience));
        await File.WriteAllTextAsync(Path.Combine(_folder, "go"), "now", TestContext.Current.CancellationToken);
        int pid = int.Parse(await script, CultureInfo.InvariantCulture);

        ProcessTraffic sender = _monitor.Snapshot().Processes.Single(process => process.Pid == pid);

        Assert.Equal(("user-after", false), (sender.Name, sender.IsRunning));
    }

    [Fact]
    public async Task A_socket_that_a_child_goes_on_using_counts_for_each_what_it_sent_itself()
    {
        const int Parents = 1000;
        const int Childs = 50_000;
        Task<string> script = Task.Run(
            () => _here.Shell($"{_folder}/user-before -c 'exec 3<>/dev/tcp/127.0.0.1/{Port}; printf %{Parents}s x >&3; while [ ! -e {_folder}/go ]; do sleep 0.05; done; {_folder}/user-child -c \"printf %{Childs}s x >&3\"; :'"),
            TestContext.Current.CancellationToken);
        using (Socket server = await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            int port = ((IPEndPoint)server.RemoteEndPoint!).Port; // connected
            Assert.True(SpinWait.SpinUntil(() => _monitor.Snapshot().Connections.Any(one => one.Key.Local.Port == port && one.Key.Remote.Port == Port && one.Counters.SentBytes > Parents), s_patience));
            await File.WriteAllTextAsync(Path.Combine(_folder, "go"), "now", TestContext.Current.CancellationToken);
            byte[] buffer = new byte[4096];
            for (int left = Parents + Childs; left > 0;)
            {
                int read = await server.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken);
                Assert.NotEqual(0, read);
                left -= read;
            }

            await script;
        }

        TrafficSnapshot snapshot = _monitor.Snapshot();

        // Bash goes on after its child: else it would become it.
        Assert.InRange(SentBy(snapshot, "user-before"), Parents, Parents + 2000);
        Assert.InRange(SentBy(snapshot, "user-child"), Childs, Childs * 1.2);
    }

    [Fact]
    public void How_many_users_of_sockets_the_kernel_remembers_is_shown_and_how_many_it_had_to_forget()
    {
        const int Most = 64;
        const int Sockets = 500;
        using TrafficMonitor small = TrafficMonitor.Start(new TrafficOptions { Backend = TrafficBackend.Bpf, MaxKernelOwners = Most });
        for (int i = 0; i < Sockets; i++)
        {
            using Socket socket = _here.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        }

        FillLevel users = small.Snapshot().FillLevels.Single(static level => level.Table == "kernel socket users");

        Assert.Equal((Most, Most), (users.Used, users.Capacity));
        Assert.InRange(users.Evicted, Sockets - Most, long.MaxValue);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _monitor.Dispose();
        _here.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static long SentBy(TrafficSnapshot snapshot, string name) => snapshot.Processes.Where(process => process.Name == name).Sum(static process => process.Counters.SentBytes);
}
