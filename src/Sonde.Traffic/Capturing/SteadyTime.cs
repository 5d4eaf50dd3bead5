namespace Sonde.Traffic.Capturing;

/// <summary>Puts the times of frames, which are the wall clock's, onto one line that never steps, though that clock is set meanwhile. Any thread may call.</summary>
/// <remarks>The line is the wall clock as it would be had nobody set it since the start.</remarks>
internal sealed class SteadyTime
{
    // Smaller ones are below what anybody waits for, and clocks are disciplined all the time.
    private static readonly long s_step = TimeSpan.FromMilliseconds(500).Ticks;

    // How long after a step a frame from before it may come.
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly long _start;
    private long _offset;
    private long _offsetBefore;
    private long _steppedAt;

    internal SteadyTime(TimeProvider time)
    {
        _time = time;
        _startedAt = time.GetTimestamp();
        _start = time.GetUtcNow().UtcTicks;
    }

    /// <summary>By how much the wall clock is ahead of the line.</summary>
    internal TimeSpan Offset
    {
        get
        {
            lock (_lock)
            {
                Look();
                return new TimeSpan(_offset);
            }
        }
    }

    /// <summary>The time on the line, of a time by the wall clock, both in nanoseconds since 1970.</summary>
    internal long Of(long wallNanoseconds)
    {
        lock (_lock)
        {
            long now = (Look() - DateTimeOffset.UnixEpoch.UtcTicks) * TimeSpan.NanosecondsPerTick;
            long steady = wallNanoseconds - (_offset * TimeSpan.NanosecondsPerTick);
            if (_offset == _offsetBefore || _time.GetElapsedTime(_steppedAt) > s_late)
            {
                return steady;
            }

            // It may have waited in a buffer while the clock was set: then the time before that is the nearer one.
            long before = wallNanoseconds - (_offsetBefore * TimeSpan.NanosecondsPerTick);
            return Math.Abs(now - before) < Math.Abs(now - steady) ? before : steady;
        }
    }

    // Now on the line, in ticks.
    private long Look()
    {
        long now = _start + _time.GetElapsedTime(_startedAt).Ticks;
        long offset = _time.GetUtcNow().UtcTicks - now;
        if (Math.Abs(offset - _offset) >= s_step)
        {
            _offsetBefore = _offset;
            _offset = offset;
            _steppedAt = _time.GetTimestamp();
        }

        return now;
    }
}
