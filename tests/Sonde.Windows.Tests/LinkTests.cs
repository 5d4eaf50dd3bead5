using System.Net;
using System.Net.Sockets;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Link;
using Sonde.Link.Windows;
using Sonde.Packets;

namespace Sonde.Windows.Tests;

/// <summary>Frames as far as Wine has them: its own wpcap.dll over libpcap shows real packets; raw sockets it refuses.</summary>
public sealed class LinkTests
{
    // What Wine's wpcap.dll has in name only: to call one spoils the thread.
    private static readonly string[] s_stubs = ["pcap_getevent", "pcap_sendqueue_alloc", "pcap_sendqueue_destroy", "pcap_sendqueue_queue", "pcap_sendqueue_transmit"];

    private static NpcapSetup Wine
    {
        get
        {
            Oracle.ReadLinuxFile("proc/net/dev"); // skips where there is no Linux below
            Assert.SkipUnless(File.Exists(Path.Combine(Environment.SystemDirectory, "wpcap.dll")), "this Wine has no wpcap.dll");
            return new NpcapSetup
            {
                Folder = Environment.SystemDirectory,
                OldFolder = Environment.SystemDirectory,
                QueryService = static _ => AdvApi32.SERVICE_RUNNING,
                LoopbackDevice = null,
                NeedsPacket = false,
                Without = s_stubs,
            };
        }
    }

    [Fact]
    public void Real_packets_of_the_loopback_interface_come_filtered()
    {
        using FrameDevice device = OpenLoopback("udp port 47811", out UdpClient sender);
        using UdpClient client = sender;
        for (byte i = 0; i < 20; i++)
        {
            client.Send([i, 1, 2, 3], new IPEndPoint(IPAddress.Loopback, 47811));
            client.Send([i, 9, 9, 9], new IPEndPoint(IPAddress.Loopback, 47812));
        }

        var seen = new HashSet<byte>();
        while (seen.Count < 20 && device.Wait(TimeSpan.FromSeconds(20)) == FrameWait.Ready)
        {
            foreach (Frame frame in device.Receive())
            {
                Assert.Equal(LinkType.Ethernet, frame.LinkType);
                Assert.Equal(14 + 20 + 8 + 4, frame.Data.Length);
                Assert.Equal(1, frame.Data[^3]);
                Assert.InRange(frame.TimestampNanoseconds, 1_700_000_000_000_000_000, 4_000_000_000_000_000_000);
                seen.Add(frame.Data[^4]);
            }
        }

        Assert.Equal(20, seen.Count);
        Assert.Equal(0, device.Statistics.Dropped);
        Assert.True(device.FiltersInKernel);
    }

