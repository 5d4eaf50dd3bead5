namespace Sonde.Traffic.Ledger;

/// <summary>Dates moments on the clock that never steps by the wall clock, as that is set now.</summary>
/// <remarks>
/// A moment has the same date in every snapshot, until somebody sets the wall clock: then everything is dated anew, so that ages and the order of what
/// happened stay what they are. One thread at a time.
/// </remarks>
internal sealed class WallDates
{
    // Below that it is the clock being disciplined, and two readings that lie apart.
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private DateTimeOffset _anchor;
    private long _anchoredAt;

    internal WallDates(TimeProvider time)
    {
        _time = time;
        Anchor();
    }

    /// <summary>How often the wall clock was set.</summary>
    internal int Steps { get; private set; }

    /// <summary>Looks whether the wall clock was set; call it before dates are made.</summary>
    internal void Refresh()
    {
        if ((_time.GetUtcNow() - Of(_time.GetTimestamp())).Duration() >= s_step)
        {
            Anchor();
            Steps++;
        }
    }

    /// <summary>The date of a moment.</summary>
    internal DateTimeOffset Of(long timestamp) => _anchor + _time.GetElapsedTime(_anchoredAt, timestamp);

    private void Anchor()
    {
        _anchoredAt = _time.GetTimestamp();
        _anchor = _time.GetUtcNow();
    }
}
