using Sonde.Link;
using Sonde.Testing;

namespace Sonde.System.Tests.Link;

/// <summary>Interfaces that come and go, readers that sleep, and rights that are missing.</summary>
public sealed class DeviceLifeTests
{
    public static TheoryData<string> Backends() => Wire.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_interface_that_goes_down_and_comes_up_is_waited_for_and_counted(string backend)
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open("right", Wire.For(backend));
        FrameDevice sender = wire.Sender();
        for (int round = 1; round <= 3; round++)
        {
            wire.Host.Shell("ip link set right down");
            Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(250)));
            wire.Host.Shell("ip link set right up");
            Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(250)));
            Assert.True(SpinWait.SpinUntil(() => Sends(sender, round), TimeSpan.FromSeconds(20)));

            Assert.Equal([Wire.Numbered(round)], Wire.Take(device, 1));
            Assert.Equal(round, device.Statistics.InterfaceDowns);
        }
    }

    [Theory]
    [InlineData("ring", false)]
    [InlineData("ring", true)]
    [InlineData("slots", false)]
    [InlineData("socket", false)]
    [InlineData("slots", true)]
    [InlineData("socket", true)]
    public void An_interface_that_is_removed_ends_the_wait_behind_its_last_frame(string backend, bool isDownBefore)
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open("right", Wire.For(backend));
        int taken = 0;
        LinkException? end = null;
        wire.Sender().TrySend(Wire.Numbered(1));
        var waiter = new Thread(() =>
        {
            try
            {
                while (device.Wait())
                {
                    foreach (Frame frame in device.Receive())
                    {
                        taken += frame.Data.Length;
                    }
                }
            }
            catch (LinkException gone)
            {
                end = gone;
            }
        });
        waiter.Start();
        if (isDownBefore)
        {
            wire.Host.Shell("ip link set right down");
            Assert.True(SpinWait.SpinUntil(() => device.Statistics.InterfaceDowns == 1, TimeSpan.FromSeconds(20)));
        }

        wire.Host.Shell("ip link del right");

        Assert.True(waiter.Join(TimeSpan.FromSeconds(20)));
        Assert.Equal((LinkFailure.InterfaceGone, 60), (end?.Failure, taken));
        Assert.Equal(1, device.Statistics.InterfaceDowns);
        Assert.Equal(LinkFailure.InterfaceGone, Assert.Throws<LinkException>(() => device.Wait()).Failure);
    }

    [Fact]
    public void An_interface_that_is_renamed_is_still_the_same()
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open("right");
        FrameDevice sender = wire.Sender();
        wire.Host.Shell("ip link set right down && ip link set right name other && ip link set other up");
        Assert.True(SpinWait.SpinUntil(() => Sends(sender, 1), TimeSpan.FromSeconds(20)));

        Assert.Equal([Wire.Numbered(1)], Wire.Take(device, 1));
        Assert.Equal(0, device.Statistics.DroppedByInterface);
    }

    [Fact]
    public void What_is_not_there_or_down_is_said_so_at_once()
    {
        using var wire = new Wire();
        wire.Host.Shell("ip link set right down");

        Assert.Equal(LinkFailure.InterfaceDown, Assert.Throws<LinkException>(() => wire.Open("right")).Failure);
        Assert.Equal(LinkFailure.NoSuchInterface, Assert.Throws<LinkException>(() => wire.Open("none")).Failure);
        Assert.Equal(LinkFailure.NoSuchInterface, Assert.Throws<LinkException>(() => wire.Open(new string('n', 16))).Failure);
        Assert.Throws<Packets.Filters.PacketFilterException>(() => wire.Open("left", new FrameDeviceOptions { Filter = "tcp port" }));
        Assert.Equal(LinkFailure.NotSupported, Assert.Throws<LinkException>(() => wire.Open(FrameDevice.AnyInterface, new FrameDeviceOptions { Promiscuous = true })).Failure);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Frames_lost_because_the_reader_sleeps_are_counted_once(string backend)
    {
        const int Sent = 20_000;
        using var wire = new Wire();
        FrameDevice device = wire.Open("right", Wire.For(backend) with { BufferSize = 256 * 1024 });
        FrameDevice sender = wire.Sender();
        for (int number = 0; number < Sent; number++)
        {
            Assert.True(sender.TrySend(Wire.Numbered(0)));
            if (number % 5000 == 0)
            {
                Assert.NotNull(device.Statistics.Dropped); // each reading resets the kernel's own count
            }
        }

        int read = Wire.Take(device, Sent).Count;

        FrameStatistics seen = device.Statistics;
        Assert.NotEqual(0, read);
        Assert.NotEqual(0, seen.Dropped);
        Assert.Equal((read, (long)Sent), (seen.Delivered, seen.Delivered + seen.Dropped));
        Assert.Equal(backend == "ring", seen.Stalls > 0);
        device.Dispose();
        Assert.Equal(seen, device.Statistics);
    }

    [Fact]
    public void Frames_that_come_seldom_are_all_there_for_a_reader_that_comes_late()
    {
        // Each has a block of its own: the kernel gives up a block a millisecond after its first frame.
        const int Sent = 100;
        using var wire = new Wire();
        FrameDevice device = wire.Open("right", new FrameDeviceOptions { BlockTimeout = TimeSpan.FromMilliseconds(1) });
        FrameDevice sender = wire.Sender();
        for (int number = 0; number < Sent; number++)
        {
            Assert.True(sender.TrySend(Wire.Numbered(number)));
            Assert.False(TestContext.Current.CancellationToken.WaitHandle.WaitOne(10));
        }

        Assert.Equal(Sent, Wire.Take(device, Sent).Count);
        Assert.Equal(0, device.Statistics.Dropped);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_wait_is_as_long_as_it_was_told_and_ends_when_it_shall(string backend)
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open("right", Wire.For(backend));
        long started = TimeProvider.System.GetTimestamp();
        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(100)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds, 99, 5000);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.Equal(FrameWait.Stopped, device.Wait(Timeout.InfiniteTimeSpan, source.Token));
        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.Zero));
    }

    [Theory]
    [InlineData("ring", 0)]
    [InlineData("slots", 0)]
    [InlineData("socket", 0)]
    [InlineData("slots", 1000)]
    [InlineData("socket", 1000)]
    public void Disposing_a_device_that_is_waited_on_ends_the_wait_and_leaves_no_descriptor(string backend, int spinMilliseconds)
    {
        using var wire = new Wire();
        IReadOnlyDictionary<string, string> before = OpenDescriptors.List();
        for (int round = 0; round < 100; round++)
        {
            FrameDeviceOptions options = Wire.For(backend) with { BufferSize = 1 << 18, Spin = TimeSpan.FromMilliseconds(spinMilliseconds) };
            FrameDevice device = wire.Host.Run(() => FrameDevice.Open("right", options));
            using var begun = new ManualResetEventSlim();
            bool ready = true;
            var waiter = new Thread(() =>
            {
                begun.Set();
                ready = device.Wait();
            });
            waiter.Start();
            begun.Wait();
            Thread.SpinWait(round * 100);
            device.Dispose();

            Assert.True(waiter.Join(TimeSpan.FromSeconds(10)));
            Assert.False(ready);
            Assert.Throws<ObjectDisposedException>(() => device.TrySend(new byte[60]));
        }

        Assert.Empty(OpenDescriptors.NewSince(before));
    }

    [Fact]
    public void Disposing_a_device_inside_a_loop_ends_it_before_the_next_frame()
    {
        using var wire = new Wire();
        FrameDevice sender = wire.Sender();
        for (int round = 0; round < 100; round++)
        {
            using FrameDevice device = wire.Host.Run(() => FrameDevice.Open("right", new FrameDeviceOptions { BlockTimeout = TimeSpan.FromMilliseconds(1), BufferSize = 1 << 18 }));
            sender.TrySend(Wire.Numbered(1));
            sender.TrySend(Wire.Numbered(2));
            Assert.True(device.Wait());
            int sum = 0;
            foreach (Frame frame in device.Receive())
            {
                device.Dispose();
                sum += frame.Data[14]; // still readable
            }

            Assert.Equal(1, sum);
        }
    }

    [Fact]
    public void Without_the_right_it_is_denied_and_with_that_right_alone_it_works()
    {
        using var wire = new Wire();
        FrameDevice sender = wire.Sender("lo");
        string sample = $"dotnet '{Repository.PathOf("artifacts", "bin", "Capture", "release", "Capture.dll")}'";
        const string AsUser = "setpriv --reuid 65534 --regid 65534 --clear-groups";
        string home = "env DOTNET_CLI_HOME=/tmp HOME=/tmp";

        ProgramResult denied = wire.Host.Run(() => ChildProcess.Shell($"{AsUser} --bounding-set=-all {home} {sample} lo"));
        Assert.Equal((77, "socket(AF_PACKET): Operation not permitted (errno 1); needs CAP_NET_RAW\n"), (denied.ExitCode, denied.Error));

        using var stop = new CancellationTokenSource();
        var load = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                sender.TrySend(Wire.Numbered(1));
                stop.Token.WaitHandle.WaitOne(20);
            }
        });
        load.Start();
        try
        {
            ProgramResult works = wire.Host.Run(() => ChildProcess.Shell(
                $"{AsUser} --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw --bounding-set=-all,+net_raw {home} {sample} lo 'ether proto 0x88b5' 3"));
            Assert.Equal(0, works.ExitCode);
            Assert.Contains("lo: Ethernet by af_packet ring, filter in the kernel\n", works.Error, StringComparison.Ordinal);
            Assert.Contains("3 frames, 0 dropped\n", works.Error, StringComparison.Ordinal);
            Assert.Equal(3, works.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        }
        finally
        {
            stop.Cancel();
            load.Join();
        }
    }

    [Fact]
    public void Where_it_works_the_check_says_so_and_leaves_nothing()
    {
        Assert.SkipWhen(NetworkNamespace.WhyNot() is not null, "needs root");

        FrameAccess access = FrameDevice.CheckAccess();

        Assert.Equal(("af_packet", FrameAccessState.Available, null), (access.Backend, access.State, access.Reason));
    }

    private static bool Sends(FrameDevice sender, int number)
    {
        try
        {
            return sender.TrySend(Wire.Numbered(number));
        }
        catch (LinkException down) when (down.Failure == LinkFailure.InterfaceDown)
        {
            return false;
        }
    }
}