    [Fact]
    public void A_wait_for_real_packets_ends_with_its_time_its_token_and_its_device()
    {
        FrameDevice device = OpenLoopback("udp port 47813", out UdpClient sender);
        sender.Dispose();
        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(100)));
        using (var stopping = new CancellationTokenSource(TimeSpan.FromMilliseconds(100)))
        {
            Assert.False(device.Wait(stopping.Token));
        }

        using var timer = new Timer(_ => device.Dispose(), null, TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);
        Assert.False(device.Wait());
    }

    [Fact]
    public void A_frame_sent_is_seen_by_another_device()
    {
        using FrameDevice receiver = OpenLoopback("ether proto 0x88b5", out UdpClient sender);
        sender.Dispose();
        using FrameDevice device = new WindowsFrameLadder(Wine).Open(receiver.Name, new FrameDeviceOptions { Directions = FrameDirections.None });
        byte[] frame = new byte[60];
        frame.AsSpan(14).Fill(0x5A);
        frame[12] = 0x88;
        frame[13] = 0xB5;

        Assert.True(device.TrySend(frame));

        Assert.Equal(FrameWait.Ready, receiver.Wait(TimeSpan.FromSeconds(20)));
        foreach (Frame found in receiver.Receive())
        {
            Assert.Equal(frame, found.Data.ToArray());
        }

        Assert.Equal(1, device.Statistics.Sent);
        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.Zero));
    }

    [Fact]
    public void An_adapter_that_Windows_lists_has_the_names_and_numbers_that_the_host_below_gives_it()
    {
        Dictionary<string, Oracle.Counters> below = Oracle.ReadCounters();
        IReadOnlyList<WindowsAdapter> adapters = WindowsAdapters.ReadAll();

        Assert.NotEmpty(adapters);
        Assert.All(adapters, adapter =>
        {
            Assert.Contains(adapter.FriendlyName, below.Keys);
            Assert.True(Guid.TryParseExact(adapter.Guid, "B", out _));
            Assert.True(adapter.Index > 0);
            Assert.Equal(adapter.FriendlyName == "lo", adapter.IsLoopback);
            Assert.NotNull(WindowsAdapters.ReadDiscards(adapter));
        });
        Assert.Contains(adapters, adapter => adapter.Addresses.Any(static address => address.Value == InternetAddress.Parse("127.0.0.1")));
    }

    [Fact]
    public void The_ladder_says_why_neither_way_works_here()
    {
        Oracle.ReadLinuxFile("proc/net/dev");

        IReadOnlyList<FrameAccess> ways = FrameDevice.CheckBackends();

        Assert.Equal(["npcap", "rawsocket"], ways.Select(static way => way.Backend));
        Assert.All(ways, static way => Assert.Equal(FrameAccessState.Unavailable, way.State));
        Assert.Contains(@"Npcap\wpcap.dll does not exist", ways[0].Reason);
        Assert.Contains("old WinPcap", ways[0].Reason); // Wine has its own in System32
        Assert.Equal(("socket(AF_INET, SOCK_RAW, IPPROTO_IP)", 10043), (ways[1].Operation, ways[1].NativeError));
        Assert.Equal("npcap", FrameDevice.CheckAccess().Backend);
    }

    [Fact]
    public void Opening_is_refused_with_both_reasons()
    {
        Oracle.ReadLinuxFile("proc/net/dev");

        LinkException refused = Assert.Throws<LinkException>(() => FrameDevice.Open("lo"));

        Assert.Equal(LinkFailure.BackendMissing, refused.Failure);
        Assert.Contains("Npcap is not installed", refused.Reason);
        Assert.Contains("SOCK_RAW", refused.Reason);
        Assert.Equal(LinkFailure.NotSupported, Assert.IsType<LinkException>(refused.InnerException).Failure);
        Assert.Equal(LinkFailure.NoSuchInterface, Assert.Throws<LinkException>(() => FrameDevice.Open("no such card")).Failure);
    }

    [Fact]
    public void A_driver_that_runs_one_that_does_not_and_one_that_is_not_there_are_told_apart()
    {
        // Wine's services are still being started when the first program of a prefix runs, and it has had two managers that disagreed.
        Assert.True(SpinWait.SpinUntil(static () => AdvApi32.QueryServiceState("MountMgr") == AdvApi32.SERVICE_RUNNING, TimeSpan.FromSeconds(30)));
        Assert.NotEqual(AdvApi32.SERVICE_RUNNING, AdvApi32.QueryServiceState("MSIServer"));
        NativeException refused = Assert.Throws<NativeException>(static () => AdvApi32.QueryServiceState("no such service"));
        Assert.Equal(("OpenService(no such service)", Win32.ERROR_SERVICE_DOES_NOT_EXIST), (refused.Operation, refused.Error.Code));
    }

    private static FrameDevice OpenLoopback(string filter, out UdpClient sender)
    {
        NpcapSetup wine = Wine;
        FrameDevice device = new WindowsFrameLadder(wine).Open(
            WindowsAdapters.ReadAll().Single(static adapter => adapter.IsLoopback).FriendlyName, new FrameDeviceOptions { Filter = filter, BufferSize = 2 << 20 });
        sender = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return device;
    }
}
