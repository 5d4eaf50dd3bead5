namespace Sonde.Host.Processes.Events.Tracking;

/// <summary>When a source that is told of events compares them with the table, and what its comparisons have found that was not told of yet.</summary>
/// <param name="tracker">What knows the processes.</param>
/// <param name="options">The clock, and the time between comparisons.</param>
/// <param name="confirmAfter">When a second reading is made where one is needed: it is not kept waiting for the next comparison.</param>
internal sealed class ComparisonSchedule(ProcessTracker tracker, ProcessEventOptions options, TimeSpan confirmAfter)
{
    private string? _reason;
    private int _starts;
    private int _ends;

    /// <summary>When the next comparison is due, by the clock's timestamps.</summary>
    internal long Next { get; private set; } = After(options.Time, options.CheckInterval);

    internal bool IsDue => Until(Next) == TimeSpan.Zero;

    internal static long After(TimeProvider time, TimeSpan pause) => time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);

    /// <summary>How long it is until a moment that may have passed.</summary>
    internal TimeSpan Until(long moment) => options.Time.GetElapsedTime(options.Time.GetTimestamp(), moment) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Tells that events were lost; the comparison is due at once, when what waits is told.</summary>
    internal void Lose(Reading<long> count, string reason)
    {
        tracker.Lose(EventMoment.Now(options.Time), count, reason);
        _reason = reason;
        Next = options.Time.GetTimestamp();
    }

    /// <summary>Takes what a comparison found.</summary>
    internal void Take(in EventMoment at, in ComparisonResult result)
    {
        _starts += result.Starts;
        _ends += result.Ends;
        if (result.Suspects > 0)
        {
            Next = After(options.Time, confirmAfter);
            return;
        }

        Next = After(options.Time, options.CheckInterval);
        if (_reason is not null || _starts + _ends > 0)
        {
            tracker.Resync(at, _starts, _ends, _reason ?? "a check found what no event had told");
            _reason = null;
            _starts = 0;
            _ends = 0;
        }
    }
}
