using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Sonde.Testing;
using Sonde.Tun;

namespace Sonde.System.Tests.Tun;

/// <summary>The kernel as the oracle: what it makes of a super-packet, and what we make of it, byte for byte.</summary>
[SupportedOSPlatform("linux")]
public sealed class KernelSegmentationTests
{
    [Theory]
    [InlineData("10.98.0.2", 1448, 20_000)]
    [InlineData("10.98.0.2", 1000, 1_000)]
    [InlineData("10.98.0.2", 7, 448)]
    [InlineData("fd98::2", 1400, 60_000)]
    [InlineData("fd98::2", 33, 1_000)]
    public void Udp_super_packets_are_cut_as_the_kernel_cuts_them(string address, int segmentSize, int payload)
    {
        byte[] data = new byte[payload];
        new Random(payload).NextBytes(data);

        List<byte[]> kernel = Observe(TunOffload.None, socket => SendUdp(socket, address, segmentSize, data), Count(payload, segmentSize));
        List<byte[]> ours = Observe(TunOffload.Segmented, socket => SendUdp(socket, address, segmentSize, data), Count(payload, segmentSize));

        // The identification starts where the kernel likes; how it goes on, and everything else, must agree.
        Assert.Equal(kernel.Select(Normalized(kernel[0])), ours.Select(Normalized(ours[0])));
    }

    [Theory]
    [InlineData(true, 1460, 60_000)]
    [InlineData(true, 700, 7_001)]
    [InlineData(false, 1440, 60_000)]
    [InlineData(false, 555, 2_000)]
    public void Tcp_super_packets_are_cut_as_the_kernel_cuts_them(bool isIPv4, int segmentSize, int payload)
    {
        // A device that takes super-packets is handed one of ours; the kernel routes it to a device that takes none, and so has to cut it.
        byte[] packet = TcpSuperPacket(isIPv4, payload);
        var segmentation = new TunSegmentation
        {
            Kind = isIPv4 ? TunSegmentationKind.TcpIPv4 : TunSegmentationKind.TcpIPv6,
            NeedsChecksum = true,
            SegmentSize = (ushort)segmentSize,
            ChecksumStart = (ushort)(isIPv4 ? 20 : 40),
            ChecksumOffset = 16,
        };
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice source = space.Run(() => TunDevice.Open(Options("in0", TunOffload.Raw, "10.97.0.1/24", "fd97::1/64")));
        using TunDevice sink = space.Run(() => TunDevice.Open(Options("out0", TunOffload.None, "10.98.0.1/24", "fd98::1/64")));
        space.Shell("echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding; echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 0 > /proc/sys/net/ipv4/conf/in0/rp_filter");

        Assert.Equal(TunStatus.Ok, source.Queues[0].Send(packet, segmentation));
        List<byte[]> kernel = Collect(sink.Queues[0], Count(payload, segmentSize), isIPv4);

        // Forwarding takes one hop; ours is cut as it is and then given the same.
        Assert.True(Segmenter.TryCreate(packet, segmentation, out Segmenter segmenter));
        var ours = new List<byte[]>();
        byte[] room = new byte[65535];
        while (!segmenter.IsDone)
        {
            ours.Add(OneHopLess(room[..segmenter.WriteNext(packet, room)]));
        }

        Assert.Equal(kernel.Select(Convert.ToHexString), ours.Select(Convert.ToHexString));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_we_join_the_kernel_cuts_back_into_the_same_packets(bool isIPv4)
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice source = space.Run(() => TunDevice.Open(Options("in0", TunOffload.Segmented, "10.97.0.1/24", "fd97::1/64")));
        using TunDevice sink = space.Run(() => TunDevice.Open(Options("out0", TunOffload.None, "10.98.0.1/24", "fd98::1/64")));
        space.Shell("echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding; echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 0 > /proc/sys/net/ipv4/conf/in0/rp_filter");
        byte[] whole = TcpSuperPacket(isIPv4, 40_000);
        Assert.True(Segmenter.TryCreate(whole, new TunSegmentation { Kind = isIPv4 ? TunSegmentationKind.TcpIPv4 : TunSegmentationKind.TcpIPv6, NeedsChecksum = true, SegmentSize = 1300, ChecksumStart = (ushort)(isIPv4 ? 20 : 40), ChecksumOffset = 16 }, out Segmenter segmenter));
        var batch = new TunBatch();
        segmenter.Fill(whole, batch);
        List<string> sent = [.. Enumerable.Range(0, batch.Count).Select(i => Convert.ToHexString(OneHopLess(batch[i].ToArray())))];

        Assert.Equal(new TunSendResult(batch.Count, 0, TunStatus.Ok), source.Queues[0].Send(batch));

        Assert.Equal(1, source.Counters.SuperPacketsBuilt);
        Assert.Equal(sent, Collect(sink.Queues[0], sent.Count, isIPv4).Select(Convert.ToHexString));
    }

