using Sonde.Link;
using Sonde.Testing;
using Sonde.Packets.Files;

namespace Sonde.System.Tests.Link;

/// <summary>Frames out: alone and in batches, and devices that share what comes in.</summary>
public sealed class SendTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_is_accepted_and_arrives_whole_and_in_order(bool bypass)
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open("right");
        FrameDevice sender = wire.Open("left", new FrameDeviceOptions { Directions = FrameDirections.None, BypassQueue = bypass });
        var batch = new FrameSendBatch(maxFrames: 200, capacity: 200 * 300);
        for (int number = 0; number < 200; number++)
        {
            Assert.True(batch.TryAdd(Wire.Numbered(number, 60 + number)));
        }

        Assert.Equal(200, sender.Send(batch));

        Assert.Equal(Enumerable.Range(0, 200).Select(static number => Wire.Numbered(number, 60 + number)), Wire.Take(device, 200));
        Assert.Equal((200, 0), (sender.Statistics.Sent, sender.Statistics.SendRefusals));
        Assert.Equal(50, sender.Send(batch, 150));
        Assert.Equal(Wire.Numbered(150, 210), Wire.Take(device, 50)[0]);
        Assert.Equal(0, sender.Send(batch, 200));
        batch.Clear();
        Assert.Equal(0, sender.Send(batch));
    }

    [Fact]
    public void A_frame_longer_than_the_interface_takes_is_refused_and_those_before_it_are_sent()
    {
        using var wire = new Wire();
        FrameDevice device = wire.Open("right", new FrameDeviceOptions { Mode = FrameMode.Latency });
        FrameDevice sender = wire.Sender();
        byte[] longest = Wire.Numbered(1, sender.Mtu + 14);
        byte[] tooLong = Wire.Numbered(2, sender.Mtu + 15);
        var batch = new FrameSendBatch();
        Assert.True(batch.TryAdd(longest) && batch.TryAdd(tooLong) && batch.TryAdd(longest));

        Assert.Equal(1500, sender.Mtu);
        Assert.Equal(LinkFailure.FrameTooLong, Assert.Throws<LinkException>(() => sender.TrySend(tooLong)).Failure);
        Assert.Equal(1, sender.Send(batch));
        Assert.Equal(LinkFailure.FrameTooLong, Assert.Throws<LinkException>(() => sender.Send(batch, 1)).Failure);
        Assert.Equal(1, sender.Send(batch, 2));
        Assert.Equal([longest, longest], Wire.Take(device, 3, TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public void Down_gone_and_cooked_interfaces_refuse_each_for_its_reason()
    {
        using var wire = new Wire();
        FrameDevice sender = wire.Sender();
        wire.Host.Shell("ip link set left down");
        Assert.Equal(LinkFailure.InterfaceDown, Assert.Throws<LinkException>(() => sender.TrySend(Wire.Numbered(1))).Failure);
        Assert.Equal(1, sender.Statistics.InterfaceDowns);
        wire.Host.Shell("ip link del left");
        Assert.Equal(LinkFailure.InterfaceGone, Assert.Throws<LinkException>(() => sender.TrySend(Wire.Numbered(1))).Failure);
        Assert.Equal(LinkFailure.NotSupported, Assert.Throws<LinkException>(() => wire.Sender(FrameDevice.AnyInterface).TrySend(Wire.Numbered(1))).Failure);
    }

    [Fact]
    public void A_full_queue_accepts_a_part_and_the_rest_later()
    {
        using var wire = new Wire();

        // One frame in ten milliseconds passes; what waits counts against the sender's buffer.
        wire.Host.Shell("command -v tc > /dev/null && tc qdisc replace dev left root tbf rate 1mbit burst 2kb limit 1mb");
        FrameDevice sender = wire.Sender();
        var batch = new FrameSendBatch(maxFrames: 1000, capacity: 1000 * 1500);
        while (batch.TryAdd(Wire.Numbered(1, 1500)))
        {
        }

        int accepted = sender.Send(batch);

        Assert.InRange(accepted, 1, 999);
        Assert.Equal((accepted, 1), (sender.Statistics.Sent, sender.Statistics.SendRefusals));
        Assert.True(SpinWait.SpinUntil(() => sender.Send(batch, accepted) > 0, TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData(FanoutMode.Hash)]
    [InlineData(FanoutMode.RoundRobin)]
    public void A_group_of_two_shares_all_frames_and_each_goes_to_one(FanoutMode mode)
    {
        using var wire = new Wire();
        var options = new FrameDeviceOptions { Mode = FrameMode.Latency, Fanout = new FanoutGroup(7, mode), Directions = FrameDirections.Inbound };
        FrameDevice first = wire.Open("right", options);
        FrameDevice second = wire.Open("right", options);
        FrameDevice sender = wire.Sender();
        var sent = new List<byte[]>();
        for (int flow = 0; flow < 200; flow++)
        {
            byte[] frame = Wire.Numbered(flow, 60, 0x0800);
            Convert.FromHexString("4500002E0000400040110000C0000201C0000202").CopyTo(frame, 14);
            BitConverter.TryWriteBytes(frame.AsSpan(34), (ushort)(flow + 1000)); // the port that tells flows apart
            sent.Add(frame);
            Assert.True(sender.TrySend(frame));
        }

        List<byte[]> one = Wire.Take(first, 201, TimeSpan.FromMilliseconds(200));
        List<byte[]> other = Wire.Take(second, 201, TimeSpan.FromMilliseconds(200));

        Assert.Equal(sent.Select(Convert.ToHexString).Order(), one.Concat(other).Select(Convert.ToHexString).Order());
        Assert.InRange(one.Count, mode == FanoutMode.RoundRobin ? 100 : 20, mode == FanoutMode.RoundRobin ? 100 : 180);
    }

    [Theory]
    [InlineData("ring", "right", null)]
    [InlineData("ring", "any", "link[11] = 6")]
    [InlineData("slots", "right", null)]
    [InlineData("socket", "right", null)]
    [InlineData("slots", "any", "link[11] = 6")]
    [InlineData("socket", "any", "link[11] = 6")]
    public void No_path_of_a_frame_allocates(string backend, string name, string? filter)
    {
        using var wire = new Wire();
        FrameDeviceOptions options = Wire.For(backend) with { Filter = filter, Directions = FrameDirections.Inbound, BlockTimeout = TimeSpan.FromMilliseconds(1) };
        FrameDevice device = wire.Open(name, options);
        FrameDevice sender = wire.Sender();
        using var source = new CancellationTokenSource();
        var batch = new FrameSendBatch();
        byte[] frame = Wire.Numbered(1, 100);
        byte[] tagged = [.. frame[..12], 0x81, 0x00, 0x00, 0x05, .. frame[12..]];
        Assert.Equal(130, Cycle(130));
        Assert.Equal(FrameWait.TimedOut, device.Wait(TimeSpan.FromMilliseconds(50), source.Token)); // the first sleep with a token registers it

        int seen = 0;

        Assert.Equal(0, AllocationWatch.Least(() => seen = Cycle(13_000)));
        Assert.Equal(13_000, seen);

        int Cycle(int frames)
        {
            int sent = 0;
            int received = 0;
            while (received < frames)
            {
                if (sent < frames)
                {
                    batch.Clear();
                    while (batch.TryAdd(batch.Count % 2 == 0 ? frame : tagged))
                    {
                    }

                    sent += sender.Send(batch);
                    sent += sender.TrySend(frame) ? 1 : 0;
                }

                if (device.Wait(TimeSpan.FromSeconds(1), source.Token) != FrameWait.Ready)
                {
                    return received;
                }

                foreach (Frame one in device.Receive())
                {
                    received += one.Direction == PacketDirection.Inbound ? 1 : 0;
                }
            }

            return received;
        }
    }

    [Theory]
    [InlineData("slots", 0)]
    [InlineData("socket", 0)]
    [InlineData("slots", 2)]
    [InlineData("socket", 2)]
    [InlineData("ring", 0)]
    public void Question_and_answer_allocate_nothing_and_nothing_is_lost(string backend, int spinMilliseconds)
    {
        const int Rounds = 500;
        using var wire = new Wire();
        FrameDeviceOptions options = Wire.For(backend) with
        {
            EtherType = backend == "socket" ? (ushort)0 : (ushort)0x88A4,
            Directions = FrameDirections.Inbound,
            Spin = TimeSpan.FromMilliseconds(spinMilliseconds),
            BlockTimeout = TimeSpan.FromMilliseconds(1),
        };
        FrameDevice left = wire.Open("left", options);
        FrameDevice right = wire.Open("right", options);
        var echo = new Thread(() =>
        {
            while (right.Wait())
            {
                foreach (Frame frame in right.Receive())
                {
                    right.TrySend(frame.Data);
                }
            }
        });
        echo.Start();
        byte[] question = Wire.Numbered(1, 60, 0x88A4);
        Assert.Equal(10, Ask(10));

        int answered = 0;
        long allocated = AllocationWatch.Least(() => answered = Ask(Rounds));
        right.Dispose();

        Assert.True(echo.Join(TimeSpan.FromSeconds(20)));
        Assert.Equal((Rounds, 0L), (answered, allocated));

        int Ask(int rounds)
        {
            int answers = 0;
            for (int round = 0; round < rounds; round++)
            {
                left.TrySend(question);
                if (left.Wait(TimeSpan.FromSeconds(2)) != FrameWait.Ready)
                {
                    break;
                }

                foreach (Frame frame in left.Receive())
                {
                    answers += frame.Data.SequenceEqual(question) ? 1 : 0;
                }
            }

            return answers;
        }
    }
}
