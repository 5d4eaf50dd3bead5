namespace Sonde.Tun;

/// <summary>Counts calls that use a native object, so that the object ends only after the last of them has left: the last one out ends it.</summary>
internal sealed class InFlightGate
{
    private const int ClosingBit = 1 << 30;

    private int _state; // the count of those inside, and ClosingBit

    /// <summary>Whether closing has begun.</summary>
    internal bool IsClosing => (Volatile.Read(ref _state) & ClosingBit) != 0;

    /// <summary>Goes in.</summary>
    /// <param name="isLastOut">Whether this call, refused, was the last one out after all and has to end the object.</param>
    /// <returns><see langword="false"/> when closing has begun.</returns>
    internal bool TryEnter(out bool isLastOut)
    {
        if ((Interlocked.Increment(ref _state) & ClosingBit) == 0)
        {
            isLastOut = false;
            return true;
        }

        isLastOut = Exit();
        return false;
    }

    /// <summary>Leaves.</summary>
    /// <returns>Whether closing has begun and nobody is inside any more: the caller has to end the object.</returns>
    internal bool Exit() => Interlocked.Decrement(ref _state) == ClosingBit;

    /// <summary>Lets nobody in any more; the caller itself is inside and has to <see cref="Exit"/>.</summary>
    /// <returns>Whether this call was the one that began it.</returns>
    internal bool EnterToClose()
    {
        Interlocked.Increment(ref _state);
        return (Interlocked.Or(ref _state, ClosingBit) & ClosingBit) == 0;
    }
}
