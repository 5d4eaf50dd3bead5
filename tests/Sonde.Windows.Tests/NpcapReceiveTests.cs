using Sonde.Link;
using Sonde.Link.Windows;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Filters;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>Receiving through a look-alike wpcap.dll: frames in place, filters, counts, and what goes wrong.</summary>
[Trait("pass", "link")]
public sealed class NpcapReceiveTests : IDisposable
{
    private readonly NpcapLookalike _npcap = NpcapLookalike.Load();
    private readonly WindowsAdapter _card = NpcapLookalike.Card();

    public void Dispose()
    {
        Assert.Equal(string.Empty, _npcap.Misuse);
        Assert.Equal(0, _npcap["open"]);
        Assert.Equal(0, _npcap["queues"]);
    }

    [Fact]
    public void A_frame_comes_with_its_bytes_length_time_direction_and_interface()
    {
        byte[] sent = NpcapLookalike.Ethernet(NpcapLookalike.PeerAddress, _card.HardwareAddress, 0x0800, [1, 2, 3]);
        using FrameDevice device = _npcap.Open();
        Assert.True(_npcap.Arrive(sent, wireLength: 1500));

        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.FromSeconds(20)));
        int count = 0;
        foreach (Frame frame in device.Receive())
        {
            count++;
            Assert.Equal(sent, frame.Data.ToArray());
            Assert.Equal(1500, frame.WireLength);
            Assert.Equal(1_700_000_000_123_456_000, frame.TimestampNanoseconds);
            Assert.Equal(FrameClock.Kernel, frame.Clock);
            Assert.Equal(PacketDirection.Inbound, frame.Direction);
            Assert.Equal(FrameAudience.ThisHost, frame.Audience);
            Assert.Equal(_card.Index, frame.InterfaceIndex);
            Assert.Equal(LinkType.Ethernet, frame.LinkType);
        }

        Assert.Equal(1, count);
        Assert.Equal("npcap", device.Backend);
        Assert.Equal(_card.HardwareAddress, device.HardwareAddress);
        Assert.Equal(_card.Mtu, device.Mtu);
    }

    [Fact]
    public void Times_are_nanoseconds_where_the_library_has_them()
    {
        _npcap.Set("nanoseconds", 1);
        using FrameDevice device = _npcap.Open();
        _npcap.Burst(1);

        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(1_700_000_000_123_456_789, frame.TimestampNanoseconds);
        }

        Assert.Equal(1, device.Statistics.Delivered);
        Assert.Equal(2, _npcap["stamp_type"]);
    }

    [Fact]
    public void A_burst_of_many_buffers_comes_whole_in_order_and_each_loop_keeps_its_frames()
    {
        using FrameDevice device = _npcap.Open();
        Assert.Equal(20_000, _npcap.Burst(20_000));
        int expected = 0;
        int loops = 0;

        while (device.Wait(TimeSpan.FromMilliseconds(200)) == FrameWait.Ready)
        {
            Frame first = default;
            int numberOfFirst = expected;
            foreach (Frame frame in device.Receive())
            {
                first = first.Data.IsEmpty ? frame : first;
                Assert.Equal(expected++, NpcapLookalike.Number(frame));
            }

            // The first frame of the loop still reads as it did.
            Assert.Equal(numberOfFirst, NpcapLookalike.Number(first));
            loops++;
        }

        Assert.Equal(20_000, expected);
        Assert.InRange(loops, 8, 100);
        Assert.Equal(20_000, device.Statistics.Delivered);
    }

    [Fact]
    public void Who_leaves_a_loop_early_goes_on_behind_the_last_frame()
    {
        using FrameDevice device = _npcap.Open();
        _npcap.Burst(10);
        foreach (Frame frame in device.Receive())
        {
            if (NpcapLookalike.Number(frame) == 3)
            {
                break;
            }
        }

        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.Zero));
        int expected = 4;
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(expected++, NpcapLookalike.Number(frame));
        }

        Assert.Equal(10, expected);
        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.Zero));
    }

    [Fact]
    public void Waiting_and_receiving_allocate_nothing()
    {
        using var stopping = new CancellationTokenSource();
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { Mode = FrameMode.Latency });
        Drain(device, stopping.Token);
        Assert.Equal(5000, _npcap.Burst(5000));
        AllocationWatch allocations = AllocationWatch.Start();

        int received = Drain(device, stopping.Token);

        Assert.Equal(0, allocations.Allocated / 5000); // a frame
        Assert.Equal(5000, received);
    }

    [Fact]
    public void Options_reach_the_library()
    {
        using (_npcap.Open(new FrameDeviceOptions { Mode = FrameMode.Latency, SnapLength = 128, Promiscuous = true, BufferSize = 1 << 20 }))
        {
            Assert.Equal((1, 128, 1, 1 << 20), (_npcap["immediate"], _npcap["snaplen"], _npcap["promisc"], _npcap["buffer_size"]));
            Assert.Equal($@"\Device\NPF_{_card.Guid}", _npcap.DeviceName);
        }

        using (_npcap.Open())
        {
            Assert.Equal((0, 262_144, 0), (_npcap["immediate"], _npcap["snaplen"], _npcap["promisc"]));
        }
    }

    [Fact]
    public void The_driver_runs_the_filter()
    {
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { Filter = "ether proto 0x88a4 or arp" });

        Assert.True(_npcap.Arrive(NpcapLookalike.Ethernet(NpcapLookalike.PeerAddress, _card.HardwareAddress, 0x88A4, new byte[46])));
        Assert.False(_npcap.Arrive(NpcapLookalike.Ethernet(NpcapLookalike.PeerAddress, _card.HardwareAddress, 0x0800, new byte[46])));
        Assert.True(_npcap.Arrive(NpcapLookalike.Ethernet(NpcapLookalike.PeerAddress, MacAddress.Broadcast, 0x0806, new byte[46])));

        Assert.Equal(2, Drain(device, default));
        Assert.True(device.FiltersInKernel);
        Assert.Equal(0, device.Statistics.FilteredHere);
    }

    [Fact]
    public void A_filter_without_meaning_is_told_and_leaves_nothing_open() =>
        Assert.Throws<PacketFilterException>(() => _npcap.Open(new FrameDeviceOptions { Filter = "tcp prt 80" }));

    [Fact]
    public void A_program_that_no_kernel_would_take_is_an_argument_error() =>
        Assert.Throws<ArgumentException>(() => _npcap.Open(new FrameDeviceOptions { Program = new BpfInstruction[] { new(0x15, 200, 0, 0) } }));

    [Fact]
    public void What_the_driver_cannot_know_is_filtered_here_and_counted()
    {
        // ld #ifindex; jeq own index; ret 20; ret 0
        BpfInstruction[] program = [new(0x20, 0, 0, 0xFFFF_F008), new(0x15, 0, 1, (uint)_card.Index), new(0x06, 0, 0, 20), new(0x06, 0, 0, 0)];
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { Program = program });
        _npcap.Burst(2);
        Assert.False(device.FiltersInKernel);
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(20, frame.Data.Length);
            Assert.Equal(60, frame.WireLength);
        }

        program[1] = program[1] with { K = uint.MaxValue };
        using FrameDevice other = _npcap.Open(new FrameDeviceOptions { Program = program.ToArray() });
        _npcap.Burst(3);
        Assert.Equal(0, Drain(other, default));

        Assert.Equal((2, 0), (device.Statistics.Delivered, device.Statistics.FilteredHere));
        Assert.Equal((0, 3), (other.Statistics.Delivered, other.Statistics.FilteredHere));
    }

    [Theory]
    [InlineData(FrameDirections.Both, true, true)]
    [InlineData(FrameDirections.Inbound, true, false)]
    [InlineData(FrameDirections.Outbound, false, true)]
    [InlineData(FrameDirections.None, false, false)]
    public void The_driver_lets_only_the_wanted_directions_pass(FrameDirections directions, bool inbound, bool outbound)
    {
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { Directions = directions, Filter = "ip" });
        var near = new MacAddress(_card.HardwareAddress.ToUInt64() ^ 1);
        var far = new MacAddress(_card.HardwareAddress.ToUInt64() ^ 0x0100_0000);

        Assert.Equal(inbound, _npcap.Arrive(NpcapLookalike.Ethernet(near, _card.HardwareAddress, 0x0800, new byte[46])));
        Assert.Equal(inbound, _npcap.Arrive(NpcapLookalike.Ethernet(far, _card.HardwareAddress, 0x0800, new byte[46])));
        Assert.Equal(outbound, _npcap.Arrive(NpcapLookalike.Ethernet(_card.HardwareAddress, near, 0x0800, new byte[46])));
        Assert.False(_npcap.Arrive(NpcapLookalike.Ethernet(near, _card.HardwareAddress, 0x0806, new byte[46])));
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(frame.Data[6..12].SequenceEqual(Bytes(_card.HardwareAddress)) ? PacketDirection.Outbound : PacketDirection.Inbound, frame.Direction);
        }
    }

    [Fact]
    public void One_EtherType_means_what_arrives_of_it()
    {
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { EtherType = 0x88A4 });

        Assert.True(_npcap.Arrive(NpcapLookalike.Ethernet(NpcapLookalike.PeerAddress, MacAddress.Broadcast, 0x88A4, new byte[46])));
        Assert.False(_npcap.Arrive(NpcapLookalike.Ethernet(_card.HardwareAddress, MacAddress.Broadcast, 0x88A4, new byte[46])));
        Assert.False(_npcap.Arrive(NpcapLookalike.Ethernet(NpcapLookalike.PeerAddress, MacAddress.Broadcast, 0x0800, new byte[46])));
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(FrameAudience.Broadcast, frame.Audience);
        }
    }

    [Theory]
    [InlineData(FrameDirections.Inbound, 0)]
    [InlineData(FrameDirections.Both, 0x88A4)]
    public void Without_hardware_addresses_neither_direction_nor_type_can_be_asked_for(FrameDirections directions, int etherType)
    {
        _npcap.Set("datalink", 0);

        LinkException refused = Assert.Throws<LinkException>(() => _npcap.Open(new FrameDeviceOptions { Directions = directions, EtherType = (ushort)etherType }));

        Assert.Equal(LinkFailure.NotSupported, refused.Failure);
    }

    [Theory]
    [InlineData(0, LinkType.Null)]
    [InlineData(12, LinkType.Raw)]
    [InlineData(127, (LinkType)127)]
    public void The_link_type_is_that_of_files(int dlt, LinkType expected)
    {
        _npcap.Set("datalink", dlt);
        using FrameDevice device = _npcap.Open();
        _npcap.Burst(1);

        Assert.Equal(expected, device.LinkType);
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(PacketDirection.Unknown, frame.Direction);
            Assert.Equal(expected, frame.LinkType);
        }
    }

    [Fact]
    public void Frames_are_cut_to_the_snap_length_and_counted()
    {
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { SnapLength = 40 });
        _npcap.Burst(3);
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(40, frame.Data.Length);
            Assert.Equal(60, frame.WireLength);
        }

        Assert.Equal((3, 3), (device.Statistics.Delivered, device.Statistics.Cut));
    }

    [Fact]
    public void A_snap_length_holds_for_a_program_that_keeps_more()
    {
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { SnapLength = 40, Program = new BpfInstruction[] { new(0x06, 0, 0, 262_144) } });
        _npcap.Burst(1);
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(40, frame.Data.Length);
        }

        Assert.Equal(1, device.Statistics.Cut);
    }

    [Fact]
    public void Records_that_make_no_sense_are_skipped_and_counted()
    {
        using FrameDevice device = _npcap.Open();
        _npcap.Burst(1);
        _npcap.Set("arrive_lying", 300_000);
        _npcap.Set("arrive", 59); // a wire length below what was captured
        _npcap.Burst(1);

        Assert.Equal(2, Drain(device, default));
        Assert.Equal(2, device.Statistics.Malformed);
    }

    [Fact]
    public void Drops_are_carried_on_past_32_bits()
    {
        using FrameDevice device = _npcap.Open(new FrameDeviceOptions { BufferSize = 800 });
        Assert.Equal(10, _npcap.Burst(15));
        Assert.Equal(5, device.Statistics.Dropped);
        _npcap.Set("drop", -8);
        Assert.Equal(uint.MaxValue - 2, device.Statistics.Dropped);
        _npcap.Set("drop", 10);

        Assert.Equal(uint.MaxValue + 8L, device.Statistics.Dropped);
        Assert.Equal(uint.MaxValue + 8L, device.Statistics.Dropped);
        Assert.Equal(0, device.Statistics.DroppedByInterface);
        device.Dispose();
        Assert.Equal(uint.MaxValue + 8L, device.Statistics.Dropped);
    }

    [Fact]
    public void Counts_that_the_driver_does_not_tell_are_a_failure_and_closing_is_not()
    {
        using FrameDevice device = _npcap.Open();
        _npcap.Set("stats_fail", 1);

        LinkException refused = Assert.Throws<LinkException>(() => device.Statistics);

        Assert.Equal(("pcap_stats", LinkFailure.System), (refused.Operation, refused.Failure));
    }

    [Theory]
    [InlineData(2, LinkFailure.InterfaceGone, 1617)]
    [InlineData(3, LinkFailure.InterfaceGone, 0)]
    [InlineData(7, LinkFailure.System, 0)]
    public void A_read_that_fails_says_whether_the_interface_is_gone(int text, LinkFailure failure, int error)
    {
        using FrameDevice device = _npcap.Open();
        _npcap.Set("dispatch_text", text);

        LinkException refused = Assert.Throws<LinkException>(() => device.Wait(TimeSpan.FromSeconds(1)));
        Assert.Equal((failure, error, "pcap_dispatch"), (refused.Failure, refused.NativeError, refused.Operation));
        Assert.Throws<LinkException>(() =>
        {
            foreach (Frame frame in device.Receive())
            {
                Assert.Fail($"a frame of {frame.WireLength} bytes");
            }
        });
    }

    private static int Drain(FrameDevice device, CancellationToken stopping)
    {
        int count = 0;
        while (device.Wait(TimeSpan.Zero, stopping) == FrameWait.Ready)
        {
            foreach (Frame frame in device.Receive())
            {
                count += frame.Data.IsEmpty ? 0 : 1;
            }
        }

        return count;
    }

    private static byte[] Bytes(MacAddress address)
    {
        byte[] bytes = new byte[MacAddress.Size];
        address.TryWriteBytes(bytes);
        return bytes;
    }
}
