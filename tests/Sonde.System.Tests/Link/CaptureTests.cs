using System.Diagnostics;
using Sonde.Link;
using Sonde.Packets;
using Sonde.Packets.Files;

namespace Sonde.System.Tests.Link;

/// <summary>What a device sees, against tcpdump on the same wire.</summary>
public sealed class CaptureTests
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(200);

    public static TheoryData<string> Backends() => Wire.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Frames_are_those_of_tcpdump_to_the_byte(string backend)
    {
        using var wire = new Wire();
        List<byte[]> frames = Traffic();
        using var file = new TemporaryFile();
        Process tcpdump = Tcpdump(wire, "right", file.Path, frames.Count);
        FrameDevice device = wire.Open("right", Wire.For(backend));
        SendAll(wire.Sender(), frames);

        List<byte[]> ours = Wire.Take(device, frames.Count);

        Assert.True(tcpdump.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Equal(Read(file.Path), ours);
        Assert.Equal(frames, ours); // veth changes nothing, and the tag that the kernel took out is back
        Assert.Equal((LinkType.Ethernet, $"af_packet {backend}"), (device.LinkType, device.Backend));
        Assert.Equal((frames.Count, 0L, 0L), (device.Statistics.Delivered, device.Statistics.Dropped, device.Statistics.Malformed));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Cooked_frames_of_all_interfaces_are_those_of_tcpdump_to_the_byte(string backend)
    {
        using var wire = new Wire();

        // Of a tagged frame tcpdump shows the inside only; we show the tag. That one is compared to what was sent instead.
        List<byte[]> frames = [.. Traffic().Where(frame => frame[12] != 0x81 && frame[12] != 0x88)];
        using var file = new TemporaryFile();
        Process tcpdump = Tcpdump(wire, "any", file.Path, frames.Count * 2, "--linktype=LINUX_SLL2");
        FrameDevice device = wire.Open(FrameDevice.AnyInterface, Wire.For(backend));
        SendAll(wire.Sender(), frames);

        List<byte[]> ours = Wire.Take(device, frames.Count * 2);

        Assert.True(tcpdump.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Equal(Read(file.Path).Select(WithoutAddressTail), ours.Select(WithoutAddressTail));
        Assert.Equal(LinkType.LinuxSll2, device.LinkType);
    }

    [Fact]
    public void A_tag_stands_in_a_cooked_frame_too()
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open(FrameDevice.AnyInterface, new FrameDeviceOptions { Directions = FrameDirections.Inbound });
        byte[] frame = [.. Wire.Numbered(1)[..12], 0x81, 0x00, 0x20, 0x05, .. Wire.Numbered(1)[12..]];
        SendAll(wire.Sender(), [frame]);

        byte[] seen = Assert.Single(Wire.Take(device, 1));

        Assert.Equal([0x81, 0x00, 0, 0], seen[..4]);
        Assert.Equal(frame[14..], seen[20..]);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void What_stands_beside_the_bytes_is_told(string backend)
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open("right", Wire.For(backend));
        byte[] frame = [.. Wire.Numbered(1)[..12], 0x88, 0xA8, 0x20, 0x05, .. Wire.Numbered(1)[12..]];
        long before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        SendAll(wire.Sender(), [frame]);
        Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.FromSeconds(5)));

        foreach (Frame seen in device.Receive())
        {
            Assert.Equal((0x88A8, 0x2005, 64, 64), (seen.VlanProtocol, seen.VlanTag, seen.WireLength, seen.Data.Length));
            Assert.Equal((PacketDirection.Inbound, FrameAudience.Broadcast, FrameClock.Kernel), (seen.Direction, seen.Audience, seen.Clock));
            Assert.Equal(device.InterfaceIndex, seen.InterfaceIndex);
            Assert.InRange(seen.TimestampNanoseconds / 1_000_000, before, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 1);
        }

        Assert.Equal(1, device.Statistics.Delivered);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_frame_is_cut_to_the_snap_length_and_its_true_length_is_told(string backend)
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open("right", Wire.For(backend) with { SnapLength = 40 });
        byte[] tagged = [.. Wire.Numbered(2, 200)[..12], 0x81, 0x00, 0x20, 0x05, .. Wire.Numbered(2, 200)[12..]];
        SendAll(wire.Sender(), [Wire.Numbered(1, 300), tagged]);
        var seen = new List<(int, int)>();
        while (seen.Count < 2 && device.Wait(TimeSpan.FromSeconds(2)) == FrameWait.Ready)
        {
            foreach (Frame frame in device.Receive())
            {
                seen.Add((frame.Data.Length, frame.WireLength));
            }
        }

        Assert.Equal([(40, 300), (40, 204)], seen);
        Assert.Equal(2, device.Statistics.Cut);
    }

    [Fact]
    public void A_frame_too_long_for_a_slot_is_cut_by_its_snap_length_too()
    {
        using var wire = new Wire();
        wire.Host.Shell("ip link set left mtu 20000 && ip link set right mtu 20000");
        FrameDevice device = wire.Open("right", new FrameDeviceOptions { Mode = FrameMode.Latency, SnapLength = 10_000 });
        byte[] frame = Wire.Numbered(1, 15_000);
        SendAll(wire.Sender(), [frame]);

        Assert.Equal([frame[..10_000]], Wire.Take(device, 1));
        Assert.Equal(("af_packet socket", 1), (device.Backend, device.Statistics.Cut));
    }

    [Theory]
    [InlineData(FrameDirections.Inbound, 0, 5)]
    [InlineData(FrameDirections.Outbound, 5, 0)]
    [InlineData(FrameDirections.Both, 5, 5)]
    [InlineData(FrameDirections.None, 0, 0)]
    public void Only_the_wanted_directions_are_handed_out(FrameDirections directions, int atLeft, int atRight)
    {
        using var wire = new Wire();
        var options = new FrameDeviceOptions { Mode = FrameMode.Latency, Directions = directions };
        FrameDevice left = wire.Open("left", options);
        FrameDevice right = wire.Open("right", options);
        SendAll(wire.Sender(), [.. Enumerable.Range(0, 5).Select(static number => Wire.Numbered(number))]);

        Assert.Equal((atLeft, atRight), (Wire.Take(left, 10, s_idle).Count, Wire.Take(right, 10, s_idle).Count));
    }

    [Theory]
    [InlineData("lo")]
    [InlineData(FrameDevice.AnyInterface)]
    public void A_frame_of_the_loopback_is_seen_once(string name)
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open(name);
        SendAll(wire.Sender("lo"), [Wire.Numbered(1), Wire.Numbered(2)]);

        Assert.Equal(2, Wire.Take(device, 10, s_idle).Count);
    }

    [Fact]
    public void A_device_for_one_EtherType_sees_no_other_and_not_its_own()
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open("right", new FrameDeviceOptions { Mode = FrameMode.Latency, EtherType = 0x88A4 });
        FrameDevice other = wire.Open("left", new FrameDeviceOptions { Mode = FrameMode.Latency, EtherType = 0x88A4 });
        SendAll(other, [Wire.Numbered(1), Wire.Numbered(2, etherType: 0x88A4)]);

        Assert.Equal([Wire.Numbered(2, etherType: 0x88A4)], Wire.Take(device, 10, s_idle));
        Assert.Empty(Wire.Take(other, 1, s_idle));
    }

    [Fact]
    public void An_interface_is_promiscuous_as_long_as_the_device_is_open()
    {
        using var wire = new Wire();
        Assert.Contains("promiscuity 0", wire.Host.Shell("ip -d link show right"), StringComparison.Ordinal);
        using (wire.Host.Run(() => FrameDevice.Open("right", new FrameDeviceOptions { Promiscuous = true })))
        {
            Assert.Contains("promiscuity 1", wire.Host.Shell("ip -d link show right"), StringComparison.Ordinal);
        }

        Assert.Contains("promiscuity 0", wire.Host.Shell("ip -d link show right"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tunnel_of_layer_three_has_bare_packets()
    {
        using var wire = new Wire();
        wire.Host.Shell("ip tuntap add mode tun name tunnel && ip link set tunnel up");

        Assert.Equal(LinkType.Raw, wire.Open("tunnel").LinkType);
    }

    [Fact]
    public void Hardware_times_fall_back_to_the_kernels_where_the_card_has_none()
    {
        using var wire = new Wire();
        foreach (string backend in (string[])["ring", "slots", "socket"])
        {
            FrameDevice device = wire.Open("right", Wire.For(backend) with { HardwareTimestamps = true });
            SendAll(wire.Sender(), [Wire.Numbered(1)]);
            Assert.Equal(FrameWait.Ready, device.Wait(TimeSpan.FromSeconds(5)));
            foreach (Frame frame in device.Receive())
            {
                Assert.Equal(FrameClock.Kernel, frame.Clock);
                Assert.NotEqual(0, frame.TimestampNanoseconds);
            }
        }
    }

    [Fact]
    public async Task Frames_come_as_a_stream_and_as_an_asynchronous_sequence()
    {
        using var wire = new Wire();
        using Stream left = wire.Open("left", new FrameDeviceOptions { Mode = FrameMode.Latency, EtherType = 0x88A4 }).AsStream();
        FrameDevice right = wire.Open("right", new FrameDeviceOptions { Mode = FrameMode.Latency, EtherType = 0x88A4 });
        byte[] frame = Wire.Numbered(1, 100, 0x88A4);
        left.Write(frame, 0, frame.Length);
        Assert.Equal(frame, await First(right));
        right.TrySend(frame);
        byte[] buffer = new byte[2000];
        Assert.Equal(100, left.Read(buffer, 0, buffer.Length));
        Assert.Equal(frame, buffer[..100]);

        static async Task<byte[]?> First(FrameDevice device)
        {
            await foreach (OwnedFrame one in device.ReadFramesAsync())
            {
                using (one)
                {
                    return one.Data.ToArray();
                }
            }

            return null;
        }
    }

    // Every length, plain, tagged, tagged twice, 802.3.
    private static List<byte[]> Traffic()
    {
        var frames = new List<byte[]>();
        for (int number = 0; number < 400; number++)
        {
            byte[] plain = Wire.Numbered(number, 60 + (number * 1437 / 400));
            frames.Add((number % 4) switch
            {
                0 => plain,
                1 => [.. plain[..12], 0x81, 0x00, 0x60, (byte)number, .. plain[12..]],
                2 => [.. plain[..12], 0x88, 0xA8, 0x00, (byte)number, 0x81, 0x00, 0x0F, 0xFF, .. plain[12..]],
                _ => [.. plain[..12], 0x00, 0x2E, 0x42, 0x42, 0x03, .. plain[17..]],
            });
        }

        return frames;
    }

    private static void SendAll(FrameDevice sender, IReadOnlyList<byte[]> frames)
    {
        foreach (byte[] frame in frames)
        {
            Assert.True(sender.TrySend(frame));
        }
    }

    private static Process Tcpdump(Wire wire, string name, string file, int count, params string[] more)
    {
        Process process = wire.Start("tcpdump", ["-i", name, "-w", file, "-c", $"{count}", "-s", "0", "-Z", "root", .. more]);
        string? line;
        do
        {
            line = process.StandardError.ReadLine();
        }
        while (line is not null && !line.Contains("listening on", StringComparison.Ordinal));
        Assert.NotNull(line);
        return process;
    }

    private static List<byte[]> Read(string path)
    {
        var frames = new List<byte[]>();
        using FileStream stream = File.OpenRead(path);
        using CaptureReader reader = CaptureReader.Open(stream);
        while (reader.TryRead(out CapturedPacket packet))
        {
            frames.Add(packet.Data.ToArray());
        }

        return frames;
    }

    // Behind the six bytes of an address libpcap copies two that the kernel never wrote.
    private static byte[] WithoutAddressTail(byte[] frame) => [.. frame[..18], 0, 0, .. frame[20..]];

    private sealed class TemporaryFile : IDisposable
    {
        internal string Path { get; } = global::System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
