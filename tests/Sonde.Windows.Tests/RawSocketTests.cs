using System.Net;
using Sonde.Link;
using Sonde.Link.Windows;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Filters;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>Raw sockets with SIO_RCVALL, which Wine refuses, by a look-alike ws2_32.dll (tests/fixtures/windows/fakews2.c).</summary>
[Trait("pass", "link")]
public sealed class RawSocketTests : IDisposable
{
    private const int AccessDenied = 10013;
    private const int IPv4 = 2;

    private readonly LookalikeDll _sockets;
    private readonly NpcapSetup _without;
    private readonly WindowsAdapter _card = NpcapLookalike.Card();

    public RawSocketTests()
    {
        string none = NpcapLookalike.FolderOf("none");
        _without = new NpcapSetup { Folder = none, OldFolder = none };
        _sockets = NpcapLookalike.Sockets;
        _sockets.Call("fake_reset");
    }

    public void Dispose()
    {
        Assert.Equal(0, _sockets.Call("fake_misuses"));
        Assert.All(Enumerable.Range(1, 63), number => Assert.Equal(0, _sockets.Call("fake_is_open", number)));
    }

    [Fact]
    public void One_socket_shows_the_packets_of_the_interface_however_many_addresses_it_has()
    {
        WindowsAdapter two = _card with { Addresses = [Address("192.0.2.7"), Address("192.0.2.8"), Address("fe80::7", 9), Address("2001:db8::7")] };
        using (FrameDevice device = WindowsRawSocketDevice.Open("two", [two], new FrameDeviceOptions { BufferSize = 1 << 22 }))
        {
            Assert.Equal(2, _sockets.Call("fake_opened"));
            Assert.Equal((IPv4, 0), (_sockets.Call("fake_family", 1), _sockets.Call("fake_protocol", 1)));
            Assert.Equal((23, 41), (_sockets.Call("fake_family", 2), _sockets.Call("fake_protocol", 2)));
            Assert.Equal([192, 0, 2, 7], Enumerable.Range(4, 4).Select(at => _sockets.Call("fake_address_byte", (1 << 8) | at)));
            Assert.Equal([0xFE, 0x80], Enumerable.Range(8, 2).Select(at => _sockets.Call("fake_address_byte", (2 << 8) | at)));
            Assert.Equal(9, _sockets.Call("fake_address_byte", (2 << 8) | 24));
            Assert.Equal(1 << 22, _sockets.Call("fake_buffer_size", 1));
            Assert.Equal((LinkType.Raw, "rawsocket", _card.Index), (device.LinkType, device.Backend, device.InterfaceIndex));
            Assert.False(device.FiltersInKernel);
        }
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    public void The_card_turns_promiscuous_only_when_asked(bool promiscuous, int expected)
    {
        using FrameDevice device = Open(new FrameDeviceOptions { Promiscuous = promiscuous });

        Assert.Equal(expected, _sockets.Call("fake_receive_all", 1));
    }

    [Fact]
    public void IPv4_packets_of_both_directions_come_with_their_headers()
    {
        using FrameDevice device = Open();
        Arrive(1, Packet4("198.51.100.1", Own, 8));
        Arrive(1, [.. Packet4(Own, "198.51.100.1", 9), 0, 0, 0]); // padding behind the packet
        Arrive(1, Packet4("198.51.100.1", "198.51.100.2", 10));

        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.FromSeconds(20)));
        (int Length, PacketDirection Direction, FrameAudience Audience)[] expected =
        [
            (28, PacketDirection.Inbound, FrameAudience.ThisHost),
            (29, PacketDirection.Outbound, FrameAudience.Unknown),
            (30, PacketDirection.Inbound, FrameAudience.Unknown),
        ];
        int at = 0;
        foreach (Frame frame in device.Receive())
        {
            Assert.Equal(expected[at++], (frame.Data.Length, frame.Direction, frame.Audience));
            Assert.Equal(frame.Data.Length, frame.WireLength);
            Assert.Equal(LinkType.Raw, frame.LinkType);
            Assert.Equal(FrameClock.Process, frame.Clock);
            Assert.InRange(frame.TimestampNanoseconds, 1_700_000_000_000_000_000, 4_000_000_000_000_000_000);
            Assert.True(PacketSummary.TryRead(frame.LinkType, frame.Data, frame.WireLength, out _));
        }

