using System.Net;
using System.Net.Sockets;
using Sonde.Host.Sockets;
using Sonde.Testing;

namespace Sonde.System.Tests.Sockets;

/// <summary>Connections that close between two readings of a table.</summary>
public sealed class SocketClosingsTests
{
    [Fact]
    public void A_connection_that_closes_is_told_with_its_last_figures()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using SocketClosings closings = host.Run(static () => SocketClosings.Open());
        int port = host.Run(static () =>
        {
            using Socket listener = TestSockets.Listener();
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
        TestSockets.WaitFor(() =>
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
    public void Closings_that_nobody_reads_in_time_are_counted_as_lost_and_the_next_ones_are_told()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using Socket listener = host.Run(static () => TestSockets.Listener());
        using SocketClosings closings = host.Run(static () => SocketClosings.Open());

        // How much waits before the kernel drops some depends on the host's limit.
        int burst = 500;
        TestSockets.WaitFor(() =>
        {
            host.Run(() => TestSockets.Open(listener, burst));
            burst *= 2;
            closings.Read(static _ => { });
            return closings.Lost > 0;
        });
        while (closings.Read(static _ => { }) > 0)
        {
        }

        int told = 0;
        host.Run(() => TestSockets.Open(listener, 1));
        TestSockets.WaitFor(() =>
        {
            told += closings.Read(static _ => { });
            return told > 0;
        });
    }
}
