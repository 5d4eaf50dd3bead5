using Sonde.Host;

namespace Sonde.Traffic.Sources;

/// <summary>A rung of the ladder: how to open its source, and what came of trying.</summary>
internal abstract class TrafficRung
{
    /// <summary>Which one it is.</summary>
    internal abstract TrafficBackend Backend { get; }

    /// <summary>Opens the source.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="status">That it works, and what is missing from a full answer; or why it does not.</param>
    /// <returns>Null when it does not work here.</returns>
    internal abstract TrafficSource? TryOpen(TrafficOptions options, out BackendStatus status);
}
