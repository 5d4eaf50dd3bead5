using Sonde.Interop.MacOS;
using Sonde.Link;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Testing;

namespace Sonde.MacOS.Tests.Link;

public sealed class FrameReceiveTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(10);

    // What ends by itself only when nobody waits for it any more.
    private static readonly TimeSpan s_longer = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void All_frames_of_a_read_are_handed_out_with_what_the_kernel_says_of_them()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        system.Capture(BpfBytes.Read(BpfBytes.Extended(BpfBytes.Frame(60, number: 1), outbound: true), BpfBytes.Extended(BpfBytes.Frame(61, number: 2), outbound: false, wireLength: 1514)));

        Assert.Equal(FrameWait.Ready, device.Wait(s_long, Token));
        int count = 0;
        foreach (Frame frame in device.Receive())
        {
            count++;
            Assert.Equal(59 + count, frame.Data.Length);
            Assert.Equal(count, frame.Data[^1]);
            Assert.Equal(count == 1 ? 60 : 1514, frame.WireLength);
            Assert.Equal(count == 1 ? PacketDirection.Outbound : PacketDirection.Inbound, frame.Direction);
            Assert.Equal((1_700_000_000_000_000_000, FrameClock.Kernel), (frame.TimestampNanoseconds, frame.Clock));
            Assert.Equal((4, LinkType.Ethernet, FrameAudience.Unknown), (frame.InterfaceIndex, frame.LinkType, frame.Audience));
        }

        Assert.Equal(2, count);
        Assert.Equal((2, 1, 0), (device.Statistics.Delivered, device.Statistics.Cut, device.Statistics.Malformed));
    }

    [Fact]
    public void Receiving_needs_no_wait_and_does_not_block()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");

        Assert.Empty(FrameFeed.Numbers(device));
        FrameFeed.Feed(system, 1, 2);
        Assert.Equal([1, 2], FrameFeed.Numbers(device));
        Assert.Empty(FrameFeed.Numbers(device));
    }

    [Fact]
    public void One_loop_hands_out_one_read_so_that_its_frames_stay_readable()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        FrameFeed.Feed(system, 1, 2);
        FrameFeed.Feed(system, 3);

        Assert.Equal([1, 2], FrameFeed.Numbers(device));
        Assert.Equal([3], FrameFeed.Numbers(device));
    }

    [Fact]
    public void A_loop_that_is_left_early_goes_on_behind_the_last_frame()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        FrameFeed.Feed(system, 1, 2, 3);
        FrameFeed.Feed(system, 4);
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(1, frame.Data[^1]);
            break;
        }

        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.Zero, Token));
        Assert.Equal([2, 3], FrameFeed.Numbers(device));
        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.Zero, Token));
        Assert.Equal([4], FrameFeed.Numbers(device));
        Assert.Equal(4, device.Statistics.Delivered);
    }

    [Fact]
    public void A_wait_leaves_the_frames_of_the_last_loop_readable()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        FrameFeed.Feed(system, 1);
        foreach (Frame frame in device.Receive())
        {
            ReadOnlySpan<byte> kept = frame.Data;
            FrameFeed.Feed(system, 2);
            FrameWait waited = AfterLoop(device);

            Assert.Equal((FrameWait.Stopped, 1), (waited, kept[^1]));
        }

        Frame last = default;
        FrameFeed.Feed(system, 3);
        foreach (Frame frame in device.Receive())
        {
            last = frame;
        }

        Assert.Equal(2, last.Data[^1]);
        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.Zero, Token)); // reads frame 3
        Assert.Equal(2, last.Data[^1]);
        Assert.Equal([3], FrameFeed.Numbers(device));

        // Inside a loop a device refuses to wait, for one thread does one thing at a time.
        static FrameWait AfterLoop(FrameDevice device)
        {
            try
            {
                return device.Wait(TimeSpan.Zero, Token);
            }
            catch (InvalidOperationException)
            {
                return FrameWait.Stopped;
            }
        }
    }

    [Fact]
    public void A_torn_record_is_counted_and_the_next_read_goes_on()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        system.Capture([.. BpfBytes.Read(BpfBytes.Extended(BpfBytes.Frame(62, number: 1), outbound: false)), 1, 2, 3, 4]);
        FrameFeed.Feed(system, 2);

        Assert.Equal([1], FrameFeed.Numbers(device));
        Assert.Equal(FrameWait.Ready, device.Wait(s_long, Token));
        Assert.Equal([2], FrameFeed.Numbers(device));
        Assert.Equal((2, 1), (device.Statistics.Delivered, device.Statistics.Malformed));
    }

    [Fact]
    public void A_read_of_nothing_is_no_frame_and_no_end()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        system.Capture([]);
        FrameFeed.Feed(system, 1);

        Assert.Equal(FrameWait.Ready, device.Wait(s_long, Token));
        Assert.Equal([1], FrameFeed.Numbers(device));
    }

    [Fact]
    public void An_interrupted_read_is_made_again()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        FrameFeed.Feed(system, 1);
        system["read.interrupts"] = 3;

        Assert.Equal([1], FrameFeed.Numbers(device));
        Assert.Equal(0, system["read.interrupts"]);
    }

    [Fact]
    public void What_came_before_the_interface_went_is_handed_out_first()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        FrameFeed.Feed(system, 1, 2);
        system["bpf.gone"] = 1;

        Assert.Equal([1, 2], FrameFeed.Numbers(device));
        Assert.Equal(LinkFailure.InterfaceGone, Assert.Throws<LinkException>(() => FrameFeed.Numbers(device)).Failure);
        Assert.Equal(2, device.Statistics.Delivered);
    }

    [Fact]
    public void A_read_that_fails_names_the_error()
    {
        using var system = new LookAlike { ["fail.read"] = Darwin.ENETDOWN };
        using FrameDevice device = FrameOpenTests.Open("en0");

        Assert.Equal((LinkFailure.InterfaceDown, "read"), Failure(() => device.Wait(s_long, Token)));
        system["fail.read"] = Darwin.ENOMEM;
        Assert.Equal((LinkFailure.System, "read"), Failure(() => FrameFeed.Numbers(device)));

        // The turn was given back: the device still works.
        system["fail.read"] = 0;
        FrameFeed.Feed(system, 1);
        Assert.Equal([1], FrameFeed.Numbers(device));

        static (LinkFailure Failure, string Operation) Failure(Action action)
        {
            LinkException refused = Assert.Throws<LinkException>(action);
            return (refused.Failure, refused.Operation);
        }
    }

    [Fact]
    public void Drops_are_added_up_in_64_bits_since_the_device_was_opened()
    {
        using var system = new LookAlike { ["iqdrops"] = 100 };
        using FrameDevice device = FrameOpenTests.Open("en0");
        Assert.Equal((0, 0), (device.Statistics.Dropped, device.Statistics.DroppedByInterface));

        system["bpf.dropped"] = 0xFFFF_FFFF;
        system["iqdrops"] = 107;
        Assert.Equal((0xFFFF_FFFF, 7), (device.Statistics.Dropped, device.Statistics.DroppedByInterface));

        system["bpf.dropped"] = 4;
        Assert.Equal(0x1_0000_0004, device.Statistics.Dropped);
        Assert.Null(device.Statistics.Stalls);

        // Another interface has taken the index, or the counter began anew: what is known stays.
        system["reused"] = 4;
        system["iqdrops"] = 500;
        Assert.Equal(7, device.Statistics.DroppedByInterface);
        system["reused"] = 0;
        system["iqdrops"] = 3;
        Assert.Equal(7, device.Statistics.DroppedByInterface);
    }

    [Fact]
    public void Drops_that_the_system_does_not_tell_are_not_zero()
    {
        using var system = new LookAlike { ["fail.ifdata"] = Darwin.EPERM };
        using FrameDevice device = FrameOpenTests.Open("en0");
        Assert.Null(device.Statistics.DroppedByInterface);

        system["fail.GSTATS"] = Darwin.EINVAL;
        Assert.Equal("ioctl(BIOCGSTATS)", Assert.Throws<LinkException>(() => device.Statistics).Operation);
    }

    [Fact]
    public void Statistics_survive_the_device()
    {
        using var system = new LookAlike();
        FrameDevice device = FrameOpenTests.Open("en0");
        FrameFeed.Feed(system, 1);
        Assert.Equal([1], FrameFeed.Numbers(device));
        system["bpf.dropped"] = 9;

        device.Dispose();

        Assert.Equal((1, 9), (device.Statistics.Delivered, device.Statistics.Dropped));
    }

    [Fact]
    public void A_device_that_nobody_asks_looks_at_its_counters_by_itself()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        system["bpf.dropped"] = 0xC000_0000;
        for (int read = 0; read < 4096; read++)
        {
            FrameFeed.Feed(system, plain: true, 1);
            Assert.Single(FrameFeed.Numbers(device));
        }

        system["bpf.dropped"] = 0x4000_0000; // once round, and as far again
        Assert.Equal(0x1_4000_0000, device.Statistics.Dropped);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_frame()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { Filter = "outbound or inbound" }); // runs here
        byte[] read = BpfBytes.Read([.. Enumerable.Range(0, 50).Select(number => BpfBytes.Extended(BpfBytes.Frame(60), outbound: number % 2 == 0))]);
        for (int i = 0; i < 200; i++)
        {
            system.Capture(read);
        }

        Assert.Equal(50 * 100, Loop(device, 100));
        AllocationWatch allocations = AllocationWatch.Start();
        int frames = Loop(device, 100);

        Assert.Equal(0, allocations.Allocated);
        Assert.Equal(50 * 100, frames);

        static int Loop(FrameDevice device, int reads)
        {
            int frames = 0;
            for (int i = 0; i < reads && device.Wait(s_long, Token) == FrameWait.Ready; i++)
            {
                foreach (Frame frame in device.Receive())
                {
                    frames += frame.Data.IsEmpty ? 0 : 1;
                }
            }

            return frames;
        }
    }

    [Fact]
    public void Two_devices_do_not_share_frames()
    {
        using var system = new LookAlike();
        using FrameDevice first = FrameOpenTests.Open("en0");
        using FrameDevice second = FrameOpenTests.Open("lo0");
        system.Capture(BpfBytes.Record([2, 0, 0, 0, 0x45], header: 20));

        Assert.Empty(FrameFeed.Numbers(first));
        foreach (Frame frame in second.Receive())
        {
            Assert.Equal((5, 1, LinkType.Null, PacketDirection.Unknown), (frame.Data.Length, frame.InterfaceIndex, frame.LinkType, frame.Direction));
        }

        Assert.Equal(1, second.Statistics.Delivered);
    }
}