    [Fact]
    public void Super_packets_that_are_refused_though_they_were_granted_go_singly_and_soon_are_not_tried_any_more()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice source = space.Run(() => TunDevice.Open(Options("in0", TunOffload.Segmented, "10.97.0.1/24", "fd97::1/64")));
        using TunDevice sink = space.Run(() => TunDevice.Open(Options("out0", TunOffload.None, "10.98.0.1/24", "fd98::1/64")));
        space.Shell("echo 1 > /proc/sys/net/ipv4/ip_forward; echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 0 > /proc/sys/net/ipv4/conf/in0/rp_filter");
        byte[] whole = TcpSuperPacket(isIPv4: true, 5200);
        Assert.True(Segmenter.TryCreate(whole, new TunSegmentation { Kind = TunSegmentationKind.TcpIPv4, NeedsChecksum = true, SegmentSize = 1300, ChecksumStart = 20, ChecksumOffset = 16 }, out Segmenter segmenter));
        var batch = new TunBatch();
        segmenter.Fill(whole, batch);
        List<string> sent = [.. Enumerable.Range(0, batch.Count).Select(i => Convert.ToHexString(OneHopLess(batch[i].ToArray())))];
        var results = new List<TunSendResult>();
        var downgrades = new List<long>();

        // Only what is joined leaves by writev: to this thread the kernel says of it what broken kernels say.
        RefusingThread.Run(RefusingThread.WriteV, errno: 22, () =>
        {
            for (int round = 0; round < 5; round++)
            {
                results.Add(source.Queues[0].Send(batch));
                downgrades.Add(source.Counters.Downgrades);
            }
        });

        Assert.All(results, result => Assert.Equal(new TunSendResult(4, 0, TunStatus.Ok), result));
        Assert.Equal([1, 2, 3, 3, 3], downgrades);
        Assert.Equal(0, source.Counters.SuperPacketsBuilt);
        Assert.Equal(Enumerable.Repeat(sent, 5).SelectMany(static one => one), Collect(sink.Queues[0], 20, isIPv4: true).Select(Convert.ToHexString));

