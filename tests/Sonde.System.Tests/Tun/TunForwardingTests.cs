using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json;
using Sonde.Testing;
using Sonde.Tun;

namespace Sonde.System.Tests.Tun;

/// <summary>Real traffic of the kernel through two devices and a forwarder in C#.</summary>
[SupportedOSPlatform("linux")]
public sealed class TunForwardingTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static TheoryData<TunOffload, TunOffload> Modes() => new()
    {
        { TunOffload.None, TunOffload.None },
        { TunOffload.Segmented, TunOffload.Segmented },
        { TunOffload.Raw, TunOffload.Raw },

        // Super-packets that the other side cannot take are cut on the way out.
        { TunOffload.Raw, TunOffload.None },
        { TunOffload.Segmented, TunOffload.None },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public void Ping_crosses_in_both_families_and_at_full_size(TunOffload left, TunOffload right)
    {
        using var pair = new TunPair(left, right);

        pair.Left.Shell("ping -c 3 -i 0.05 -W 2 10.99.0.2");
        pair.Left.Shell("ping -c 3 -i 0.05 -W 2 fd99::2");
        pair.Right.Shell("ping -c 2 -i 0.05 -W 2 -M do -s 1472 10.99.0.1");
        pair.Right.Shell("ping -c 2 -i 0.05 -W 2 -M do -s 1452 fd99::1");
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Tcp_crosses_whole_in_both_families_and_directions_and_allocates_nothing(TunOffload left, TunOffload right)
    {
        using var pair = new TunPair(left, right);

        Transfer(pair.Left, pair.Right, "10.99.0.2");
        Transfer(pair.Left, pair.Right, "fd99::2");
        Transfer(pair.Right, pair.Left, "10.99.0.1");
        Transfer(pair.Right, pair.Left, "fd99::1");

        Assert.Equal(0, pair.Allocated);
        TunCounters counters = pair.LeftDevice.Counters + pair.RightDevice.Counters;
        Assert.Equal(0, counters.MalformedReceived + counters.DroppedInvalid + counters.DroppedFull + counters.DroppedDown + counters.DroppedFailed + counters.Downgrades);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Udp_crosses_without_loss_or_disorder_in_both_families_and_allocates_nothing(TunOffload left, TunOffload right)
    {
        using var pair = new TunPair(left, right);

        SendDatagrams(pair, "10.99.0.2", segmentSize: 0);
        SendDatagrams(pair, "fd99::2", segmentSize: 0);

        // 30 datagrams by one call: the kernel hands them on as one super-packet where the device takes it.
        SendDatagrams(pair, "10.99.0.2", segmentSize: 1200);
        SendDatagrams(pair, "fd99::2", segmentSize: 1200);

        Assert.Equal(0, pair.Allocated);
    }

    [Fact]
    public void Iperf3_crosses_in_every_mode_and_both_families()
    {
        foreach (TunOffload mode in new[] { TunOffload.None, TunOffload.Segmented, TunOffload.Raw })
        {
            using var pair = new TunPair(mode, mode);
            foreach (string address in new[] { "10.99.0.2", "fd99::2" })
            {
                Assert.True(Iperf(pair, $"-c {address} -t 1").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() > 10e6);

                // A socket without room on a busy machine is not ours, and TCP may fill a device's queue; at this rate the devices lose nothing.
                long before = Dropped(pair.Left, "left0") + Dropped(pair.Right, "right0");
                Iperf(pair, $"-c {address} -t 1 -u -b 20M -l 1200");
                Assert.Equal(before, Dropped(pair.Left, "left0") + Dropped(pair.Right, "right0"));
            }
        }
    }

    [Fact]
    public void Raw_and_segmented_move_many_packets_a_call_where_plain_moves_one()
    {
        using var plain = new TunPair(TunOffload.None, TunOffload.None);
        using var segmented = new TunPair(TunOffload.Segmented, TunOffload.Segmented);
        using var raw = new TunPair(TunOffload.Raw, TunOffload.Raw);
        foreach (TunPair pair in new[] { plain, segmented, raw })
        {
            Iperf(pair, "-c 10.99.0.2 -n 32M");
        }

        Assert.Equal(plain.LeftDevice.Counters.ReceivedPackets, plain.LeftDevice.Counters.ReceiveCalls);
        Assert.True(segmented.LeftDevice.Counters.ReceivedPackets > 8 * segmented.LeftDevice.Counters.ReceiveCalls, segmented.LeftDevice.Counters.ToString());
        Assert.True(segmented.RightDevice.Counters.SentPackets > 8 * segmented.RightDevice.Counters.SendCalls, segmented.RightDevice.Counters.ToString());
        Assert.True(raw.LeftDevice.Counters.ReceivedBytes > 10_000 * raw.LeftDevice.Counters.ReceiveCalls, raw.LeftDevice.Counters.ToString());
    }

    // What is sent from one namespace arrives in the other byte by byte, by the sums of both ends.
    private static void Transfer(NetworkNamespace from, NetworkNamespace to, string address)
    {
        const int Size = 32 << 20;
        using Socket listener = to.Run(() => new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        listener.Listen();
        using Socket sender = from.Run(() => new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        sender.Connect(listener.LocalEndPoint!); // it is bound
        using Socket receiver = listener.Accept();
        byte[] sent = [];
        var writer = new Thread(() =>
        {
            using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] block = new byte[1 << 16];
            var random = new Random(17);
            for (int left = Size; left > 0; left -= block.Length)
            {
                random.NextBytes(block);
                sum.AppendData(block);
                for (int at = 0; at < block.Length;)
                {
                    at += sender.Send(block.AsSpan(at));
                }
            }

            sender.Shutdown(SocketShutdown.Send);
            sent = sum.GetHashAndReset();
        });
        writer.Start();
        receiver.ReceiveTimeout = 20_000;
        using var received = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 18];
        int total = 0;
        for (int count; (count = receiver.Receive(buffer)) > 0; total += count)
        {
            received.AppendData(buffer.AsSpan(0, count));
        }

        writer.Join();
        Assert.Equal(Size, total);
        Assert.Equal(sent, received.GetHashAndReset());
    }

    // Numbered datagrams, 30 at a time; the next 30 leave when these have arrived, so no socket buffer overflows.
    private static void SendDatagrams(TunPair pair, string address, int segmentSize)
    {
        const int SolUdp = 17;
        const int UdpSegment = 103;
        const int Size = 1200;
        const int Burst = 30;
        using Socket receiver = pair.Right.Run(() => new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        receiver.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        using Socket sender = pair.Left.Run(() => new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        sender.Connect(receiver.LocalEndPoint!); // it is bound
        if (segmentSize > 0)
        {
            sender.SetRawSocketOption(SolUdp, UdpSegment, BitConverter.GetBytes(segmentSize));
        }

        byte[] burst = new byte[Burst * Size];
        byte[] buffer = new byte[65536];
        for (int number = 0; number < 100 * Burst; number += Burst)
        {
            for (int i = 0; i < Burst; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(burst.AsSpan(i * Size), number + i);
            }

            for (int at = 0; at < burst.Length;)
            {
                at += sender.Send(burst.AsSpan(at, segmentSize > 0 ? burst.Length : Size));
            }

            for (int i = 0; i < Burst; i++)
            {
                if (!receiver.Poll(s_patience, SelectMode.SelectRead))
                {
                    Assert.Fail($"datagram {number + i} of {segmentSize} to {address} did not arrive. Left: {pair.LeftDevice.Counters}; right: {pair.RightDevice.Counters}\n{pair.Right.Shell("ip -6 addr; ip -6 route show table all; cat /proc/net/snmp /proc/net/snmp6; ip -s link")}");
                }

                Assert.Equal(Size, receiver.Receive(buffer));
                Assert.Equal(number + i, BinaryPrimitives.ReadInt32BigEndian(buffer));
            }
        }
    }

    private static long Dropped(NetworkNamespace where, string device)
    {
        JsonElement counters = JsonDocument.Parse(where.Shell($"ip -j -s link show {device}")).RootElement[0].GetProperty("stats64");
        return new[] { "rx", "tx" }.Sum(side => counters.GetProperty(side).GetProperty("dropped").GetInt64() + counters.GetProperty(side).GetProperty("errors").GetInt64());
    }

    private static JsonElement Iperf(TunPair pair, string arguments)
    {
        pair.Right.Shell("iperf3 -s -1 -D -p 5299");
        string output = string.Empty;
        for (int attempt = 0; ; attempt++)
        {
            ProgramResult result = pair.Left.Run(() => ChildProcess.Shell($"iperf3 -J -p 5299 --connect-timeout 3000 {arguments}", TimeSpan.FromSeconds(60)));
            if (result.ExitCode == 0 && !result.Output.Contains("\"error\":", StringComparison.Ordinal))
            {
                output = result.Output;
                break;
            }

            Assert.True(attempt < 20, result.Output + result.Error); // the server needs a moment to listen
            pair.Left.Shell("sleep 0.1");
        }

        return JsonDocument.Parse(output).RootElement.GetProperty("end").Clone();
    }
}
