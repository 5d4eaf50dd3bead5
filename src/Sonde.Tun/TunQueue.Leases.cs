namespace Sonde.Tun;

public abstract partial class TunQueue
{
    private readonly Stack<TunBatch> _spareSendLeases = new();
    private readonly List<TunBatch?> _sendLeases = [];
    private TunBatch? _leasable; // received and not yet leased; only for systems without a ring
    private int _nextLeasable;
    private int _leased;

    /// <summary>Takes one packet on loan, without waiting; without a copy where the system has a ring.</summary>
    /// <param name="lease">The packet; dispose it soon.</param>
    /// <returns>Ok, <see cref="TunStatus.Empty"/>, Busy (another reader, or leases that must be given back first), or why there will be none.</returns>
    public TunStatus TryLease(out TunLease lease)
    {
        lease = default;
        if (Interlocked.Exchange(ref _reading, 1) != 0)
        {
            return TunStatus.Busy;
        }

        TunStatus status = TunStatus.Closed;
        if (TryEnter())
        {
            status = TryLeaseCore(out ReadOnlySpan<byte> packet, out TunSegmentation segmentation, out nint token);
            if (status == TunStatus.Ok)
            {
                Tally.ReceivedPackets++;
                Tally.ReceivedBytes += packet.Length;
                _spin.Add(packet.Length);

                // The lease is in flight until it is given back: the queue cannot end under it.
                lease = new TunLease(this, packet, segmentation, token);
            }
            else
            {
                Exit();
            }
        }

        Volatile.Write(ref _reading, 0);
        return status;
    }

    /// <summary>Takes room for one packet to send, in the ring where the system has one.</summary>
    /// <param name="length">How long the packet will be, exactly.</param>
    /// <param name="lease">The room; fill and commit it.</param>
    /// <returns>Ok, <see cref="TunStatus.Full"/> (the full policy is not applied), Invalid for a length that no packet has, or Closed.</returns>
    public TunStatus TryLeaseSend(int length, out TunSendLease lease)
    {
        lease = default;
        if (length is <= 0 or > TunBatch.MaxPacketSize)
        {
            return TunStatus.Invalid;
        }

        if (!TryEnter())
        {
            return TunStatus.Closed;
        }

        TunStatus status = TryLeaseSendCore(length, out Span<byte> room, out nint token);
        if (status == TunStatus.Ok)
        {
            lease = new TunSendLease(this, room, token);
        }
        else
        {
            Exit();
        }

        return status;
    }

    internal void ReturnLease(nint token)
    {
        ReturnLeaseCore(token);
        Exit();
    }

    internal TunStatus CommitLease(nint token)
    {
        TunStatus status = CommitLeaseCore(token);
        Exit();
        return status;
    }

    internal void CancelLease(nint token)
    {
        CancelLeaseCore(token);
        Exit();
    }

    // ── The seam, for systems with a ring. The rest keep what stands here: a buffer that the queue copies from and to. ────────────────

    /// <summary>One packet on loan, without waiting. Called by one thread at a time; leases may be returned by any thread, in any order.</summary>
    private protected virtual TunStatus TryLeaseCore(out ReadOnlySpan<byte> packet, out TunSegmentation segmentation, out nint token)
    {
        token = 0;
        packet = default;
        segmentation = default;
        _leasable ??= new TunBatch();
        if (_nextLeasable == _leasable.Count)
        {
            if (Volatile.Read(ref _leased) != 0)
            {
                return TunStatus.Busy; // they lie in the memory that the next receive writes to
            }

            _leasable.Clear();
            _nextLeasable = 0;
            TunStatus status = ReceiveCore(_leasable);
            if (_leasable.Count == 0)
            {
                return status;
            }
        }

        Interlocked.Increment(ref _leased);
        packet = _leasable[_nextLeasable];
        segmentation = _leasable.GetSegmentation(_nextLeasable);
        _nextLeasable++;
        return TunStatus.Ok;
    }

    /// <summary>Gives a leased packet's place back.</summary>
    private protected virtual void ReturnLeaseCore(nint token) => Interlocked.Decrement(ref _leased);

    /// <summary>Room for one packet of exactly <paramref name="length"/> bytes; Full when there is none now. Called by any thread.</summary>
    private protected virtual TunStatus TryLeaseSendCore(int length, out Span<byte> room, out nint token)
    {
        lock (_sending)
        {
            if (!_spareSendLeases.TryPop(out TunBatch? batch))
            {
                batch = new TunBatch(new TunBatchOptions { Capacity = 1 });
            }

            batch.Clear();
            batch.TryReserve(length, out room);
            batch.Commit(length);
            int free = _sendLeases.IndexOf(null);
            if (free < 0)
            {
                free = _sendLeases.Count;
                _sendLeases.Add(null);
            }

            _sendLeases[free] = batch;
            token = free;
            return TunStatus.Ok;
        }
    }

    /// <summary>Sends a leased packet and counts it; the full policy applies where the room is not the ring's own.</summary>
    private protected virtual TunStatus CommitLeaseCore(nint token)
    {
        lock (_sending)
        {
            TunBatch batch = TakeSendLease(token);
            TunStatus status = SendLocked(batch).Status;
            _spareSendLeases.Push(batch);
            return status;
        }
    }

    /// <summary>Makes a leased room harmless: the system must not wait for it, nor see what is in it as a packet.</summary>
    private protected virtual void CancelLeaseCore(nint token)
    {
        lock (_sending)
        {
            _spareSendLeases.Push(TakeSendLease(token));
            Tally.LeasesCancelled++;
        }
    }

    /// <summary>Counts what a ring took without <see cref="Send(TunBatch)"/>, of any thread.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="isPacket">Whether it was one; otherwise it was dropped as invalid.</param>
    private protected void CountCommitted(int length, bool isPacket)
    {
        lock (_sending)
        {
            if (isPacket)
            {
                Tally.SendCalls++;
                Tally.SentPackets++;
                Tally.SentBytes += length;
            }
            else
            {
                Tally.DroppedInvalid++;
            }
        }
    }

    /// <summary>Counts a lease of a ring that was given up, by any thread.</summary>
    private protected void CountCancelled()
    {
        lock (_sending)
        {
            Tally.LeasesCancelled++;
        }
    }

    private TunBatch TakeSendLease(nint token)
    {
        TunBatch batch = _sendLeases[(int)token] ?? throw new InvalidOperationException("This lease was given back already.");
        _sendLeases[(int)token] = null;
        return batch;
    }

    // Packets that were received for leases and not leased come first, to keep the order.
    private bool TakeLeasable(TunBatch batch)
    {
        if (_leasable is null || _nextLeasable == _leasable.Count)
        {
            return false;
        }

        while (_nextLeasable < _leasable.Count && batch.TryAdd(_leasable[_nextLeasable], _leasable.GetSegmentation(_nextLeasable)))
        {
            _nextLeasable++;
        }

        return batch.Count > 0;
    }
}
