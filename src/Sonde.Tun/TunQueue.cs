using System.Diagnostics;

namespace Sonde.Tun;

/// <summary>One queue of a TUN device: packets in and out, by the batch. Framing is the same on every system: a packet starts with its IP header.</summary>
/// <remarks>
/// <para>
/// One thread receives at a time (a second one gets <see cref="TunStatus.Busy"/>: two readers would reorder flows). Any thread may send;
/// sends are serialized. Closing is safe from any thread, at any time, twice, and during a blocked receive, which then ends with
/// <see cref="TunStatus.Closed"/>.
/// </para>
/// <para>Nothing here throws for what the system, the device or a peer does, and nothing allocates per packet.</para>
/// </remarks>
public abstract partial class TunQueue : IDisposable
{
    // How long Dispose waits for readers and leases; the queue ends after them in any case.
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(10);

    private readonly InFlightGate _gate = new();
    private readonly ManualResetEventSlim _finished = new();
    private readonly AdaptiveSpin _spin;
    private int _reading;
    private int _finishing;

    private protected TunQueue(TunDevice device, int index, TunOptions options)
    {
        Device = device;
        Index = index;
        FullPolicy = options.FullPolicy;
        _runsInline = options.RunsContinuationsInline;
        _spin = new AdaptiveSpin(options.SpinBudget);
        TunMeter.Add(this);
    }

    /// <summary>The device that it belongs to.</summary>
    public TunDevice Device { get; }

    /// <summary>Its number among the queues of the device, from 0.</summary>
    public int Index { get; }

    /// <summary>What a send does while the device has no room.</summary>
    public TunFullPolicy FullPolicy { get; }

    /// <summary>What went through it so far; may be read at any time, also after its end.</summary>
    public TunCounters Counters => Tally.Read();

    /// <summary>The system's number for the last <see cref="TunStatus.Failed"/>, <see cref="TunStatus.Gone"/> or <see cref="TunStatus.Invalid"/>; 0 when there was none.</summary>
    public int LastError { get; private protected set; }

    /// <summary>Whether it was closed, by this side.</summary>
    public bool IsClosed => _gate.IsClosing;

    /// <summary>The counters, for the backend to add to.</summary>
    private protected QueueTally Tally { get; } = new();

    /// <summary>Takes what is there, without waiting.</summary>
    /// <param name="batch">Is cleared first, and holds the packets after.</param>
    /// <returns><see cref="TunStatus.Ok"/> with one packet or more, <see cref="TunStatus.Empty"/>, or why there will be none.</returns>
    public TunStatus TryReceive(TunBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return BeginReading(batch, out TunStatus refused) ? EndReading(ReceiveNow(batch)) : refused;
    }

    /// <summary>Waits until there are packets, and takes them.</summary>
    /// <inheritdoc cref="Receive(TunBatch, TimeSpan)"/>
    public TunStatus Receive(TunBatch batch) => Receive(batch, Timeout.InfiniteTimeSpan);

    /// <summary>Waits until there are packets, the time is over or the queue is closed.</summary>
    /// <param name="batch">Is cleared first, and holds the packets after.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns><see cref="TunStatus.Ok"/> with one packet or more, <see cref="TunStatus.Empty"/> when the time was over, or why there will be none.</returns>
    /// <exception cref="InvalidOperationException">The queue is received from by <see cref="ReceiveAsync"/>.</exception>
    public TunStatus Receive(TunBatch batch, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (_receiver is not null && timeout != TimeSpan.Zero)
        {
            throw new InvalidOperationException("This queue is received from asynchronously; use ReceiveAsync or TryReceive.");
        }

        return BeginReading(batch, out TunStatus refused) ? EndReading(ReceiveOrWait(batch, timeout)) : refused;
    }

    /// <summary>Closes the queue: a blocked receive ends, the native side ends after the last call and lease have left. Idempotent, from any thread.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes; see <see cref="Dispose()"/>.</summary>
    /// <param name="disposing">Always true: backends hold safe handles, not finalizable state.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (_gate.EnterToClose())
        {
            StopCore();
            _receiver?.Dispose();
        }

        Exit();

