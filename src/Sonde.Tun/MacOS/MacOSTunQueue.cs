using System.Buffers.Binary;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;

namespace Sonde.Tun.MacOS;

/// <summary>The socket of a utun interface. Before each packet lies its address family, in the batch's framing room.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSTunQueue : TunQueue
{
    // No interface tells when it has room again (ENOBUFS and ENOSPC come while the socket counts as writable).
    private static readonly TimeSpan s_roomPause = TimeSpan.FromMilliseconds(1);

    private readonly MacOSTunDevice _device;
    private readonly UtunSocket _socket;
    private readonly UnixStopSignal _stop = (UnixStopSignal)StopSignal.Create(); // of descriptors on every Unix
    private readonly UtunSlot[] _receiving = new UtunSlot[UtunTransfer.MaxPackets];
    private readonly UtunSlot[] _sending = new UtunSlot[UtunTransfer.MaxPackets];
    private volatile bool _receivesMany;
    private volatile bool _sendsMany;
    private bool _hasSentMany; // sendmsg_x has taken a packet once
    private volatile bool _isDown;
    private volatile int _mtu;

    internal MacOSTunQueue(MacOSTunDevice device, UtunSocket socket, TunOptions options, int mtu)
        : base(device, 0, options)
    {
        _device = device;
        _socket = socket;
        _mtu = mtu;
        bool isBatched = options.MacOS.UsesBatchedCalls && UtunSocket.HasBatchedCalls();
        _receivesMany = isBatched;

        // sendmsg_x does not always tell how many packets went before an error. What must not be sent twice can only be dropped, so
        // whoever wants to wait for room gets a call for each packet.
        _sendsMany = isBatched && options.FullPolicy.Action == TunFullAction.Drop;
    }

    /// <summary>How long packets may be from now on; longer ones that wait already are still received.</summary>
    internal void SetMtu(int mtu) => _mtu = Math.Max(_mtu, mtu);

    /// <summary>Whether this side has taken the interface down: the kernel would swallow packets without a word.</summary>
    internal void SetUp(bool isUp) => _isDown = !isUp;

    private protected override TunStatus ReceiveCore(TunBatch batch)
    {
        using UtunTransfer transfer = _socket.BeginTransfer();
        while (batch.HasRoomForAny)
        {
            TunStatus status = _receivesMany ? ReceiveMany(batch, transfer) : ReceiveOne(batch, transfer);
            if (status != TunStatus.Ok)
            {
                return status;
            }
        }

        return TunStatus.Ok;
    }

    private protected override TunStatus WaitCore(TimeSpan timeout) => Poller.Wait(_socket.Descriptor, _stop.Waitable, timeout) switch
    {
        WaitResult.Ready => TunStatus.Ok,
        WaitResult.Stopped => TunStatus.Closed,
        _ => TunStatus.Empty,
    };

    private protected override TunStatus SendCore(TunBatch batch, ref SendProgress progress)
    {
        if (_isDown)
        {
            if (!_device.AskIsUp())
            {
                return TunStatus.Down;
            }

            _isDown = false; // somebody else has brought it up
        }

        using UtunTransfer transfer = _socket.BeginTransfer();
        while (progress.Next < batch.Count)
        {
            TunStatus status = _sendsMany && batch.Count - progress.Next > 1 ? SendMany(batch, transfer, ref progress) : SendOne(batch, transfer, ref progress);
            if (status != TunStatus.Ok)
            {
                return status;
            }
        }

        return TunStatus.Ok;
    }

    private protected override void WaitForRoomCore(TimeSpan timeout) => _stop.Wait(timeout < s_roomPause ? timeout : s_roomPause);

    private protected override void StopCore() => _stop.Signal();

    private protected override void CloseCore()
    {
        _socket.Dispose();
        _stop.Dispose();
    }

    private TunStatus ReceiveOne(TunBatch batch, in UtunTransfer transfer)
    {
        int start = batch.NextStart;
        int count = transfer.Read(batch.Slab.AsSpan(start - UtunSocket.HeaderSize, UtunSocket.HeaderSize + TunBatch.MaxPacketSize), out int errno);
        if (count <= 0)
        {
            return NothingReceived(count, errno);
        }

        Tally.ReceiveCalls++;
        Take(batch, start, count);
        return TunStatus.Ok;
    }

    private TunStatus ReceiveMany(TunBatch batch, in UtunTransfer transfer)
    {
        // One byte more than a packet may have: whatever fills its slot was cut, or nearly.
        int slot = UtunSocket.HeaderSize + Math.Min(_mtu + 1, TunBatch.MaxPacketSize);
        int first = batch.NextStart;
        int stride = batch.StrideOf(slot - UtunSocket.HeaderSize);
        int last = batch.Slab.Length - (slot - UtunSocket.HeaderSize) - batch.Tailroom;
        int room = Math.Min(Math.Min(batch.Capacity - batch.Count, UtunTransfer.MaxPackets), ((last - first) / stride) + 1);
        Span<UtunSlot> slots = _receiving.AsSpan(0, room);
        for (int i = 0; i < room; i++)
        {
            slots[i] = new UtunSlot(first + (i * stride) - UtunSocket.HeaderSize, slot);
        }

        int count = transfer.ReadMany(batch.Slab, slots, out int errno);
        if (count <= 0)
        {
            if (errno is Darwin.ENOSYS or Darwin.EINVAL or Darwin.EOPNOTSUPP)
            {
                // Exported, and not what it was: one packet a call from now on.
                _receivesMany = false;
                Tally.Downgrades++;
                return TunStatus.Ok;
            }

            return NothingReceived(count, errno);
        }

        Tally.ReceiveCalls++;
        foreach (UtunSlot filled in slots[..count])
        {
            if (filled.Length == slot && slot < UtunSocket.HeaderSize + TunBatch.MaxPacketSize)
            {
                // Longer than the MTU that was known: somebody else has raised it. This one is lost, the next ones have all the room there is.
                Tally.MalformedReceived++;
                _mtu = TunBatch.MaxPacketSize;
            }
            else
            {
                Take(batch, filled.Offset + UtunSocket.HeaderSize, filled.Length);
            }
        }

        return TunStatus.Ok;
    }

    private void Take(TunBatch batch, int start, int count)
    {
        int length = count - UtunSocket.HeaderSize;
        ReadOnlySpan<byte> header = batch.Slab.AsSpan(start - UtunSocket.HeaderSize, UtunSocket.HeaderSize);
        if (length > 0 && BinaryPrimitives.ReadUInt32BigEndian(header) is Darwin.AF_INET or Darwin.AF_INET6)
        {
            batch.CommitAt(start, length);
        }
        else
        {
            Tally.MalformedReceived++;
        }
    }

    private TunStatus NothingReceived(int count, int errno)
    {
        if (count < 0 && errno == Darwin.EAGAIN)
        {
            return TunStatus.Empty;
        }

        // The end of the stream: the kernel has taken the interface away.
        LastError = errno;
        return count == 0 || errno is Darwin.ENXIO or Darwin.ENOTCONN or Darwin.EBADF or Darwin.ECONNRESET ? TunStatus.Gone : TunStatus.Failed;
    }

    private TunStatus SendOne(TunBatch batch, in UtunTransfer transfer, ref SendProgress progress)
    {
        if (!TryFrame(batch, progress.Next, out UtunSlot framed))
        {
            return TunStatus.Invalid;
        }

        if (transfer.Write(batch.Slab.AsSpan(framed.Offset, framed.Length), out int errno) < 0)
        {
            return Refused(errno);
        }

        Tally.SendCalls++;
        progress.Accept();
        return TunStatus.Ok;
    }

    private TunStatus SendMany(TunBatch batch, in UtunTransfer transfer, ref SendProgress progress)
    {
        // The first call takes one packet: refused alone, it surely did not go, and can be sent again in another way.
        int most = _hasSentMany ? UtunTransfer.MaxPackets : 1;
        int count = 0;
        while (count < most && progress.Next + count < batch.Count && TryFrame(batch, progress.Next + count, out UtunSlot framed))
        {
            _sending[count++] = framed;
        }

        if (count == 0)
        {
            return TunStatus.Invalid;
        }

        int sent = transfer.WriteMany(batch.Slab, _sending.AsSpan(0, count), out int errno);
        if (sent > 0)
        {
            _hasSentMany = true;
            Tally.SendCalls++;
            progress.Accept(Math.Min(sent, count));
            return TunStatus.Ok;
        }

        if (!_hasSentMany && sent < 0 && errno is (Darwin.ENOSYS or Darwin.EINVAL or Darwin.EOPNOTSUPP))
        {
            // Exported, and not what it was: one packet a call from now on.
            _sendsMany = false;
            Tally.Downgrades++;
            return TunStatus.Ok;
        }

        TunStatus status = sent == 0 ? TunStatus.Full : Refused(errno);
        return status == TunStatus.Invalid ? TunStatus.Failed : status; // which of them was refused is not told
    }

    // utun does not look into packets: what is none is kept from it here.
    private static bool TryFrame(TunBatch batch, int index, out UtunSlot framed)
    {
        ReadOnlySpan<byte> packet = batch[index];
        uint family = packet.IsEmpty ? 0 : (packet[0] >> 4) switch { 4 => Darwin.AF_INET, 6 => Darwin.AF_INET6, _ => 0u };
        int start = batch.StartOf(index) - UtunSocket.HeaderSize;
        BinaryPrimitives.WriteUInt32BigEndian(batch.Slab.AsSpan(start, UtunSocket.HeaderSize), family);
        framed = new UtunSlot(start, UtunSocket.HeaderSize + packet.Length);
        return family != 0;
    }

    private TunStatus Refused(int errno)
    {
        switch (errno)
        {
            case Darwin.EAGAIN or Darwin.ENOBUFS or Darwin.ENOSPC or Darwin.ENOMEM:
                return TunStatus.Full;
            case Darwin.ENETDOWN:
                return TunStatus.Down;
            default:
                LastError = errno;
                return errno switch
                {
                    Darwin.EINVAL or Darwin.EMSGSIZE => TunStatus.Invalid,
                    Darwin.ENXIO or Darwin.ENOTCONN or Darwin.EBADF or Darwin.EPIPE or Darwin.ECONNRESET => TunStatus.Gone,
                    _ => TunStatus.Failed,
                };
        }
    }
}
