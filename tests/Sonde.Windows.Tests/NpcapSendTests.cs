using Sonde.Link;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>Sending through a look-alike wpcap.dll: one frame, queues, and queues that the driver takes in part.</summary>
[Trait("pass", "link")]
public sealed class NpcapSendTests : IDisposable
{
    private const int Header = 16;
    private const int Shortage = 4;
    private const int BadParameter = 5;

    private readonly NpcapLookalike _npcap = NpcapLookalike.Load();

    public void Dispose()
    {
        Assert.Equal(string.Empty, _npcap.Misuse);
        Assert.Equal(0, _npcap["open"]);
        Assert.Equal(0, _npcap["queues"]);
    }

    [Fact]
    public void One_frame_is_sent_as_it_is()
    {
        using FrameDevice device = _npcap.Open();
        byte[] frame = Frame(60, 7);

        Assert.True(device.TrySend(frame));

        Assert.Equal(frame, _npcap.Sent(0));
        Assert.Equal(1, device.Statistics.Sent);
        Assert.Equal(0, _npcap["transmits"]);
    }

    [Fact]
    public void A_batch_is_handed_over_at_once_and_in_order()
    {
        using FrameDevice device = _npcap.Open();
        FrameSendBatch batch = Batch(60, 61, device.Mtu + 14);

        Assert.Equal(3, device.Send(batch));

        Assert.Equal((1, 3), (_npcap["transmits"], _npcap["sent"]));
        Assert.All([0, 1, 2], index => Assert.Equal(batch[index].ToArray(), _npcap.Sent(index)));
        Assert.Equal(3, device.Statistics.Sent);
    }

    [Fact]
    public void A_queue_is_used_again_from_its_start()
    {
        using FrameDevice device = _npcap.Open();

        Assert.Equal(2, device.Send(Batch(60, 61)));
        Assert.Equal(1, device.Send(Batch(62)));

        Assert.Equal(3, _npcap["sent"]);
        Assert.Equal(62, _npcap.Sent(2).Length);
        Assert.Equal(1, _npcap["queues"]);
    }

    [Fact]
    public void An_empty_batch_is_never_handed_over()
    {
        using FrameDevice device = _npcap.Open();

        Assert.Equal(0, device.Send(new FrameSendBatch()));
        Assert.Equal(0, device.Send(Batch(60), start: 1));

        Assert.Equal(0, _npcap["transmits"]);
    }

    [Fact]
    public void A_batch_larger_than_the_queue_goes_in_several()
    {
        using FrameDevice device = _npcap.Open();
        var batch = new FrameSendBatch(2000, 2000 * 1000);
        while (batch.TryAdd(Frame(1000, batch.Count)))
        {
            Assert.InRange(batch.Count, 1, 2000);
        }

        Assert.Equal(2000, device.Send(batch));

        Assert.Equal((2, 2000), (_npcap["transmits"], _npcap["sent"]));
        Assert.Equal(batch[1999].ToArray(), _npcap.Sent(1999));
    }

    [Theory]
    [InlineData((2 * (60 + Header)) + 5, 2)]
    [InlineData((2 * (60 + Header)) + Header, 2)]
    [InlineData(60 + Header, 1)]
    [InlineData((3 * (60 + Header)) - 1, 2)]
    public void Of_a_queue_taken_in_part_the_whole_frames_are_accepted(int bytes, int frames)
    {
        using FrameDevice device = _npcap.Open();
        FrameSendBatch batch = Batch(60, 60, 60);
        _npcap.Set("transmit_limit", bytes);
        _npcap.Set("transmit_text", BadParameter);

        Assert.Equal(frames, device.Send(batch));

        Assert.Equal(frames, _npcap["sent"]);
        Assert.Equal((frames, 1), (device.Statistics.Sent, device.Statistics.SendRefusals));
        _npcap.Set("transmit_limit", -1);
        Assert.Equal(3 - frames, device.Send(batch, start: frames));
        Assert.Equal(batch[2].ToArray(), _npcap.Sent(2));
    }

