namespace Sonde.Host.Processes.Events.Tracking;

/// <summary>When something happened, on both clocks.</summary>
/// <param name="Time">By the wall clock, as it is set now.</param>
/// <param name="Monotonic">By the clock that nobody sets.</param>
internal readonly record struct EventMoment(DateTimeOffset Time, TimeSpan Monotonic)
{
    /// <summary>This moment.</summary>
    internal static EventMoment Now(TimeProvider time) => new(time.GetUtcNow(), MonotonicNow(time));

    /// <summary>A moment that the system told by its monotonic clock: the wall clock is asked now, so that a step of it moves all that is told after.</summary>
    internal static EventMoment At(TimeProvider time, TimeSpan monotonic) => new(WallClock(time.GetUtcNow(), monotonic - MonotonicNow(time)), monotonic);

    private static TimeSpan MonotonicNow(TimeProvider time) => TimeSpan.FromTicks((long)((Int128)time.GetTimestamp() * TimeSpan.TicksPerSecond / time.TimestampFrequency));

    // What the system tells may be any number.
    private static DateTimeOffset WallClock(DateTimeOffset now, TimeSpan since) =>
        since.Ticks > (DateTimeOffset.MaxValue - now).Ticks ? DateTimeOffset.MaxValue
        : since.Ticks < -now.Ticks ? DateTimeOffset.MinValue
        : now + since;
}
