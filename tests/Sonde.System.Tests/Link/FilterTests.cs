using System.Globalization;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Link;
using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.System.Tests.Link;

/// <summary>Filters in the kernel decide as the interpreter does, from the first frame on.</summary>
public sealed class FilterTests
{
    private const int Seed = 42;

    public static TheoryData<string> OnEthernet() =>
    [
        "ip", "arp", "ip6", "udp", "tcp port 443", "udp port 53 or tcp port 80", "host 192.0.2.1", "src net 198.51.100.0/24", "vlan", "vlan 5", "vlan and udp",
        "vlan 5 and vlan 6", "ether broadcast", "ether multicast", "ether host 02:00:00:00:00:01", "less 100", "greater 500", "ip[6:2] & 0x1fff != 0",
        "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", "not ip", "icmp", "ether[0] & 1 = 1", "len = 64", "ip broadcast", "outbound", "inbound and udp", "port 53",
    ];

    public static TheoryData<string> OnAll() =>
    [
        "ip", "arp", "ip6", "udp", "tcp port 443", "udp port 53 or tcp port 80", "host 192.0.2.1", "src net 198.51.100.0/24", "less 100", "greater 500",
        "ip[6:2] & 0x1fff != 0", "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", "not ip", "inbound", "outbound and udp", "ifindex 1", "link[10] = 1", "len = 70",
    ];

    [Theory]
    [MemberData(nameof(OnEthernet))]
    public void On_one_interface(string filter) => AssertSame("right", filter, inKernel: true);

    [Theory]
    [MemberData(nameof(OnAll))]
    public void On_all_interfaces(string filter) => AssertSame(FrameDevice.AnyInterface, filter, inKernel: true);

    [Theory]
    [InlineData("link[11] = 6")]
    [InlineData("link[12:4] != 0 and udp")]
    public void What_the_kernel_cannot_be_asked_is_decided_here_and_counted(string filter)
    {
        FrameStatistics seen = AssertSame(FrameDevice.AnyInterface, filter, inKernel: false);

        Assert.Equal(2 * Traffic(taggedTwice: false).Count, seen.Delivered + seen.FilteredHere);
    }

    [Fact]
    public void A_program_too_long_for_the_kernel_is_run_here()
    {
        using var wire = new Wire();
        BpfInstruction[] program = [.. Enumerable.Repeat(new BpfInstruction(0, 0, 0, 0), BpfProgram.MaximumLength - 1), new(6, 0, 0, 50)];

        // Both directions of all interfaces need instructions of their own in front of it.
        FrameDevice device = wire.Open(FrameDevice.AnyInterface, new FrameDeviceOptions { Program = program });
        wire.Sender().TrySend(Wire.Numbered(1, 200));

        Assert.False(device.FiltersInKernel);
        Assert.All(Wire.Take(device, 2), static frame => Assert.Equal(50, frame.Length));
        Assert.Equal(2, device.Statistics.Cut);
    }

    [Fact]
    public void Before_it_is_bound_a_socket_sees_nothing_so_nothing_need_be_drained()
    {
        using var wire = new Wire();
        FrameDevice sender = wire.Sender();
        using PacketSocket socket = wire.Host.Run(() => PacketSocket.Open(cooked: false));
        for (int number = 0; number < 1000; number++)
        {
            sender.TrySend(Wire.Numbered(number));
        }

        Assert.Equal(-1, socket.Receive(new byte[100], new byte[100], out _, out _, out NativeError error));
        Assert.Equal(Netlink.EAGAIN, error.Code);
        Assert.Equal(0u, socket.TakeStatistics().tp_packets);
    }

    [Theory]
    [InlineData("ring")]
    [InlineData("slots")]
    [InlineData("socket")]
    public void No_frame_slips_in_while_a_device_is_opened_under_load(string backend)
    {
        using var wire = new Wire();
        FrameDevice sender = wire.Sender();
        using var stop = new CancellationTokenSource();
        var load = new Thread(() =>
        {
            byte[] frame = Wire.Numbered(1);
            while (!stop.IsCancellationRequested)
            {
                sender.TrySend(frame);
            }
        });
        load.Start();
        try
        {
            for (int round = 0; round < 50; round++)
            {
                using FrameDevice device = wire.Host.Run(() => FrameDevice.Open("right", Wire.For(backend) with { Filter = "udp", BufferSize = 1 << 20 }));
                device.Wait(TimeSpan.FromMilliseconds(5));
                foreach (Frame frame in device.Receive())
                {
                    Assert.Fail($"a frame of {frame.WireLength} bytes that is not UDP");
                }

                Assert.Equal(0, device.Statistics.Delivered);
            }
        }
        finally
        {
            stop.Cancel();
            load.Join();
        }
    }

