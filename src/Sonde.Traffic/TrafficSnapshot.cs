using Sonde.Host;
using Sonde.Traffic.Names;

namespace Sonde.Traffic;

/// <summary>Everything that the monitor knows at one moment; it never changes, and any number of threads may read it.</summary>
public sealed record TrafficSnapshot
{
    /// <summary>When it was taken.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How long the monitor had counted by then.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Which rung of the ladder counted.</summary>
    public required TrafficBackend Backend { get; init; }

    /// <summary>Every rung, as it was found by trying.</summary>
    public required IReadOnlyList<BackendStatus> Backends { get; init; }

    /// <summary>Every process that sent or received anything, those that ended too; in no order.</summary>
    public required IReadOnlyList<ProcessTraffic> Processes { get; init; }

    /// <summary>Every connection, closed ones for a while too; in no order.</summary>
    public required IReadOnlyList<ConnectionTraffic> Connections { get; init; }

    /// <summary>What has no process, by reason.</summary>
    public required IReadOnlyList<UnownedTraffic> Unowned { get; init; }

    /// <summary>What processes counted that are no longer listed, because the table was full.</summary>
    public required TrafficCounters Forgotten { get; init; }

    /// <summary>The interfaces.</summary>
    public required IReadOnlyList<InterfaceTraffic> Interfaces { get; init; }

    /// <summary>How much of the interfaces' traffic is explained; none where they cannot be compared.</summary>
    public required Reading<TrafficCoverage> Coverage { get; init; }

    /// <summary>What was lost on the way.</summary>
    public required IReadOnlyList<TrafficLoss> Losses { get; init; }

    /// <summary>How full the tables are.</summary>
    public required IReadOnlyList<FillLevel> FillLevels { get; init; }

    /// <summary>What could not be seen at all, and why.</summary>
    public required IReadOnlyList<Gap> Gaps { get; init; }

    /// <summary>What became of the questions for names of remote ends; null when nothing is asked.</summary>
    public ReverseDnsStatistics? ReverseDns { get; init; }

    /// <summary>Everything together, owned or not.</summary>
    public required TrafficCounters Total { get; init; }
}
