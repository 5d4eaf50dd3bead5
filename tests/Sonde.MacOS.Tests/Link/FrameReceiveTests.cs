using System.Diagnostics;
using Sonde.Interop.MacOS;
using Sonde.Link;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Filters;
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

        Assert.Empty(Numbers(device));
        Feed(system, 1, 2);
        Assert.Equal([1, 2], Numbers(device));
        Assert.Empty(Numbers(device));
    }

    [Fact]
    public void One_loop_hands_out_one_read_so_that_its_frames_stay_readable()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        Feed(system, 1, 2);
        Feed(system, 3);

        Assert.Equal([1, 2], Numbers(device));
        Assert.Equal([3], Numbers(device));
    }

    [Fact]
    public void A_loop_that_is_left_early_goes_on_behind_the_last_frame()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        Feed(system, 1, 2, 3);
        Feed(system, 4);
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(1, frame.Data[^1]);
            break;
        }

        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.Zero, Token));
        Assert.Equal([2, 3], Numbers(device));
        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.Zero, Token));
        Assert.Equal([4], Numbers(device));
        Assert.Equal(4, device.Statistics.Delivered);
    }

    [Fact]
    public void A_wait_leaves_the_frames_of_the_last_loop_readable()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        Feed(system, 1);
        foreach (Frame frame in device.Receive())
        {
            ReadOnlySpan<byte> kept = frame.Data;
            Feed(system, 2);
            FrameWait waited = AfterLoop(device);

            Assert.Equal((FrameWait.Stopped, 1), (waited, kept[^1]));
        }

        Frame last = default;
        Feed(system, 3);
        foreach (Frame frame in device.Receive())
        {
            last = frame;
        }

        Assert.Equal(2, last.Data[^1]);
        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.Zero, Token)); // reads frame 3
        Assert.Equal(2, last.Data[^1]);
        Assert.Equal([3], Numbers(device));

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
    public void What_waited_before_the_filter_was_set_is_not_handed_out()
    {
        using var system = new LookAlike();
        system.CaptureEarly(BpfBytes.Record(BpfBytes.Frame(60)));
        using FrameDevice device = FrameOpenTests.Open("en0");

        Assert.Equal(1, system["bpf.attempts"]);
        Assert.Empty(Numbers(device));
    }

    [Theory]
    [InlineData(1, 0, 1, 0, PacketDirection.Unknown, PacketDirection.Inbound)] // the kernel leaves out what is sent
    [InlineData(2, 0, 0, 2, PacketDirection.Unknown, PacketDirection.Outbound)]
    [InlineData(3, 1, 1, 0, PacketDirection.Outbound, PacketDirection.Outbound)]
    public void Directions_are_asked_of_the_kernel(int wanted, int exthdr, int seesentTouched, int direction, PacketDirection told, PacketDirection expected)
    {
        using var system = new LookAlike { ["bpf.seesent"] = -1 };
        using FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { Directions = (FrameDirections)wanted });
        system.Capture(told == PacketDirection.Unknown ? BpfBytes.Record(BpfBytes.Frame(60)) : BpfBytes.Extended(BpfBytes.Frame(60), outbound: true));

        Assert.Equal((exthdr, direction), (system["bpf.exthdr"], system["bpf.direction"]));
        Assert.Equal(seesentTouched == 0 ? -1 : wanted == 1 ? 0 : 1, system["bpf.seesent"]);
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(expected, frame.Direction);
        }

        Assert.Equal(1, device.Statistics.Delivered);
    }

    [Fact]
    public void Before_macOS_14_what_is_received_is_sorted_out_here()
    {
        using var system = new LookAlike { ["fail.SDIRECTION"] = Darwin.EINVAL };
        using FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { Directions = FrameDirections.Outbound });
        system.Capture(BpfBytes.Read(
            BpfBytes.EarlyExtended(BpfBytes.Frame(60, number: 1), outbound: false),
            BpfBytes.EarlyExtended(BpfBytes.Frame(60, number: 2), outbound: true),
            BpfBytes.EarlyExtended(BpfBytes.Frame(60, number: 3), outbound: false)));

        Assert.Equal(FrameWait.Ready, device.Wait(s_long, Token));
        Assert.Equal([2], Numbers(device));
        Assert.Equal((1, 2), (device.Statistics.Delivered, device.Statistics.FilteredHere));
    }

    [Fact]
    public void A_system_that_cannot_tell_directions_says_so()
    {
        using var system = new LookAlike { ["fail.SDIRECTION"] = Darwin.EINVAL, ["fail.SEXTHDR"] = Darwin.EINVAL };

        LinkException refused = Assert.Throws<LinkException>(
            () => FrameOpenTests.Open("en0", new FrameDeviceOptions { Directions = FrameDirections.Outbound }));
        Assert.Equal((LinkFailure.NotSupported, "ioctl(BIOCSEXTHDR)"), (refused.Failure, refused.Operation));

        using FrameDevice both = FrameOpenTests.Open("en0");
        Feed(system, plain: true, 1);
        foreach (Frame frame in both.Receive())
        {
            Assert.Equal(PacketDirection.Unknown, frame.Direction);
        }

        Assert.Equal(1, both.Statistics.Delivered);
    }

    [Fact]
    public void A_device_that_only_sends_lets_nothing_pass()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { Directions = FrameDirections.None });

        bpf_insn only = Assert.Single(system.BpfFilter);
        Assert.Equal((0x06, 0u), (only.code, only.k));
    }

    [Theory]
    [InlineData(FrameDirections.Both, 0)]
    [InlineData(FrameDirections.Inbound, 0)]
    public void A_device_for_one_EtherType_gets_no_frames_of_its_own_host(FrameDirections directions, int seesent)
    {
        using var system = new LookAlike { ["bpf.seesent"] = -1 };
        using FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { EtherType = 0x88A4, Directions = directions });

        Assert.Equal(seesent, system["bpf.seesent"]);
        Assert.Equal(4, system.BpfFilter.Length);
        Assert.True(device.FiltersInKernel);
    }

    [Fact]
    public void A_filter_that_the_kernel_refuses_runs_here_and_is_counted()
    {
        using var system = new LookAlike();

        // The remainder of the last byte by two: no instruction of macOS.
        BpfInstruction[] odd = [new(0x30, 0, 0, 59), new(0x94, 0, 0, 2), new(0x15, 0, 1, 1), new(0x06, 0, 0, 40), new(0x06, 0, 0, 0)];
        using FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { Program = odd });
        Feed(system, 1, 2, 3, 4, 5);

        Assert.False(device.FiltersInKernel);
        Assert.EndsWith("SETF SETF", system.BpfRequests, StringComparison.Ordinal);
        bpf_insn pass = Assert.Single(system.BpfFilter);
        Assert.Equal((0x06, (uint)int.MaxValue), (pass.code, pass.k));

        Assert.Equal(FrameWait.Ready, device.Wait(s_long, Token));
        int frames = 0;
        foreach (Frame frame in device.Receive())
        {
            frames++;
            Assert.Equal((40, 60), (frame.Data.Length, frame.WireLength)); // as far as the program says
        }

        Assert.Equal((3, 2, 3), (frames, device.Statistics.FilteredHere, device.Statistics.Cut));
    }

    [Fact]
    public void A_filter_for_a_direction_runs_here_over_what_the_extended_header_says()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { Filter = "outbound" });
        system.Capture(BpfBytes.Read(
            BpfBytes.Extended(BpfBytes.Frame(60, number: 1), outbound: false),
            BpfBytes.Extended(BpfBytes.Frame(60, number: 2), outbound: true)));

        Assert.Equal([2], Numbers(device));
        Assert.Equal((false, 1), (device.FiltersInKernel, device.Statistics.FilteredHere));
    }

    [Fact]
    public void A_wait_is_not_over_when_all_that_came_is_turned_away()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { Filter = "outbound" });
        system.Capture(BpfBytes.Extended(BpfBytes.Frame(60), outbound: false));

        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(30), Token));
        Assert.Equal(1, device.Statistics.FilteredHere);
    }

    [Fact]
    public void A_frame_is_cut_here_when_a_kernel_kept_more_than_was_asked_for()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { SnapLength = 10 });
        Feed(system, 1);

        foreach (Frame frame in device.Receive())
        {
            Assert.Equal((10, 60, true), (frame.Data.Length, frame.WireLength, frame.IsCut));
        }

        Assert.Equal(1, device.Statistics.Cut);
    }

    [Fact]
    public void A_torn_record_is_counted_and_the_next_read_goes_on()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        system.Capture([.. BpfBytes.Read(BpfBytes.Extended(BpfBytes.Frame(62, number: 1), outbound: false)), 1, 2, 3, 4]);
        Feed(system, 2);

        Assert.Equal([1], Numbers(device));
        Assert.Equal(FrameWait.Ready, device.Wait(s_long, Token));
        Assert.Equal([2], Numbers(device));
        Assert.Equal((2, 1), (device.Statistics.Delivered, device.Statistics.Malformed));
    }

    [Fact]
    public void A_read_of_nothing_is_no_frame_and_no_end()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        system.Capture([]);
        Feed(system, 1);

        Assert.Equal(FrameWait.Ready, device.Wait(s_long, Token));
        Assert.Equal([1], Numbers(device));
    }

    [Fact]
    public void An_interrupted_read_is_made_again()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        Feed(system, 1);
        system["read.interrupts"] = 3;

        Assert.Equal([1], Numbers(device));
        Assert.Equal(0, system["read.interrupts"]);
    }

    [Fact]
    public void A_wait_ends_with_its_time()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        long started = Stopwatch.GetTimestamp();

        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(250), Token)); // longer than one sleep

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 249, 10_000);
        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.Zero, Token));
    }

    [Fact]
    public async Task Frames_that_come_end_a_wait()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        Task<FrameWait> waiting = Task.Run(() => device.Wait(s_long, Token), Token);
        await Task.Delay(30, Token);
        Assert.False(waiting.IsCompleted);

        Feed(system, 1);

        Assert.Equal(FrameWait.Ready, await waiting);
        Assert.Equal([1], Numbers(device));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancelling_ends_a_wait_that_sleeps_and_one_that_spins(bool spins)
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { Mode = FrameMode.Latency, Spin = spins ? s_longer : TimeSpan.Zero });
        using var cancel = new CancellationTokenSource();
        Task<FrameWait> waiting = Task.Run(() => device.Wait(Timeout.InfiniteTimeSpan, cancel.Token), Token);
        await Task.Delay(30, Token);

        await cancel.CancelAsync();

        Assert.Equal(FrameWait.Stopped, await waiting.WaitAsync(s_long, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposing_ends_a_wait_and_closes_the_device(bool spins)
    {
        using var system = new LookAlike();
        FrameDevice device = FrameOpenTests.Open("en0", new FrameDeviceOptions { Mode = FrameMode.Latency, Spin = spins ? s_longer : TimeSpan.Zero });
        Task<FrameWait> waiting = Task.Run(() => device.Wait(), Token).ContinueWith(static task => task.Result ? FrameWait.Ready : FrameWait.Stopped, TaskScheduler.Default);
        await Task.Delay(30, Token);

        device.Dispose();
        device.Dispose();

        Assert.Equal(FrameWait.Stopped, await waiting.WaitAsync(s_long, Token));
        Assert.Empty(Numbers(device));
        Assert.Throws<ObjectDisposedException>(() => device.TrySend(BpfBytes.Frame(60)));
    }

    [Fact]
    public void Spinning_looks_without_sleeping_and_then_sleeps()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open(
            "en0",
            new FrameDeviceOptions { Mode = FrameMode.Latency, Spin = TimeSpan.FromMilliseconds(40) });

        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(60), Token));
        Assert.True(system["bpf.reads"] > 20, $"{system["bpf.reads"]} looks in 40 ms");

        using FrameDevice patient = FrameOpenTests.Open("en0", new FrameDeviceOptions { Spin = TimeSpan.FromMilliseconds(40) });
        system["bpf.reads"] = 0;
        Assert.Equal(FrameWait.TimedOut, patient.Wait(TimeSpan.FromMilliseconds(60), Token));
        Assert.InRange(system["bpf.reads"], 1, 4); // capture mode does not spin
    }

    [Fact]
    public async Task A_wait_notices_that_the_interface_has_gone_although_the_kernel_does_not_wake_it()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        Feed(system, 1);
        Assert.Equal(FrameWait.Ready, device.Wait(s_long, Token));
        Assert.Equal([1], Numbers(device));
        Task<FrameWait> waiting = Task.Run(() => device.Wait(s_long, Token), Token);
        await Task.Delay(30, Token);
        long started = Stopwatch.GetTimestamp();

        system["bpf.gone"] = 1;

        LinkException gone = await Assert.ThrowsAsync<LinkException>(() => waiting);
        Assert.True(Stopwatch.GetElapsedTime(started) < s_long / 2, "the end of the wait showed it, not a look meanwhile");
        Assert.Equal((LinkFailure.InterfaceGone, "read", "en0", Darwin.ENXIO), (gone.Failure, gone.Operation, gone.InterfaceName, gone.NativeError));
    }

    [Fact]
    public void What_came_before_the_interface_went_is_handed_out_first()
    {
        using var system = new LookAlike();
        using FrameDevice device = FrameOpenTests.Open("en0");
        Feed(system, 1, 2);
        system["bpf.gone"] = 1;

        Assert.Equal([1, 2], Numbers(device));
        Assert.Equal(LinkFailure.InterfaceGone, Assert.Throws<LinkException>(() => Numbers(device)).Failure);
        Assert.Equal(2, device.Statistics.Delivered);
    }

    [Fact]
    public void A_read_that_fails_names_the_error()
    {
        using var system = new LookAlike { ["fail.read"] = Darwin.ENETDOWN };
        using FrameDevice device = FrameOpenTests.Open("en0");

        Assert.Equal((LinkFailure.InterfaceDown, "read"), Failure(() => device.Wait(s_long, Token)));
        system["fail.read"] = Darwin.ENOMEM;
        Assert.Equal((LinkFailure.System, "read"), Failure(() => Numbers(device)));

        // The turn was given back: the device still works.
        system["fail.read"] = 0;
        Feed(system, 1);
        Assert.Equal([1], Numbers(device));

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
        Feed(system, 1);
        Assert.Equal([1], Numbers(device));
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
            Feed(system, plain: true, 1);
            Assert.Single(Numbers(device));
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
        long allocated = long.MaxValue;

        // The runtime compiles in steps while this runs, and a step may allocate once.
        for (int round = 0; round < 30 && allocated > 0; round++)
        {
            for (int i = 0; i < 100; i++)
            {
                system.Capture(read);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            int frames = Loop(device, 100);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(50 * 100, frames);
        }

        Assert.Equal(0, allocated);

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

        Assert.Empty(Numbers(first));
        foreach (Frame frame in second.Receive())
        {
            Assert.Equal((5, 1, LinkType.Null, PacketDirection.Unknown), (frame.Data.Length, frame.InterfaceIndex, frame.LinkType, frame.Direction));
        }

        Assert.Equal(1, second.Statistics.Delivered);
    }

    private static void Feed(LookAlike system, params byte[] numbers) => Feed(system, plain: false, numbers);

    // Frames of 60 bytes that end in their number, all in one read.
    private static void Feed(LookAlike system, bool plain, params byte[] numbers) =>
        system.Capture(BpfBytes.Read(
            [.. numbers.Select(number => plain
                ? BpfBytes.Record(BpfBytes.Frame(60, number: number))
                : BpfBytes.Extended(BpfBytes.Frame(60, number: number), outbound: false))]));

    private static List<int> Numbers(FrameDevice device)
    {
        var numbers = new List<int>();
        foreach (Frame frame in device.Receive())
        {
            numbers.Add(frame.Data[^1]);
        }

        return numbers;
    }
}
