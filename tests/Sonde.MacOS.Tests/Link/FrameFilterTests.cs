using Sonde.Interop.MacOS;
using Sonde.Link;
using Sonde.Packets.Files;
using Sonde.Packets.Filters;
using Sonde.Testing;

namespace Sonde.MacOS.Tests.Link;

/// <summary>Which frames a device lets pass: filters, directions, types, lengths.</summary>
public sealed class FrameFilterTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void What_waited_before_the_filter_was_set_is_not_handed_out()
    {
        using var system = new LookAlike();
        system.CaptureEarly(BpfBytes.Record(BpfBytes.Frame(60)));
        using FrameDevice device = FrameOpenTests.Open("en0");

        Assert.Equal(1, system["bpf.attempts"]);
        Assert.Empty(FrameFeed.Numbers(device));
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
        Assert.Equal([2], FrameFeed.Numbers(device));
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
        FrameFeed.Feed(system, plain: true, 1);
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
        FrameFeed.Feed(system, 1, 2, 3, 4, 5);

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

        Assert.Equal([2], FrameFeed.Numbers(device));
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
        FrameFeed.Feed(system, 1);

        foreach (Frame frame in device.Receive())
        {
            Assert.Equal((10, 60, true), (frame.Data.Length, frame.WireLength, frame.IsCut));
        }

        Assert.Equal(1, device.Statistics.Cut);
    }
}
