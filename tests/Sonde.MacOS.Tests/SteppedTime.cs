namespace Sonde.MacOS.Tests;

/// <summary>A clock that moves when it is told to.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_ticks);

    internal void Advance(TimeSpan by) => _ticks += by.Ticks;
}
