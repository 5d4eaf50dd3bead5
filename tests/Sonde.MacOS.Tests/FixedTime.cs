namespace Sonde.MacOS.Tests;

/// <summary>A clock that stands still, so that lifetimes have one right answer.</summary>
internal sealed class FixedTime(long unixSeconds) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);

    public override long GetTimestamp() => 42;
}