        // For good: a thread to which nothing is refused does not try either.
        Assert.Equal(new TunSendResult(4, 0, TunStatus.Ok), source.Queues[0].Send(batch));
        Assert.Equal(0, source.Counters.SuperPacketsBuilt);
    }

    [Fact]
    public void A_refusal_now_and_then_does_not_end_the_joining()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice source = space.Run(() => TunDevice.Open(Options("in0", TunOffload.Segmented, "10.97.0.1/24", "fd97::1/64")));
        byte[] whole = TcpSuperPacket(isIPv4: true, 5200);
        Assert.True(Segmenter.TryCreate(whole, new TunSegmentation { Kind = TunSegmentationKind.TcpIPv4, NeedsChecksum = true, SegmentSize = 1300, ChecksumStart = 20, ChecksumOffset = 16 }, out Segmenter segmenter));
        var batch = new TunBatch();
        segmenter.Fill(whole, batch);
        for (int round = 0; round < 4; round++)
        {
            RefusingThread.Run(RefusingThread.WriteV, errno: 22, () => source.Queues[0].Send(batch));
            source.Queues[0].Send(batch);
        }

        Assert.Equal(4, source.Counters.Downgrades);
        Assert.Equal(4, source.Counters.SuperPacketsBuilt);
    }

    [Theory]
    [InlineData(TunOffloadFeatures.Udp)]
    [InlineData(TunOffloadFeatures.TcpEcn)]
    [InlineData(TunOffloadFeatures.Udp | TunOffloadFeatures.TcpEcn)]
    public void What_is_to_be_avoided_is_not_asked_for(TunOffloadFeatures avoided)
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice whole = space.Run(() => TunDevice.Open(Options("all0", TunOffload.Segmented)));
        using TunDevice device = space.Run(() => TunDevice.Open(Options("less0", TunOffload.Segmented) with { Linux = new TunLinuxOptions { AvoidedOffloads = avoided } }));

        Assert.Equal(whole.OffloadFeatures & ~avoided, device.OffloadFeatures);
        Assert.Equal(avoided, whole.OffloadFeatures & avoided); // otherwise this test says nothing
    }

    private static int Count(int payload, int size) => (payload + size - 1) / size;

    private static TunOptions Options(string name, TunOffload offload, params string[] addresses) => new()
    {
        Name = name,
        Offload = offload,
        Configuration = new TunConfiguration { Addresses = [.. addresses.Select(text => TunAddress.Parse(text.AsSpan()))] },
    };

    private static List<byte[]> Observe(TunOffload offload, Action<NetworkNamespace> send, int expected)
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using TunDevice device = space.Run(() => TunDevice.Open(Options("obs0", offload, "10.98.0.1/24", "fd98::1/64")));
        Assert.True(offload == TunOffload.None || device.OffloadFeatures.HasFlag(TunOffloadFeatures.Udp), "this kernel has no UDP segmentation for TUN");
        send(space);
        return Collect(device.Queues[0], expected, isIPv4: null);
    }

    private static List<byte[]> Collect(TunQueue queue, int expected, bool? isIPv4)
    {
        var found = new List<byte[]>();
        var batch = new TunBatch();
        while (found.Count < expected)
        {
            TunStatus status = queue.Receive(batch, TimeSpan.FromSeconds(5));
            Assert.True(status == TunStatus.Ok, $"{status} after {found.Count} of {expected} packets");
            for (int i = 0; i < batch.Count; i++)
            {
                // Neighbour discovery and the like of IPv6 may come between.
                byte[] packet = batch[i].ToArray();
                byte protocol = packet[0] >> 4 == 4 ? packet[9] : packet[6];
                if (protocol is 6 or 17 && (isIPv4 is null || packet[0] >> 4 == (isIPv4.Value ? 4 : 6)))
                {
                    found.Add(packet);
                }
            }
        }

        return found;
    }

    private static void SendUdp(NetworkNamespace space, string address, int segmentSize, byte[] data) => space.Run(() =>
    {
        IPAddress to = IPAddress.Parse(address);
        using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(to.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 40_404));
        socket.SetRawSocketOption(17, 103, BitConverter.GetBytes(segmentSize)); // SOL_UDP, UDP_SEGMENT
        Assert.Equal(data.Length, socket.SendTo(data, new IPEndPoint(to, 5353)));
    });

    private static Func<byte[], string> Normalized(byte[] first) => packet =>
    {
        byte[] copy = [.. packet];
        if (copy[0] >> 4 == 4)
        {
            int relative = (ushort)(((packet[4] << 8) | packet[5]) - ((first[4] << 8) | first[5]));
            (copy[4], copy[5], copy[10], copy[11]) = ((byte)(relative >> 8), (byte)relative, 0, 0);
            Assert.True(Sonde.Packets.InternetChecksum.Compute(packet.AsSpan(0, 20)) == 0);
        }
        else
        {
            (copy[1], copy[2], copy[3]) = (0, 0, 0); // the flow label is a secret of the sender's
        }

        return Convert.ToHexString(copy);
    };

    private static byte[] OneHopLess(byte[] packet)
    {
        if (packet[0] >> 4 == 4)
        {
            packet[8]--;
            packet[10] = packet[11] = 0;
            ushort checksum = Sonde.Packets.InternetChecksum.Compute(packet.AsSpan(0, 20));
            (packet[10], packet[11]) = ((byte)(checksum >> 8), (byte)checksum);
        }
        else
        {
            packet[7]--;
        }

        return packet;
    }

    private static byte[] TcpSuperPacket(bool isIPv4, int payload)
    {
        int transport = isIPv4 ? 20 : 40;
        byte[] packet = new byte[transport + 20 + payload];
        new Random(payload).NextBytes(packet.AsSpan(transport + 20));
        int length = packet.Length;
        if (isIPv4)
        {
            new byte[] { 0x45, 0, (byte)(length >> 8), (byte)length, 0x12, 0x34, 0, 0, 64, 6, 0, 0, 10, 97, 0, 9, 10, 98, 0, 9 }.CopyTo(packet, 0);
            ushort checksum = Sonde.Packets.InternetChecksum.Compute(packet.AsSpan(0, 20));
            (packet[10], packet[11]) = ((byte)(checksum >> 8), (byte)checksum);
        }
        else
        {
            (packet[0], packet[4], packet[5], packet[6], packet[7]) = (0x60, (byte)((length - 40) >> 8), (byte)(length - 40), 6, 64);
            IPAddress.Parse("fd97::9").GetAddressBytes().CopyTo(packet, 8);
            IPAddress.Parse("fd98::9").GetAddressBytes().CopyTo(packet, 24);
        }

        // Ports 1000 and 2000, sequence and acknowledgement, header of five words, ACK and PSH, a window.
        new byte[] { 3, 232, 7, 208, 0xFF, 0xFF, 0xF0, 0, 1, 2, 3, 4, 0x50, 0x18, 2, 0, 0, 0, 0, 0 }.CopyTo(packet, transport);
        byte[] pseudo = [.. isIPv4 ? packet.AsSpan(12, 8) : packet.AsSpan(8, 32), 0, 0, (byte)((length - transport) >> 8), (byte)(length - transport), 0, 0, 0, 6];
        ushort partial = (ushort)~Sonde.Packets.InternetChecksum.Compute(pseudo);
        (packet[transport + 16], packet[transport + 17]) = ((byte)(partial >> 8), (byte)partial);
        return packet;
    }
}
