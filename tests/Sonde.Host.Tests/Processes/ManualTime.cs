namespace Sonde.Host.Tests.Processes;

/// <summary>A clock that moves when it is told to, with the wall clock and the measuring clock apart.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _timestamp = TimeSpan.TicksPerDay;

    internal DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _timestamp;

    public override DateTimeOffset GetUtcNow() => Now;

    internal void Advance(TimeSpan by) => _timestamp += by.Ticks;
}
