namespace Sonde.Tun;

/// <summary>What a send does while the device has no room. No system tells when a ring or queue has room again, so each choice has its price.</summary>
public readonly record struct TunFullPolicy
{
    private TunFullPolicy(TunFullAction action, TimeSpan budget)
    {
        Action = action;
        Budget = budget;
    }

    /// <summary>Drops at once what does not fit, as a network card does; the default.</summary>
    public static TunFullPolicy Drop => default;

    /// <summary>What is done.</summary>
    public TunFullAction Action { get; }

    /// <summary>For how long, per call of Send.</summary>
    public TimeSpan Budget { get; }

    /// <summary>Retries without giving up the processor, then drops: for stalls shorter than a thread switch.</summary>
    /// <param name="budget">For how long, per call of Send; at most 10 ms.</param>
    public static TunFullPolicy SpinThenDrop(TimeSpan budget)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(budget, TimeSpan.FromMilliseconds(10));
        return new(TunFullAction.SpinThenDrop, budget);
    }

    /// <summary>Blocks the sender until there is room, the time is over or the queue is closed, then drops.</summary>
    /// <param name="timeout">For how long, per call of Send.</param>
    public static TunFullPolicy Wait(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        return new(TunFullAction.Wait, timeout);
    }
}