    private static FrameStatistics AssertSame(string name, string filter, bool inKernel)
    {
        using var wire = new Wire();
        wire.Host.Shell("ip address add 192.0.2.1/24 dev right");
        List<byte[]> traffic = Traffic(taggedTwice: name != FrameDevice.AnyInterface);
        int copies = name == FrameDevice.AnyInterface ? 2 : 1;
        FrameDevice all = wire.Open(name);
        FrameDevice filtered = wire.Open(name, new FrameDeviceOptions { Filter = filter });
        FrameDevice sender = wire.Sender();
        foreach (byte[] frame in traffic)
        {
            Assert.True(sender.TrySend(frame));
        }

        var options = new PacketFilterOptions { VlanInMetadata = all.LinkType == LinkType.Ethernet, IPv4Mask = 0xFFFFFF00 };
        PacketFilter oracle = PacketFilter.Compile(filter, all.LinkType, options);
        var expected = new List<string>();
        int count = 0;
        while (count < traffic.Count * copies && all.Wait(TimeSpan.FromSeconds(2)) == FrameWait.Ready)
        {
            foreach (Frame frame in all.Receive())
            {
                count++;
                if (Passes(oracle, frame, inKernel))
                {
                    expected.Add(Convert.ToHexString(frame.Data));
                }
            }
        }

        List<string> passed = [.. Wire.Take(filtered, expected.Count + 1, TimeSpan.FromMilliseconds(200)).Select(Convert.ToHexString)];

        Assert.Equal(traffic.Count * copies, count);
        Assert.Equal(inKernel, filtered.FiltersInKernel);
        Assert.Equal(expected, passed);
        return filtered.Statistics;
    }

    // As the kernel's filter sees it: without the tag that was taken out. Of a frame that was sent with its tag in its bytes, as these are, the
    // kernel's filter of a socket without link headers sees the tag's EtherType as the protocol, though the tag itself is skipped.
    private static bool Passes(PacketFilter filter, Frame frame, bool inKernel)
    {
        if (frame.VlanProtocol == 0)
        {
            return filter.Matches(frame.Data, frame.WireLength, frame.Metadata);
        }

        byte[] bare = frame.LinkType == LinkType.Ethernet
            ? [.. frame.Data[..12], .. frame.Data[16..]]
            : [.. inKernel && frame.Metadata.IsOutgoing ? frame.Data[..2] : frame.Data.Slice(22, 2), .. frame.Data[2..20], .. frame.Data[24..]];
        var metadata = new PacketMetadata(frame.Metadata.IsOutgoing, frame.InterfaceIndex, HasVlanTag: true, frame.VlanTag, frame.VlanProtocol);
        return filter.Matches(bare, frame.WireLength - 4, metadata);
    }

    // Plausible and odd packets: every filter accepts some and refuses some. Of a frame tagged twice the kernel tells a socket without link headers
    // the innermost protocol, and leaves the rest of the inner tag in front of the packet: that no filter can be right about.
    private static List<byte[]> Traffic(bool taggedTwice)
    {
        var random = new Random(Seed);
        var frames = new List<byte[]>();
        string[] addresses = ["C0000201", "C0000202", "C6336407", "C00002FF", "E0000001"];
        string[] ports = ["0035", "0050", "01BB", "3039"];
        for (int number = 0; number < 300; number++)
        {
            string destination = random.Next(4) switch { 0 => "FFFFFFFFFFFF", 1 => "01005E000001", _ => "020000000001" };
            string tag = random.Next(5) switch { 0 => "81000005", 1 when taggedTwice => "8100000581000006", 2 => "88A80007", _ => string.Empty };
            string fragment = random.Next(6) == 0 ? "2010" : "4000";
            string protocol = random.Next(4) switch { 0 => "06", 1 => "11", 2 => "01", _ => "84" };
            string network = $"4500{60 + (number % 7):X4}{number:X4}{fragment}40{protocol}0000{Pick(addresses)}{Pick(addresses)}";
            string transport = $"{Pick(ports)}{Pick(ports)}{number:X8}{random.Next():X8}50{random.Next(64):X2}FFFF00000000";
            string frame = destination + "020000000002" + tag + random.Next(8) switch
            {
                0 => "0806" + "0001080006040001" + "020000000002" + Pick(addresses) + "000000000000" + Pick(addresses),
                1 => $"86DD6000000000{28:X2}{protocol}40" + new string('2', 32) + new string('3', 32) + transport,
                _ => "0800" + network + transport,
            };
            byte[] bytes = Convert.FromHexString(frame);
            frames.Add([.. bytes, .. new byte[Math.Max(0, 60 - bytes.Length) + (random.Next(4) == 0 ? random.Next(900) : random.Next(3))]]);
        }

        return frames;

        string Pick(string[] from) => from[random.Next(from.Length)].ToUpper(CultureInfo.InvariantCulture);
    }
}
