using System.Diagnostics;
using Sonde.Host;
using Sonde.Interop.Windows;
using Sonde.Packets;
using Sonde.Testing;
using Sonde.Traffic;

namespace Sonde.Windows.Tests;

/// <summary>Traffic by the kernel's trace of the network, over the look-alike.</summary>
[Trait("pass", "etw")]
public sealed class TraceTrafficTests
{
    private const int Nobody = 2_000_000_000; // no process has an id like this
    private const long Created = 133_000_000_000_000_000; // June 2022
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly EtwLookalike _windows = EtwLookalike.Play();

    [Fact]
    public void What_the_kernel_tells_of_a_process_is_counted_for_it_with_its_name()
    {
        using TrafficMonitor monitor = Start();
        Tell(12, Environment.ProcessId, 0, "127.0.0.1", 50000, "127.0.0.1", 80);
        Tell(10, Environment.ProcessId, 1500, "127.0.0.1", 50000, "127.0.0.1", 80);
        Tell(11, Environment.ProcessId, 9000, "127.0.0.1", 50000, "127.0.0.1", 80);
        Tell(58, Environment.ProcessId, 70, "::1", 50001, "2001:db8::53", 53);
        TrafficSnapshot snapshot = Until(monitor, static one => one.Total.Bytes == 10_570);

        ProcessTraffic own = Assert.Single(snapshot.Processes);
        Assert.Equal((Environment.ProcessId, "Sonde.Windows.Tests.exe", true), (own.Key.Pid, own.Name, own.IsRunning));
        Assert.Equal(new TrafficCounters(9000, 1570, 1, 2, 1, 2), own.Counters);
        ConnectionTraffic tcp = Assert.Single(snapshot.Connections, static one => one.Key.Protocol == IPProtocol.Tcp);
        Assert.Equal((50000, 80, OwnerConfidence.Kernel, FlowDirection.Outgoing), (tcp.Key.Local.Port, tcp.Key.Remote.Port, tcp.Confidence, tcp.Direction));
        Assert.Equal(TrafficBackend.EventTrace, snapshot.Backend);
        Assert.Equal((2, 0), (_windows["providers"], _windows["misuses"]));
    }

    [Fact]
    public void A_process_that_has_ended_keeps_its_name_and_its_bytes()
    {
        using TrafficMonitor monitor = Start();
        _windows.Tell(EtwBytes.KernelProcess, 1, 3, EtwBytes.ProcessStart(3, Nobody, 99, Created, 4, 1, @"\Device\HarddiskVolume3\short.exe"));
        Tell(42, Nobody, 10_000, "127.0.0.1", 50000, "198.51.100.7", 4000);
        _windows.Tell(EtwBytes.KernelProcess, 2, 2, EtwBytes.ProcessStop(2, Nobody, 99, Created, 0, "short.exe"));
        TrafficSnapshot snapshot = Until(monitor, static one => one.Processes.Any(static process => process is { IsRunning: false, Counters.SentBytes: 10_000 }));

        ProcessTraffic ended = Assert.Single(snapshot.Processes);
        Assert.Equal((Nobody, "short.exe", (ulong)Created), (ended.Key.Pid, ended.Name, ended.Key.Start));
    }

    [Fact]
    public void Two_processes_that_share_the_ends_of_a_flow_keep_their_bytes_apart()
    {
        using TrafficMonitor monitor = Start();
        Tell(43, Nobody, 300, "198.51.100.7", 5353, "224.0.0.251", 5353);
        Tell(43, Nobody + 4, 300, "198.51.100.7", 5353, "224.0.0.251", 5353);
        TrafficSnapshot snapshot = Until(monitor, static one => one.Processes.Count == 2);

        Assert.All(snapshot.Processes, static process => Assert.Equal(300, process.Counters.ReceivedBytes));
    }

    [Fact]
    public void What_the_trace_lost_is_in_the_snapshot()
    {
        using TrafficMonitor monitor = Start();
        _windows.Set("lose_events", 5);
        _windows.Set("lose_buffers", 2);
        Tell(10, 0, 1, "127.0.0.1", 1, "127.0.0.1", 2);
        _windows.Tell(EtwBytes.KernelNetwork, 10, 0, new byte[3]);
        TrafficSnapshot snapshot = Until(monitor, static one => one.Losses.Any(static loss => loss is { What: "events that make no sense", Count: 1 }));

        Assert.Equal(5, snapshot.Losses.Single(static loss => loss.What.Contains("found the trace's buffers full", StringComparison.Ordinal)).Count);
        Assert.Equal(2, snapshot.Losses.Single(static loss => loss.What.Contains("threw away", StringComparison.Ordinal)).Count);
        Assert.Contains(snapshot.FillLevels, static level => level.Table == "trace buffers");
    }

    [Fact]
    public void Where_the_trace_is_refused_the_next_rung_counts_and_the_reason_is_named()
    {
        _windows.Set("refuse_start", Win32.ERROR_ACCESS_DENIED);
        using var monitor = TrafficMonitor.Start();
        BackendStatus first = monitor.Backends[0];

        Assert.NotEqual(TrafficBackend.EventTrace, monitor.Backend);
        Assert.Equal(("etw", BackendState.Denied, Win32.ERROR_ACCESS_DENIED), (first.Backend, first.State, first.NativeError));
        Assert.Equal(["Administrator", "Performance Log Users"], first.MissingRights);
        Assert.Throws<HostException>(static () => Start());
    }

    [Fact]
    public void One_interface_alone_cannot_be_counted_by_events_that_name_none()
    {
        HostException refused = Assert.Throws<HostException>(static () => TrafficMonitor.Start(new TrafficOptions { Backend = TrafficBackend.EventTrace, Interface = "lo" }));

        Assert.Contains("do not say over which interface", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_that_another_program_stops_ends_the_counting_with_its_reason()
    {
        using TrafficMonitor monitor = Start();
        _windows.Set("end", 0);

        HostException? stopped = null;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    monitor.Snapshot();
                    return false;
                }
                catch (HostException refused)
                {
                    stopped = refused;
                    return true;
                }
            },
            s_patience));
        Assert.Contains("another program", stopped?.Message, StringComparison.Ordinal);
    }

    private static TrafficMonitor Start() => TrafficMonitor.Start(new TrafficOptions { Backend = TrafficBackend.EventTrace });

    private static TrafficSnapshot Until(TrafficMonitor monitor, Func<TrafficSnapshot, bool> isSo)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            TrafficSnapshot snapshot = monitor.Snapshot();
            if (isSo(snapshot))
            {
                return snapshot;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < s_patience, "it did not come");
            TestContext.Current.CancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50));
        }
    }

    private void Tell(int id, int pid, uint bytes, string source, int sourcePort, string destination, int destinationPort) =>
        _windows.Tell(EtwBytes.KernelNetwork, id, 0, EtwBytes.Network(pid, bytes, source, sourcePort, destination, destinationPort));
}
