namespace Sonde.Link;

// What a backend provides, and the order in which it is asked: never by two threads at a time, never after CloseCore.
public abstract partial class FrameDevice
{
    internal bool TryBeginBatch()
    {
        if (!TryBeginReceive())
        {
            return false;
        }

        try
        {
            ReleaseCore();
            return true;
        }
        catch
        {
            EndReceive(); // the exception passes through: only the turn is given back
            throw;
        }
    }

    internal bool TryTakeNext(out Frame frame)
    {
        if (Volatile.Read(ref _state) != Receiving)
        {
            frame = default;
            return false;
        }

        return TryTakeCore(out frame);
    }

    internal void EndReceive()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Receiving) == Closing)
        {
            LeaveClosing();
        }
    }

    /// <summary>Waits for frames, and may give back the memory of those taken so far; also returns when <see cref="WakeCore"/> is called, before or meanwhile.</summary>
    private protected abstract FrameWait WaitCore(TimeSpan timeout, CancellationToken stopping);

    /// <summary>The frames taken so far are no longer looked at: their memory may go back to the system.</summary>
    private protected abstract void ReleaseCore();

    /// <summary>Takes the next frame without blocking; it stays readable until <see cref="ReleaseCore"/>.</summary>
    private protected abstract bool TryTakeCore(out Frame frame);

    /// <summary>Ends a wait of the receiver, called from another thread, at most once and before <see cref="CloseCore"/>.</summary>
    private protected abstract void WakeCore();

    /// <summary>Closes everything; called once, when no receiver is inside.</summary>
    private protected abstract void CloseCore();

    // Waking the receiver takes as long as it takes: the receiver may be gone before it is over.
    private void LeaveClosing()
    {
        if (Interlocked.Decrement(ref _leaving) == 0)
        {
            CloseCore();
            Volatile.Write(ref _state, Closed);
        }
    }

    // False once disposed.
    private bool TryBeginReceive() => Interlocked.CompareExchange(ref _state, Receiving, Idle) switch
    {
        Idle => true,
        Receiving => throw new InvalidOperationException("The frames of a device are received by one thread, in one loop at a time."),
        _ => false,
    };
}
