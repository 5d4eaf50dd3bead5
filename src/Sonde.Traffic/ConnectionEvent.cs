namespace Sonde.Traffic;

/// <summary>Something that happened to a connection, as <see cref="TrafficMonitor.ReadEventsAsync"/> tells it.</summary>
/// <param name="Kind">What.</param>
/// <param name="Time">When the monitor noticed: up to a quarter of a second later.</param>
/// <param name="Connection">The connection as it was then.</param>
public sealed record ConnectionEvent(ConnectionEventKind Kind, DateTimeOffset Time, ConnectionTraffic Connection)
{
    /// <summary>How many events this reader missed just before, because it was slower than they came.</summary>
    public long Missed { get; init; }
}