        // Whoever holds a lease on this very thread would wait for itself; then the lease's end is the queue's.
        _finished.Wait(s_closePatience);
    }

    // ── The seam: what a backend implements ──────────────────────────────────────────────────────────────────────────────────────────
    // The base class sees to: one reader, in-flight calls and the end after them, waiting with adaptive spin, async, the full policy,
    // segmentation of what the device cannot take, and the caller's side of the counters (received, sent, dropped, waits).
    // The backend adds to Tally: ReceiveCalls, SendCalls, MalformedReceived, SuperPackets…, Restarts, Downgrades, LeasesCancelled.

    /// <summary>
    /// Takes packets without blocking until there are no more or <see cref="TunBatch.HasRoomForAny"/> says no. Called by one thread at a time, with an empty batch.
    /// </summary>
    /// <returns>Ok with one or more; Empty; Gone (38, EBADFD), Failed with <see cref="LastError"/>. Packets received before an error are delivered first.</returns>
    private protected abstract TunStatus ReceiveCore(TunBatch batch);

    /// <summary>Blocks until there may be something to receive, the time is over or <see cref="StopCore"/> was called. Wakes for nothing are allowed, missed wakes are not.</summary>
    /// <returns>Ok, Empty (time over), Closed, Gone or Failed.</returns>
    private protected abstract TunStatus WaitCore(TimeSpan timeout);

    /// <summary>
    /// Sends packets from <see cref="SendProgress.Next"/> on, in order, without blocking, and moves the progress over those that are done with: accepted, or
    /// taken by the system and lost nevertheless. One thread at a time.
    /// </summary>
    /// <returns>Ok when the end was reached; else why the next packet was not taken (Full, Down, Invalid, Gone, Failed).</returns>
    private protected abstract TunStatus SendCore(TunBatch batch, ref SendProgress progress);

    /// <summary>Blocks a sender while the device is full; the time is short where the system cannot tell (Windows) and the base class tries again.</summary>
    private protected abstract void WaitForRoomCore(TimeSpan timeout);

    /// <summary>Ends every present and future wait of <see cref="WaitCore"/> and <see cref="WaitForRoomCore"/>. Called once, while calls may be inside.</summary>
    private protected abstract void StopCore();

    /// <summary>Ends the native side. Called once, when nobody is inside and nobody will come.</summary>
    private protected abstract void CloseCore();

    // ── What the base class makes of it ──────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>Goes in, for a call or for as long as a lease lives.</summary>
    private bool TryEnter()
    {
        bool entered = _gate.TryEnter(out bool isLastOut);
        if (isLastOut)
        {
            Finish();
        }

        return entered;
    }

    private void Exit()
    {
        if (_gate.Exit())
        {
            Finish();
        }
    }

    private void Finish()
    {
        if (Interlocked.Exchange(ref _finishing, 1) != 0)
        {
            return;
        }

        TunMeter.Remove(this);
        try
        {
            CloseCore();
        }
        finally
        {
            _finished.Set();
            Device.OnQueueFinished();
        }
    }

    private bool BeginReading(TunBatch batch, out TunStatus refused)
    {
        batch.Clear();
        if (Interlocked.Exchange(ref _reading, 1) != 0)
        {
            refused = TunStatus.Busy;
            return false;
        }

        if (!TryEnter())
        {
            Volatile.Write(ref _reading, 0);
            refused = TunStatus.Closed;
            return false;
        }

        refused = TunStatus.Ok;
        return true;
    }

    private TunStatus EndReading(TunStatus status)
    {
        Exit();
        Volatile.Write(ref _reading, 0);
        return status;
    }

    private TunStatus ReceiveOrWait(TunBatch batch, TimeSpan timeout)
    {
        TunStatus status = ReceiveNow(batch);
        if (status != TunStatus.Empty || timeout == TimeSpan.Zero)
        {
            return status;
        }

        for (long until = _spin.Deadline(); until != 0 && Stopwatch.GetTimestamp() < until && !IsClosed;)
        {
            Thread.SpinWait(8);
            status = ReceiveNow(batch);
            if (status != TunStatus.Empty)
            {
                Tally.SpinHits++;
                return status;
            }
        }

        long started = timeout >= TimeSpan.Zero ? Stopwatch.GetTimestamp() : 0;
        while (true)
        {
            TimeSpan left = timeout;
            if (timeout >= TimeSpan.Zero)
            {
                left = timeout - Stopwatch.GetElapsedTime(started);
                if (left <= TimeSpan.Zero)
                {
                    return TunStatus.Empty;
                }
            }

            Tally.Waits++;
            status = WaitCore(left);
            if (status is not (TunStatus.Ok or TunStatus.Empty))
            {
                return status;
            }

            status = ReceiveNow(batch);
            if (status != TunStatus.Empty)
            {
                return status;
            }
        }
    }

    private TunStatus ReceiveNow(TunBatch batch)
    {
        if (IsClosed)
        {
            return TunStatus.Closed;
        }

        TunStatus status = TakeLeasable(batch) ? TunStatus.Ok : ReceiveCore(batch);
        if (batch.Count > 0)
        {
            long bytes = batch.TotalLength;
            Tally.ReceivedPackets += batch.Count;
            Tally.ReceivedBytes += bytes;
            _spin.Add(bytes);
            return TunStatus.Ok;
        }

        return status;
    }
}
