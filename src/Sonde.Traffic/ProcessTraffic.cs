using Sonde.Host;
using Sonde.Host.Processes;

namespace Sonde.Traffic;

/// <summary>What one process sent and received while the monitor watched; it stays listed after the process has ended.</summary>
public sealed record ProcessTraffic
{
    /// <summary>Which process, for ever.</summary>
    public required ProcessKey Key { get; init; }

    /// <summary>The process id.</summary>
    public int Pid => Key.Pid;

    /// <summary>The name that the system keeps for it, as it was at first sight.</summary>
    public required string Name { get; init; }

    /// <summary>The user's number, where the system numbers users.</summary>
    public required Reading<uint> UserId { get; init; }

    /// <summary>What stays as long as it runs: program, command line, user, container. A process that ended before it could be asked has a reason instead.</summary>
    public required Reading<ProcessIdentity> Identity { get; init; }

    /// <summary>Whether it still ran at the last look.</summary>
    public required bool IsRunning { get; init; }

    /// <summary>When its traffic was first seen.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>When its traffic was last seen.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>What it sent and received.</summary>
    public required TrafficCounters Counters { get; init; }

    /// <summary>The rates of the last tick, about a second.</summary>
    public required TrafficRates Rates { get; init; }

    /// <summary>The rates over the last ten ticks.</summary>
    public required TrafficRates AverageRates { get; init; }

    /// <summary>How many of its connections are in the snapshot.</summary>
    public required int Connections { get; init; }

    /// <summary>What it sent and received lately; null unless the options ask for it.</summary>
    public TrafficHistory? History { get; init; }
}
