using System.Runtime.Versioning;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;
using LibC = Sonde.Interop.Linux.LibC;

namespace Sonde.Tun.Linux;

/// <summary>One descriptor of /dev/net/tun.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxTunQueue : TunQueue
{
    // A super-packet is offered all the room that one can take, so that the kernel never cuts it.
    private const int LargestRead = VirtioHeader.Size + TunBatch.MaxPacketSize;

    // So many refusals in a row of what the kernel had granted, and it is not asked again.
    private const int MaxRefusals = 3;

    private readonly TunFile _file;
    private readonly LinuxStopSignal _stop = new();
    private readonly TunOffload _offload;
    private readonly byte[] _head = GC.AllocateArray<byte>(VirtioHeader.Size + Coalescer.MaxHeaderLength, pinned: true);
    private readonly BlockSlice[] _slices = new BlockSlice[Coalescer.MaxPackets];
    private readonly int[] _members = new int[Coalescer.MaxPackets];
    private readonly byte[] _super = [];
    private readonly bool _joinsUdp;
    private Coalescer? _coalescer;
    private Segmenter _segmenter;
    private int _superLength; // of the packet in _super that the segmenter is not done with; 0 when there is none
    private int _refusals;
    private bool _isJoining;

    internal LinuxTunQueue(LinuxTunDevice device, int index, TunFile file, TunOptions options)
        : base(device, index, options)
    {
        _file = file;
        _offload = device.Offload;
        _isJoining = _offload == TunOffload.Segmented && device.OffloadFeatures.HasFlag(TunOffloadFeatures.TcpIPv4 | TunOffloadFeatures.TcpIPv6);
        _joinsUdp = device.OffloadFeatures.HasFlag(TunOffloadFeatures.Udp);
        if (_offload == TunOffload.Segmented)
        {
            _super = GC.AllocateUninitializedArray<byte>(LargestRead, pinned: true);
            _coalescer = new Coalescer(joinsUdp: _joinsUdp); // not at the first packet: the data path allocates nothing
        }
    }

    private protected override TunStatus ReceiveCore(TunBatch batch)
    {
        using TunTransfer transfer = _file.BeginTransfer();
        return _offload switch
        {
            TunOffload.None => ReceivePlain(batch, transfer),
            TunOffload.Raw => ReceiveRaw(batch, transfer),
            _ => ReceiveSegmented(batch, transfer),
        };
    }

    private protected override TunStatus WaitCore(TimeSpan timeout) => Poller.Wait(_file.Descriptor, _stop.Waitable, timeout) switch
    {
        WaitResult.Ready => TunStatus.Ok,
        WaitResult.Stopped => TunStatus.Closed,
        _ => TunStatus.Empty,
    };

    private protected override TunStatus SendCore(TunBatch batch, ref SendProgress progress)
    {
        using TunTransfer transfer = _file.BeginTransfer();
        return _isJoining && batch.Count - progress.Next > 1 ? SendJoined(batch, transfer, ref progress) : SendSingly(batch, transfer, ref progress);
    }

    private protected override void WaitForRoomCore(TimeSpan timeout) => Poller.WaitWritable(_file.Descriptor, _stop.Waitable, timeout);

    private protected override void StopCore() => _stop.Signal();

    private protected override void CloseCore()
    {
        _file.Dispose();
        _stop.Dispose();
    }

    private TunStatus ReceivePlain(TunBatch batch, in TunTransfer transfer)
    {
        while (batch.HasRoomForAny)
        {
            int count = transfer.Read(batch.Slab.AsSpan(batch.NextStart, TunBatch.MaxPacketSize), out int errno);
            if (count <= 0)
            {
                return NothingRead(count, errno);
            }

            Tally.ReceiveCalls++;
            batch.Commit(count);
        }

        return TunStatus.Ok;
    }

    private TunStatus ReceiveRaw(TunBatch batch, in TunTransfer transfer)
    {
        while (batch.HasRoomForAny)
        {
            Span<byte> target = batch.Slab.AsSpan(batch.NextStart - VirtioHeader.Size, LargestRead);
            int count = transfer.Read(target, out int errno);
            if (count <= 0)
            {
                return NothingRead(count, errno);
            }

            Tally.ReceiveCalls++;
            if (count > VirtioHeader.Size && VirtioHeader.TryRead(target, out TunSegmentation segmentation))
            {
                batch.Commit(count - VirtioHeader.Size, segmentation);
            }
            else
            {
                Tally.MalformedReceived++;
            }
        }

        return TunStatus.Ok;
    }

    private TunStatus ReceiveSegmented(TunBatch batch, in TunTransfer transfer)
    {
        while (true)
        {
            if (_superLength > 0)
            {
                // One that is begun in this batch and ended in the next could be joined only in two halves again.
                if (batch.Count > 0 && _segmenter.SegmentCount > batch.Capacity - batch.Count && !_segmenter.IsBegun)
                {
                    return TunStatus.Ok;
                }

                _segmenter.Fill(_super.AsSpan(VirtioHeader.Size, _superLength), batch);
                if (!_segmenter.IsDone)
                {
                    return TunStatus.Ok; // the batch is full; the rest comes first next time
                }

                _superLength = 0;
            }

            if (batch.Count == batch.Capacity)
            {
                return TunStatus.Ok;
            }

            int count = transfer.Read(_super, out int errno);
            if (count <= 0)
            {
                return NothingRead(count, errno);
            }

            Tally.ReceiveCalls++;
            int length = count - VirtioHeader.Size;
            if (length > 0
                && VirtioHeader.TryRead(_super, out TunSegmentation segmentation)
                && Segmenter.TryCreate(_super.AsSpan(VirtioHeader.Size, length), segmentation, out _segmenter))
            {
                _superLength = length;
                Tally.SuperPacketsSplit += segmentation.IsSuperPacket ? 1 : 0;
            }
            else
            {
                Tally.MalformedReceived++;
            }
        }
    }

    private TunStatus NothingRead(int count, int errno)
    {
        // A packet of no bytes, or nothing; a deleted device reads as EBADFD and never as an end of file.
        if (count == 0 || errno == Netlink.EAGAIN)
        {
            return TunStatus.Empty;
        }

        LastError = errno;
        return errno == LibC.EBADFD ? TunStatus.Gone : TunStatus.Failed;
    }

    private TunStatus SendSingly(TunBatch batch, in TunTransfer transfer, ref SendProgress progress)
    {
        while (progress.Next < batch.Count)
        {
            TunStatus status = batch.IsSent(progress.Next) ? TunStatus.Ok : SendOne(batch, progress.Next, transfer);
            if (status != TunStatus.Ok)
            {
                return status;
            }

            progress.Accept();
        }

        return TunStatus.Ok;
    }

    private TunStatus SendOne(TunBatch batch, int index, in TunTransfer transfer)
    {
        ReadOnlySpan<byte> packet = batch[index];
        if (packet.IsEmpty)
        {
            return TunStatus.Invalid;
        }

        if (_offload != TunOffload.None)
        {
            TunSegmentation segmentation = batch.GetSegmentation(index);
            int start = batch.StartOf(index) - VirtioHeader.Size;
            Span<byte> framed = batch.Slab.AsSpan(start, VirtioHeader.Size + packet.Length);
            if (segmentation == default)
            {
                framed[..VirtioHeader.Size].Clear();
            }
            else
            {
                VirtioHeader.Write(framed, segmentation, VirtioHeader.HeaderLength(packet, segmentation));
            }

            packet = framed;
        }

        if (transfer.Write(packet, out int errno) < 0)
        {
            return Refused(errno);
        }

        Tally.SendCalls++;
        return TunStatus.Ok;
    }

    private TunStatus SendJoined(TunBatch batch, in TunTransfer transfer, ref SendProgress progress)
    {
        if (_coalescer is null || _coalescer.Capacity < batch.Count)
        {
            _coalescer = new Coalescer(Math.Max(batch.Count, 128), _joinsUdp);
        }

        // Packets of several flows leave in another order than they lie in the batch, so what is done is marked packet by packet.
        _coalescer.Load(batch, skipsSent: true);
        for (int i = 0; i < _coalescer.Count; i++)
        {
            CoalescedPacket joined = _coalescer[i];
            TunStatus status = joined.PacketCount == 1 ? SendOne(batch, joined.FirstPacket, transfer) : SendSuper(batch, joined, transfer);
            if (status == TunStatus.Ok)
            {
                MarkSent(batch, joined);
            }
            else if (status == TunStatus.Invalid && joined.PacketCount > 1)
            {
                // The kernel granted super-packets and refuses this one: its packets go singly, and soon all do.
                Tally.Downgrades++;
                _isJoining = ++_refusals < MaxRefusals;
                return SendSingly(batch, transfer, ref progress);
            }
            else
            {
                return SkipSent(batch, status, joined.FirstPacket, ref progress);
            }
        }

        progress.Next = batch.Count;
        return TunStatus.Ok;
    }

    private TunStatus SendSuper(TunBatch batch, CoalescedPacket joined, in TunTransfer transfer)
    {
        int header = joined.WriteHeader(_head.AsSpan(VirtioHeader.Size));
        VirtioHeader.Write(_head, joined.Segmentation, header);
        int count = joined.PacketCount;
        Span<int> members = _members.AsSpan(0, count);
        joined.CopyPackets(members);
        for (int i = 0; i < count; i++)
        {
            _slices[i] = new BlockSlice(batch.StartOf(members[i]) + header, batch[members[i]].Length - header);
        }

        if (transfer.WriteGather(_head.AsSpan(0, VirtioHeader.Size + header), batch.Slab, _slices.AsSpan(0, count), out int errno) < 0)
        {
            return Refused(errno);
        }

        _refusals = 0;
        Tally.SendCalls++;
        Tally.SuperPacketsBuilt++;
        return TunStatus.Ok;
    }

    private void MarkSent(TunBatch batch, CoalescedPacket joined)
    {
        if (joined.PacketCount == batch.Count)
        {
            return; // all of them at once: nothing is left to tell apart
        }

        Span<int> members = _members.AsSpan(0, joined.PacketCount);
        joined.CopyPackets(members);
        foreach (int member in members)
        {
            batch.MarkSent(member);
        }
    }

    // The packet that was refused is not always the first that is not sent: those before it of other flows have their turn again.
    private static TunStatus SkipSent(TunBatch batch, TunStatus status, int refused, ref SendProgress progress)
    {
        if (status == TunStatus.Invalid)
        {
            batch.MarkSent(refused);
            progress.Lost++;
            progress.LostBytes += batch[refused].Length;
            status = TunStatus.Ok;
        }

        while (progress.Next < batch.Count && batch.IsSent(progress.Next))
        {
            progress.Accept();
        }

        return status;
    }

    private TunStatus Refused(int errno)
    {
        switch (errno)
        {
            case Netlink.EAGAIN or Netlink.ENOBUFS or Interop.Unix.LibC.ENOMEM:
                return TunStatus.Full;
            case LibC.EIO:
                return TunStatus.Down;
            default:
                LastError = errno;
                return errno switch { Netlink.EINVAL => TunStatus.Invalid, LibC.EBADFD => TunStatus.Gone, _ => TunStatus.Failed };
        }
    }
}