        Assert.Equal(3, at);
        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.Zero));
        Assert.Null(device.Statistics.Dropped);
    }

    [Fact]
    public void IPv6_packets_come_with_a_header_or_are_counted()
    {
        using FrameDevice device = WindowsRawSocketDevice.Open("six", [_card with { Addresses = [Address("2001:db8::7")] }], new FrameDeviceOptions());
        byte[] packet = new byte[48];
        packet[0] = 0x60;
        packet[5] = 8;
        packet[6] = 17;
        Arrive(1, packet.AsSpan(40));
        Arrive(1, packet);

        int count = 0;
        foreach (Frame frame in device.Receive())
        {
            count++;
            Assert.Equal(packet, frame.Data.ToArray());
        }

        Assert.Equal(1, count);
        Assert.Equal((1, 1), (device.Statistics.Delivered, device.Statistics.Malformed));
    }

    [Fact]
    public void All_packets_of_a_loop_stay_and_none_is_lost_between_loops()
    {
        using FrameDevice device = Open();
        for (int i = 0; i < 40; i++)
        {
            Arrive(1, Packet4("198.51.100.1", Own, 30_000 + i));
        }

        int expected = 0;
        int loops = 0;
        while (device.Wait(TimeSpan.Zero) == FrameWait.Ready)
        {
            Frame first = default;
            int lengthOfFirst = 30_020 + expected;
            foreach (Frame frame in device.Receive())
            {
                first = first.Data.IsEmpty ? frame : first;
                Assert.Equal(30_020 + expected++, frame.Data.Length);
            }

            Assert.Equal(lengthOfFirst, System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(first.Data[2..]));
            loops++;
        }

        Assert.Equal(40, expected);
        Assert.InRange(loops, 2, 10);
    }

    [Fact]
    public void Loops_without_waits_between_them_lose_nothing_either()
    {
        using FrameDevice device = Open();
        for (int i = 0; i < 100; i++)
        {
            Arrive(1, Packet4("198.51.100.1", Own, 30_000));
        }

        int count = 0;
        for (int loop = 0; loop < 10; loop++)
        {
            foreach (Frame frame in device.Receive())
            {
                count += frame.Data.Length == 30_020 ? 1 : 0;
            }
        }

        Assert.Equal(100, count);
    }

    [Fact]
    public void The_filter_runs_here_and_is_counted()
    {
        using FrameDevice device = Open(new FrameDeviceOptions { Filter = "src host 198.51.100.1", SnapLength = 24 });
        Arrive(1, Packet4("198.51.100.1", Own, 100));
        Arrive(1, Packet4("198.51.100.9", Own, 100));

        Assert.Equal(1, Drain(device));
        FrameStatistics statistics = device.Statistics;
        Assert.Equal((1, 1, 1), (statistics.Delivered, statistics.FilteredHere, statistics.Cut));
    }

    [Theory]
    [InlineData(FrameDirections.Both, 2)]
    [InlineData(FrameDirections.Inbound, 1)]
    [InlineData(FrameDirections.Outbound, 1)]
    [InlineData(FrameDirections.None, 0)]
    public void Only_the_wanted_directions_are_handed_out(FrameDirections directions, int expected)
    {
        using FrameDevice device = Open(new FrameDeviceOptions { Directions = directions });
        Arrive(1, Packet4("198.51.100.1", Own, 8));
        Arrive(1, Packet4(Own, "198.51.100.1", 8));

        Assert.Equal(expected, Drain(device));
        Assert.Equal(2 - expected, device.Statistics.FilteredHere);
    }

    [Fact]
    public void What_no_raw_socket_shows_is_refused()
    {
        Assert.Equal(LinkFailure.NotSupported, Assert.Throws<LinkException>(() => WindowsRawSocketDevice.Open("card", [_card], new FrameDeviceOptions { EtherType = 0x88A4 })).Failure);
        Assert.Equal(LinkFailure.NotSupported, Assert.Throws<LinkException>(() => WindowsRawSocketDevice.Open("bare", [_card with { Addresses = [] }], new FrameDeviceOptions())).Failure);
        Assert.Throws<PacketFilterException>(() => Open(new FrameDeviceOptions { Filter = "no such thing" }));
        using FrameDevice device = Open();
        Assert.Equal(LinkFailure.NotSupported, Assert.Throws<LinkException>(() => device.TrySend(new byte[60])).Failure);
        Assert.Equal(LinkFailure.NotSupported, Assert.Throws<LinkException>(() => device.Send(new FrameSendBatch())).Failure);
    }

    [Fact]
    public void An_EtherType_of_IP_chooses_the_sockets()
    {
        WindowsAdapter both = _card with { Addresses = [Address("192.0.2.7"), Address("2001:db8::7")] };
        using (WindowsRawSocketDevice.Open("both", [both], new FrameDeviceOptions { EtherType = 0x86DD }))
        {
            Assert.Equal((1, 23), (_sockets.Call("fake_opened"), _sockets.Call("fake_family", 1)));
        }

        using (WindowsRawSocketDevice.Open("both", [both], new FrameDeviceOptions { EtherType = 0x0800 }))
        {
            Assert.Equal((2, IPv4), (_sockets.Call("fake_opened"), _sockets.Call("fake_family", 2)));
        }
    }

    [Fact]
    public void Packets_of_each_socket_have_its_interface_and_none_hides_the_others()
    {
        WindowsAdapter other = _card with { Index = 77, Addresses = [Address("192.0.2.9")] };
        using FrameDevice device = WindowsRawSocketDevice.Open(FrameDevice.AnyInterface, [_card with { Addresses = [Address("192.0.2.7")] }, other], new FrameDeviceOptions());
        Assert.Equal(0, device.InterfaceIndex);
        for (int i = 0; i < 5; i++)
        {
            Arrive(1, Packet4("198.51.100.1", "192.0.2.7", 8));
        }

        Arrive(2, Packet4("198.51.100.1", "192.0.2.9", 8));
        var indexes = new List<int>();
        foreach (Frame frame in device.Receive())
        {
            indexes.Add(frame.InterfaceIndex);
        }

        Assert.Equal(6, indexes.Count);
        Assert.InRange(indexes.IndexOf(77), 0, 1);
    }

    [Fact]
    public void Without_Npcap_the_ladder_opens_raw_sockets_and_any_means_all_interfaces()
    {
        using (FrameDevice device = new WindowsFrameLadder(_without).Open(_card.FriendlyName, new FrameDeviceOptions()))
        {
            Assert.Equal(("rawsocket", _card.FriendlyName, _card.Mtu), (device.Backend, device.Name, device.Mtu));
        }

        int families = WindowsAdapters.ReadAll().Sum(static adapter => adapter.Addresses.Select(static address => address.Value.IsIPv4).Distinct().Count());
        _sockets.Call("fake_reset");
        using (FrameDevice device = new WindowsFrameLadder(_without).Open(FrameDevice.AnyInterface, new FrameDeviceOptions()))
        {
            Assert.Equal(("rawsocket", 0, default), (device.Backend, device.InterfaceIndex, device.HardwareAddress));
            Assert.Equal(families, _sockets.Call("fake_opened"));
        }
    }

    [Fact]
    public void When_no_way_works_both_reasons_are_told()
    {
        _sockets.Call("fake_refuse_socket", AccessDenied);

        LinkException refused = Assert.Throws<LinkException>(() => new WindowsFrameLadder(_without).Open(_card.FriendlyName, new FrameDeviceOptions()));

        Assert.Equal(LinkFailure.BackendMissing, refused.Failure);
        Assert.Contains("Npcap is not installed", refused.Reason);
        Assert.Contains("socket(AF_INET, SOCK_RAW, IPPROTO_IP)", refused.Reason);
        Assert.Equal(LinkFailure.AccessDenied, Assert.IsType<LinkException>(refused.InnerException).Failure);
    }

    [Fact]
    public void The_check_tells_rights_from_absence()
    {
        FrameAccess works = WindowsRawSocketDevice.Check();
        _sockets.Call("fake_refuse_ioctl", AccessDenied);
        FrameAccess denied = WindowsRawSocketDevice.Check();
        _sockets.Call("fake_refuse_ioctl", 10045);
        FrameAccess absent = WindowsRawSocketDevice.Check();

        Assert.Equal((FrameAccessState.Available, "rawsocket"), (works.State, works.Backend));
        Assert.Equal((FrameAccessState.Denied, "WSAIoctl(SIO_RCVALL)", AccessDenied), (denied.State, denied.Operation, denied.NativeError));
        Assert.Equal(["Administrators"], denied.MissingRights);
        Assert.Equal(FrameAccessState.Unavailable, absent.State);
        Assert.Empty(absent.MissingRights);
        Assert.Equal(3, _sockets.Call("fake_receive_all", 1));
    }

    [Fact]
    public void An_address_that_cannot_be_bound_is_left_out_when_another_can()
    {
        _sockets.Call("fake_refuse_binds", 1);
        WindowsAdapter two = _card with { Addresses = [Address("192.0.2.7"), Address("192.0.2.8")] };
        using FrameDevice device = WindowsRawSocketDevice.Open("two", [two], new FrameDeviceOptions());
        Arrive(2, Packet4("198.51.100.1", "192.0.2.8", 8));

        Assert.Equal(1, Drain(device));
        Assert.Equal(0, _sockets.Call("fake_is_open", 1));
        Assert.Equal(8, _sockets.Call("fake_address_byte", (2 << 8) | 7));
    }

    [Fact]
    public void A_packet_wakes_a_wait_and_a_wake_without_one_does_not_end_it()
    {
        using FrameDevice device = Open();
        using var nothing = new Timer(_ => _sockets.Call("fake_wake", 1), null, TimeSpan.FromMilliseconds(50), Timeout.InfiniteTimeSpan);
        using var timer = new Timer(_ => Arrive(1, Packet4("198.51.100.1", Own, 8)), null, TimeSpan.FromMilliseconds(150), Timeout.InfiniteTimeSpan);

        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.FromSeconds(20)));
        Assert.Equal(1, Drain(device));
    }

    [Fact]
    public void Token_and_dispose_end_a_wait()
    {
        FrameDevice device = Open();
        using (var stopping = new CancellationTokenSource(TimeSpan.FromMilliseconds(100)))
        {
            Assert.False(device.Wait(stopping.Token));
        }

        using var timer = new Timer(_ => device.Dispose(), null, TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);
        Assert.False(device.Wait());
        Assert.True(SpinWait.SpinUntil(() => _sockets.Call("fake_is_open", 1) == 0, TimeSpan.FromSeconds(20)));
        Assert.Throws<ObjectDisposedException>(() => device.TrySend(new byte[60]));
    }

    [Fact]
    public void A_network_that_goes_down_is_counted_and_other_failures_are_thrown()
    {
        using FrameDevice device = Open();
        _sockets.Call("fake_fail_receive", 10050);
        Assert.Equal(0, Drain(device));
        Assert.Equal(1, device.Statistics.InterfaceDowns);

        _sockets.Call("fake_fail_receive", 10022);
        LinkException failed = Assert.Throws<LinkException>(() => device.Wait(TimeSpan.Zero));
        Assert.Equal((LinkFailure.System, "recv", 10022), (failed.Failure, failed.Operation, failed.NativeError));
    }

    [Fact]
    public void Waiting_and_receiving_allocate_nothing()
    {
        using var stopping = new CancellationTokenSource();
        using FrameDevice device = Open(new FrameDeviceOptions { Filter = "ip and greater 20" });
        Arrive(1, Packet4("198.51.100.1", Own, 8));
        Assert.Equal(1, Drain(device, stopping.Token));
        for (int i = 0; i < 200; i++)
        {
            Arrive(1, Packet4("198.51.100.1", Own, 8));
        }

        AllocationWatch allocations = AllocationWatch.Start();
        int count = Drain(device, stopping.Token);

        Assert.Equal(0, allocations.Allocated);
        Assert.Equal(200, count);
    }

    private string Own => _card.Addresses.First(static address => address.Value.IsIPv4).Value.ToString();

    private static WindowsAdapterAddress Address(string text, uint scope = 0) => new(InternetAddress.Parse(text), 24, scope);

    private static byte[] Packet4(string source, string destination, int payload)
    {
        byte[] packet = new byte[20 + payload];
        packet[0] = 0x45;
        packet[2] = (byte)(packet.Length >> 8);
        packet[3] = (byte)packet.Length;
        packet[9] = 17;
        IPAddress.Parse(source).TryWriteBytes(packet.AsSpan(12), out _);
        IPAddress.Parse(destination).TryWriteBytes(packet.AsSpan(16), out _);
        return packet;
    }

    private static int Drain(FrameDevice device, CancellationToken stopping = default)
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

    private WindowsRawSocketDevice Open(FrameDeviceOptions? options = null) =>
        WindowsRawSocketDevice.Open(_card.FriendlyName, [_card with { Addresses = [.. _card.Addresses.Where(static address => address.Value.IsIPv4)] }], options ?? new FrameDeviceOptions());

    private void Arrive(int socket, ReadOnlySpan<byte> packet)
    {
        _sockets.Call("fake_draft");
        foreach (byte value in packet)
        {
            _sockets.Call("fake_byte", value);
        }

        Assert.Equal(1, _sockets.Call("fake_arrive", socket));
    }
}
