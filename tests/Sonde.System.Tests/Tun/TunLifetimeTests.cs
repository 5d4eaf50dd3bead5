using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Sonde.Testing;
using Sonde.Tests.Contracts;
using Sonde.Tun;

namespace Sonde.System.Tests.Tun;

/// <summary>Devices of the real kernel from the first call to the last, and what others do to them meanwhile.</summary>
[SupportedOSPlatform("linux")]
public sealed class TunLifetimeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_deleted_device_ends_a_blocked_reader_and_later_calls_with_Gone()
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        using TunDevice device = Open(space, "gone0");
        TunStatus read = TunStatus.Ok;
        var reader = new Thread(() => read = device.Queues[0].Receive(new TunBatch()));
        reader.Start();
        WaitUntilBlocked(device.Queues[0]);

        space.Shell("ip link delete gone0");

        Assert.True(reader.Join(s_patience));
        Assert.Equal(TunStatus.Gone, read);
        Assert.Equal(TunStatus.Gone, device.Queues[0].TryReceive(new TunBatch()));
        Assert.Equal(TunStatus.Gone, device.Queues[0].Send(Ping()));
        Assert.Equal(TunFailure.Gone, Assert.Throws<TunException>(() => device.ReadState()).Failure);
    }

    [Fact]
    public void A_device_that_is_taken_down_drops_what_is_sent_and_goes_on_when_it_is_up_again()
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        using TunDevice device = Open(space, "down0", "10.96.0.1/24");
        TunQueue queue = device.Queues[0];
        space.Shell("ip link set down0 down");

        Assert.Equal(TunStatus.Down, queue.Send(Ping()));
        Assert.Equal(TunStatus.Empty, queue.Receive(new TunBatch(), TimeSpan.FromMilliseconds(50)));
        Assert.Equal(1, queue.Counters.DroppedDown);

        space.Shell("ip link set down0 up");
        Assert.Equal(TunStatus.Ok, queue.Send(Ping()));
        var batch = new TunBatch();
        Assert.Equal(TunStatus.Ok, queue.Receive(batch, s_patience));
        Assert.Equal(0, batch[0][20]); // the kernel's echo reply
    }

    [Fact]
    public async Task Closing_ends_an_asynchronous_reader_and_its_thread()
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        for (int round = 0; round < 100; round++)
        {
            TunDevice device = Open(space, "async0");
            ValueTask<TunStatus> pending = device.Queues[0].ReceiveAsync(new TunBatch(), TestContext.Current.CancellationToken);
            device.Dispose();
            Assert.Equal(TunStatus.Closed, await pending);
        }

        Assert.True(SpinWait.SpinUntil(() => CountThreads() == 0, s_patience), $"{CountThreads()} receive threads are left");

        static int CountThreads() => Directory.GetDirectories("/proc/self/task").Count(task => ReadName(task).StartsWith("tun receive asy", StringComparison.Ordinal));

        static string ReadName(string task)
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "comm"));
            }
            catch (IOException)
            {
                return string.Empty; // the thread ended while it was looked at
            }
        }
    }

    [Fact]
    public async Task Waiting_for_packets_asynchronously_allocates_nothing_a_packet()
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        using TunDevice device = space.Run(() => TunDevice.Open(new TunOptions
        {
            Name = "alloc0",
            RunsContinuationsInline = true,
            Configuration = new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")] },
        }));
        TunQueue queue = device.Queues[0];
        int waited = 0;
        int received = 0;

        // On the pool: xunit's own synchronisation context allocates for each continuation.
        long allocated = await Task.Run(async () =>
        {
            var batch = new TunBatch();
            byte[] ping = Ping();
            long first = 0;
            for (int round = 0; round < 3000; round++)
            {
                ValueTask<TunStatus> pending = queue.ReceiveAsync(batch, CancellationToken.None);
                waited += pending.IsCompleted ? 0 : 1;
                queue.Send(ping);
                received += await pending == TunStatus.Ok ? 1 : 0; // an assertion would allocate
                if (round == 1000)
                {
                    first = GC.GetTotalAllocatedBytes(precise: true);
                }
            }

            return GC.GetTotalAllocatedBytes(precise: true) - first;
        });

        // What the runtime allocates for itself meanwhile, in all threads, is no packet's.
        Assert.Equal(3000, received);
        Assert.True(waited > 2000, $"only {waited} had to wait");
        Assert.True(allocated < 2000 * 4, $"{allocated} bytes for 2000 packets");
    }

    [Fact]
    public void A_thousand_devices_opened_and_closed_leave_no_descriptor_thread_or_memory()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        Cycle(50);
        IReadOnlyDictionary<string, string> descriptors = OpenDescriptors.List();
        int threads = Process.GetCurrentProcess().Threads.Count;
        long memory = GC.GetTotalMemory(forceFullCollection: true);

        Cycle(1000);

        Assert.Empty(OpenDescriptors.NewSince(descriptors));
        Assert.InRange(Process.GetCurrentProcess().Threads.Count, 0, threads + 3);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, 2_000_000);
        Assert.DoesNotContain("cycle", space.Shell("ip -o link"), StringComparison.Ordinal);

        void Cycle(int count) => space.Run(() =>
        {
            for (int i = 0; i < count; i++)
            {
                using TunDevice device = TunDevice.Open(new TunOptions
                {
                    Name = "cycle%d",
                    Offload = (TunOffload)(i % 3),
                    QueueCount = 1 + (i % 2),
                    Configuration = i % 10 == 0 ? new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24"), TunAddress.Parse("fd96::1/64")] } : null,
                });
            }
        });
    }

    [Theory]
    [InlineData("", TunFailure.Invalid)]
    [InlineData("sixteen-bytes-12", TunFailure.Invalid)]
    [InlineData("schönername-äöü", TunFailure.Invalid)]
    [InlineData("a/b", TunFailure.Invalid)]
    [InlineData("a b", TunFailure.Invalid)]
    [InlineData("a\nb", TunFailure.Invalid)]
    [InlineData("%s", TunFailure.Invalid)]
    [InlineData("a%d%d", TunFailure.Invalid)]
    [InlineData("..", TunFailure.Invalid)]
    [InlineData("lo", TunFailure.AlreadyExists)]
    [InlineData("tap7", TunFailure.AlreadyExists)]
    [InlineData("held0", TunFailure.Busy)]
    public void A_name_that_cannot_be_is_refused_with_its_reason(string name, TunFailure failure)
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        space.Shell("ip tuntap add tap7 mode tap");
        using TunDevice held = Open(space, "held0");

        TunException refused = Assert.Throws<TunException>(() => Open(space, name));

        Assert.Equal(failure, refused.Failure);
        Assert.Equal(name, refused.Device);
        Assert.NotEmpty(refused.Reason);
    }

    [Fact]
    public void A_persistent_device_outlives_its_maker_keeps_its_addresses_and_is_taken_up_again()
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        var options = new TunOptions
        {
            Name = "keep0",
            Linux = new TunLinuxOptions { IsPersistent = true, OwnerId = 4711 },
            Configuration = new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")], Mtu = 1400 },
        };
        space.Run(() => TunDevice.Open(options)).Dispose();

        TunDeviceInfo kept = Assert.Single(space.Run(TunDevice.List));
        Assert.True(kept.IsPersistent);
        Assert.Equal(4711u, kept.OwnerId);
        Assert.Equal(1400, kept.State.Mtu);
        Assert.Contains(TunAddress.Parse("10.96.0.1/24"), kept.State.Addresses);
        Assert.Equal(TunFailure.AlreadyExists, Assert.Throws<TunException>(() => space.Run(() => TunDevice.Open(options with { MustBeNew = true }))).Failure);

        using (TunDevice again = space.Run(() => TunDevice.Open(options)))
        {
            Assert.Equal(kept.Index, again.Index);
            Assert.Equal(TunFailure.Busy, Assert.Throws<TunException>(() => space.Run(() => TunDevice.Delete("keep0"))).Failure);
        }

        space.Run(() => TunDevice.Delete("keep0"));
        Assert.Empty(space.Run(TunDevice.List));
        Assert.Equal(TunFailure.NotFound, Assert.Throws<TunException>(() => space.Run(() => TunDevice.Delete("keep0"))).Failure);
        Assert.Equal(TunFailure.Invalid, Assert.Throws<TunException>(() => space.Run(() => TunDevice.Delete("lo"))).Failure);
    }

    [Fact]
    public void A_persistent_device_that_an_earlier_holder_left_with_offloads_is_clean_for_a_plain_one()
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        space.Run(() => TunDevice.Open(new TunOptions { Name = "stale0", Offload = TunOffload.Raw, Linux = new TunLinuxOptions { IsPersistent = true } })).Dispose();
        using TunDevice plain = Open(space, "stale0", "10.96.0.1/24");

        // A checksum left to the device would be wrong here.
        space.Shell("(echo hello | timeout 1 bash -c 'cat > /dev/udp/10.96.0.9/9') || true");
        var batch = new TunBatch();
        Assert.Equal(TunStatus.Ok, plain.Queues[0].Receive(batch, s_patience));
        Assert.Equal(0, Sonde.Packets.InternetChecksum.Compute(
            Sonde.Packets.InternetAddress.Parse("10.96.0.1"), Sonde.Packets.InternetAddress.Parse("10.96.0.9"), Sonde.Packets.IPProtocol.Udp, batch[0][20..]));
        plain.Dispose();
        space.Run(() => TunDevice.Delete("stale0"));
    }

    [Fact]
    public void Queues_share_the_flows_of_a_device_and_must_agree_on_its_form()
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        using TunDevice device = space.Run(() => TunDevice.Open(new TunOptions
        {
            Name = "multi0",
            QueueCount = 4,
            Offload = TunOffload.Segmented,
            Configuration = new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")] },
        }));
        Assert.Equal(4, device.Queues.Count);
        Assert.Equal(4, Assert.Single(space.Run(TunDevice.List)).QueueCount);
        space.Shell("for port in $(seq 1 64); do echo x | timeout 1 bash -c \"cat > /dev/udp/10.96.0.9/$port\"; done");

        var batch = new TunBatch();
        int[] counts = [.. device.Queues.Select(queue => queue.TryReceive(batch) == TunStatus.Ok ? batch.Count : 0)];

        Assert.Equal(64, counts.Sum());
        Assert.True(counts.Count(count => count > 0) > 1, string.Join(' ', counts));
        Assert.Equal(TunFailure.Busy, Assert.Throws<TunException>(() => Open(space, "multi0")).Failure);
    }

    [Theory]
    [InlineData(TunOffload.None)]
    [InlineData(TunOffload.Segmented)]
    [InlineData(TunOffload.Raw)]
    public void A_packet_that_is_none_is_dropped_and_counted_and_the_others_are_sent(TunOffload offload)
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        using TunDevice device = space.Run(() => TunDevice.Open(new TunOptions
        {
            Name = "bad0",
            Offload = offload,
            Configuration = new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")] },
        }));
        TunContract.DropsWhatIsNoPacket(device);
    }

    [Fact]
    public void A_super_packet_that_lies_is_dropped_and_counted()
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        using TunDevice device = space.Run(() => TunDevice.Open(new TunOptions { Name = "lies0", Offload = TunOffload.Raw }));
        TunSegmentation lie = new() { Kind = TunSegmentationKind.Udp, NeedsChecksum = true, SegmentSize = 0, ChecksumStart = 20, ChecksumOffset = 6 };

        Assert.Equal(TunStatus.Invalid, device.Queues[0].Send(new byte[] { 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 0, 1, 0, 1, 0, 8, 0, 0 }, lie));
        Assert.Equal(TunStatus.Invalid, device.Queues[0].Send(Ping(), lie with { SegmentSize = 100, ChecksumStart = 60_000 }));
        Assert.Equal(2, device.Counters.DroppedInvalid);
    }

    [Fact]
    public void A_foreign_descriptor_is_adopted_and_one_that_is_no_tun_is_refused()
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        using TunDevice original = Open(space, "foreign0", "10.96.0.1/24");
        string descriptor = OpenDescriptors.List().Last(entry => entry.Value == "/dev/net/tun").Key;

        // As a parent process or a VPN service would hand it over.
        using var copy = new SafeFileHandle(int.Parse(descriptor, provider: null), ownsHandle: false);
        using TunDevice adopted = space.Run(() => TunDevice.Adopt(copy, new TunOptions { Configuration = null }));
        Assert.Equal("foreign0", adopted.Name);
        Assert.Equal(TunOffload.None, adopted.Offload);
        Assert.Equal(TunStatus.Ok, adopted.Queues[0].Send(Ping()));
        Assert.Equal(TunStatus.Ok, original.Queues[0].Receive(new TunBatch(), s_patience));

        using SafeFileHandle file = File.OpenHandle("/dev/null");
        Assert.Equal(TunFailure.Invalid, Assert.Throws<TunException>(() => TunDevice.Adopt(file, new TunOptions())).Failure);
    }

    private static TunDevice Open(NetworkNamespace space, string name, params string[] addresses) => space.Run(() => TunDevice.Open(new TunOptions
    {
        Name = name,
        Configuration = new TunConfiguration { Addresses = [.. addresses.Select(text => TunAddress.Parse(text.AsSpan()))] },
    }));

    private static void WaitUntilBlocked(TunQueue queue) => Assert.True(SpinWait.SpinUntil(() => queue.Counters.Waits > 0, s_patience));

    // An echo request from 10.96.0.9 to 10.96.0.1, which the kernel answers through the device.
    private static byte[] Ping() => Convert.FromHexString("4500001C00000000400166180A6000090A6000010800F7FF00000000");
}