    [Fact]
    public void A_driver_without_memory_accepts_nothing_for_now()
    {
        using FrameDevice device = _npcap.Open();
        _npcap.Set("transmit_limit", 0);
        _npcap.Set("transmit_text", Shortage);
        _npcap.Set("send_text", Shortage);

        Assert.Equal(0, device.Send(Batch(60)));
        Assert.False(device.TrySend(Frame(60, 0)));

        Assert.Equal((0, 2), (device.Statistics.Sent, device.Statistics.SendRefusals));
    }

    [Theory]
    [InlineData(BadParameter, LinkFailure.System, 87)]
    [InlineData(2, LinkFailure.InterfaceGone, 1617)]
    public void A_driver_that_refuses_the_first_frame_is_a_failure(int text, LinkFailure failure, int error)
    {
        using FrameDevice device = _npcap.Open();
        _npcap.Set("transmit_limit", 0);
        _npcap.Set("transmit_text", text);
        _npcap.Set("send_text", text);

        LinkException queue = Assert.Throws<LinkException>(() => device.Send(Batch(60)));
        LinkException one = Assert.Throws<LinkException>(() => device.TrySend(Frame(60, 0)));

        Assert.Equal((failure, error, "pcap_sendqueue_transmit"), (queue.Failure, queue.NativeError, queue.Operation));
        Assert.Equal((failure, error, "pcap_sendpacket"), (one.Failure, one.NativeError, one.Operation));
    }

    [Fact]
    public void A_frame_that_is_too_long_is_refused_before_the_driver_sees_it()
    {
        using FrameDevice device = _npcap.Open();
        int longest = device.Mtu + 14 + 4;

        Assert.True(device.TrySend(new byte[longest]));
        Assert.Equal(LinkFailure.FrameTooLong, Assert.Throws<LinkException>(() => device.TrySend(new byte[longest + 1])).Failure);
        Assert.Equal(LinkFailure.System, Assert.Throws<LinkException>(() => device.TrySend(new byte[13])).Failure);
        FrameSendBatch batch = Batch(60, longest + 1, 60);
        Assert.Equal(1, device.Send(batch));
        Assert.Equal(LinkFailure.FrameTooLong, Assert.Throws<LinkException>(() => device.Send(batch, start: 1)).Failure);
        Assert.Equal(1, device.Send(batch, start: 2));

        Assert.Equal(3, _npcap["sent"]);
    }

    [Fact]
    public void Sending_allocates_nothing()
    {
        using FrameDevice device = _npcap.Open();
        FrameSendBatch batch = Batch(60, 60, 60, 60);
        byte[] frame = Frame(60, 1);
        device.Send(batch);
        device.TrySend(frame);
        int rounds = 0;
        Assert.Equal(0, AllocationWatch.Least(() =>
        {
            for (int i = 0; i < 200; i++, rounds++)
            {
                device.Send(batch);
                device.TrySend(frame);
            }
        }));
        Assert.Equal(5 + (5 * rounds), device.Statistics.Sent);
    }

    [Fact]
    public void A_closed_device_sends_no_more_and_keeps_its_counts()
    {
        FrameDevice device = _npcap.Open();
        device.Send(Batch(60, 60));
        device.Dispose();
        device.Dispose();

        Assert.Throws<ObjectDisposedException>(() => device.TrySend(Frame(60, 0)));
        Assert.Throws<ObjectDisposedException>(() => device.Send(Batch(60)));
        Assert.Equal(2, device.Statistics.Sent);
    }

    [Fact]
    public void A_batch_may_not_be_sent_from_behind_its_end()
    {
        using FrameDevice device = _npcap.Open();

        Assert.Throws<ArgumentOutOfRangeException>(() => device.Send(Batch(60), start: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Send(Batch(60), start: -1));
    }

    private static byte[] Frame(int length, int mark)
    {
        byte[] frame = new byte[length];
        frame.AsSpan().Fill((byte)mark);
        return frame;
    }

    private static FrameSendBatch Batch(params ReadOnlySpan<int> lengths)
    {
        var batch = new FrameSendBatch(lengths.Length, 1 << 20);
        foreach (int length in lengths)
        {
            batch.TryAdd(Frame(length, length + batch.Count));
        }

        return batch;
    }
}
