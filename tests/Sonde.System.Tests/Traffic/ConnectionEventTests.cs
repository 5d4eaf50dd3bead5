using System.Net;
using System.Net.Sockets;
using Sonde.System.Tests.Bpf;
using Sonde.Testing;
using Sonde.Traffic;

namespace Sonde.System.Tests.Traffic;

/// <summary>The stream of what happens to connections, of real ones.</summary>
public sealed class ConnectionEventTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(TrafficBackend.Bpf)]
    [InlineData(TrafficBackend.Packets)]
    public async Task A_connection_is_told_from_its_opening_to_its_end_with_process_and_bytes(TrafficBackend backend)
    {
        const int Bytes = 20_000;
        NeedsBpf.Check();
        using NetworkNamespace here = NeedsRoot.Namespace();

        // Packets are those of one network namespace; the other way sees the host, whose control groups the namespace's own /sys does not show.
        var options = new TrafficOptions { Backend = backend };
        using TrafficMonitor monitor = backend == TrafficBackend.Bpf ? TrafficMonitor.Start(options) : here.Run(() => TrafficMonitor.Start(options));
        using TcpListener listener = here.Run(static () => new TcpListener(IPAddress.Loopback, 0));
        listener.Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(s_patience);
        var told = new List<ConnectionEvent>();
        int local = 0;
        await using IAsyncEnumerator<ConnectionEvent> events = monitor.ReadEventsAsync(end.Token).GetAsyncEnumerator(end.Token);
        ValueTask<bool> next = events.MoveNextAsync();
        using (Socket client = here.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)))
        {
            await client.ConnectAsync(listener.LocalEndpoint, end.Token);
            local = ((IPEndPoint)client.LocalEndPoint!).Port; // connected
            using Socket server = await listener.AcceptSocketAsync(end.Token);
            await client.SendAsync(new byte[Bytes], end.Token);

            // It stays open until its process is known, which a packet does not tell.
            while (!told.Exists(one => one.Connection.Process is not null))
            {
                Assert.True(await next);
                told.AddRange(Own(events.Current, local));
                next = events.MoveNextAsync();
            }
        }

        while (!told.Exists(static one => one.Kind == ConnectionEventKind.Closed))
        {
            Assert.True(await next);
            told.AddRange(Own(events.Current, local));
            next = events.MoveNextAsync();
        }

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await next)
            {
                next = events.MoveNextAsync();
            }
        });

        Assert.Equal(ConnectionEventKind.Opened, told[0].Kind);
        Assert.Equal(1, told.Count(static one => one.Kind == ConnectionEventKind.Opened));
        Assert.Equal(Environment.ProcessId, told.Find(static one => one.Connection.Process is not null)?.Connection.Process?.Pid);
        ConnectionEvent last = told.Find(static one => one.Kind == ConnectionEventKind.Closed)!; // the loop ended with it
        Assert.InRange(last.Connection.Counters.SentBytes, Bytes, Bytes + 2000);
        Assert.True(last.Connection.IsClosed);
    }

    private static ConnectionEvent[] Own(ConnectionEvent one, int port) => one.Connection.Key.Local.Port == port ? [one] : [];
}
