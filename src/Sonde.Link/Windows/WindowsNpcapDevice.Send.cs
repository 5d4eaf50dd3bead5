using Sonde.Interop.Windows;
using Sonde.Packets;

namespace Sonde.Link.Windows;

// Sending: one frame at a time, or a queue that the driver takes by one call.
internal sealed partial class WindowsNpcapDevice
{
    private const int QueueSize = 1 << 20;
    private const int EthernetHeader = 14;
    private const int VlanTag = 4;

    private readonly bool _hasQueue;
    private PcapSendQueue? _queue;

    public override bool TrySend(ReadOnlySpan<byte> frame)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed), this);
        CheckLength(frame.Length);
        try
        {
            _device.Send(frame);
        }
        catch (PcapException refused)
        {
            return Refused(refused.Operation, refused.Reason, refused);
        }

        _counts.Sent++;
        return true;
    }

    public override int Send(FrameSendBatch batch, int start = 0)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, batch.Count);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed), this);
        int at = start;
        while (at < batch.Count)
        {
            // Only the first of a call may throw: what is in its way later was not asked for yet.
            if (at > start && !IsLengthRight(batch[at].Length))
            {
                break;
            }

            CheckLength(batch[at].Length);
            int queued = _hasQueue ? Queue(batch, at) : 0;
            int accepted = queued == 0 ? SendOne(batch, at, start) : Transmit(batch, at, queued, start);
            at += accepted;
            if (accepted < Math.Max(queued, 1))
            {
                break;
            }
        }

        return at - start;
    }

    // Fills the queue with what fits; none when not even the first frame does.
    private int Queue(FrameSendBatch batch, int start)
    {
        _queue ??= CreateQueue();
        _queue.Clear();
        int at = start;
        while (at < batch.Count && IsLengthRight(batch[at].Length) && _queue.TryAdd(batch[at]))
        {
            at++;
        }

        return at - start;
    }

    private PcapSendQueue CreateQueue()
    {
        try
        {
            PcapSendQueue queue = _device.CreateQueue(QueueSize);
            lock (_closing)
            {
                // Who closed meanwhile has not seen it.
                if (_closed)
                {
                    queue.Dispose();
                    throw new ObjectDisposedException(nameof(WindowsNpcapDevice));
                }

                return _queue = queue;
            }
        }
        catch (PcapException refused)
        {
            throw WindowsLinkErrors.From(refused, Name, opened: true);
        }
    }

    private int SendOne(FrameSendBatch batch, int at, int start)
    {
        try
        {
            return TrySend(batch[at]) ? 1 : 0;
        }
        catch (LinkException) when (at > start)
        {
            return 0; // the frames before it were accepted; asked for again, it is the first and its refusal is thrown
        }
    }

    private int Transmit(FrameSendBatch batch, int at, int queued, int start)
    {
        uint sent = _device.Transmit(_queue!, out string? reason); // Queue has made it
        int accepted = NpcapQueue.CountSent(batch, at, queued, sent);
        _counts.Sent += accepted;
        if (accepted == queued)
        {
            return accepted;
        }

        // A refusal in the middle comes again, as that of the first frame, if the caller asks again.
        if (at + accepted > start)
        {
            _counts.SendRefusals++;
        }
        else
        {
            Refused("pcap_sendqueue_transmit", reason ?? "the driver took less than it was given", null);
        }

        return accepted;
    }

    private bool Refused(string operation, string reason, PcapException? inner)
    {
        if (WindowsLinkErrors.IsShortage(reason))
        {
            _counts.SendRefusals++;
            return false;
        }

        throw WindowsLinkErrors.From(inner ?? new PcapException(operation, -1, reason), Name, opened: true);
    }

    // The driver's answer to a frame that is too long is the same as to an adapter that is gone, so it is not asked.
    private bool IsLengthRight(int length) =>
        LinkType != LinkType.Ethernet || (length >= EthernetHeader && length - EthernetHeader - VlanTag <= Mtu);

    private void CheckLength(int length)
    {
        if (IsLengthRight(length))
        {
            return;
        }

        bool tooLong = length > EthernetHeader;
        throw new LinkException(
            tooLong ? LinkFailure.FrameTooLong : LinkFailure.System,
            "pcap_sendpacket",
            Name,
            0,
            tooLong ? $"the frame has {length} bytes, and the interface takes {Mtu} behind the header" : $"the frame has {length} bytes, fewer than its header");
    }
}
