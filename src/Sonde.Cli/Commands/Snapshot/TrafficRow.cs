using Sonde.Traffic;

namespace Sonde.Cli.Commands.Snapshot;

/// <summary>A row of the snapshot: a process, a remote address, or what else the rows were grouped by.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Process">The process, when the row is one.</param>
/// <param name="Counters">What it sent and received.</param>
/// <param name="Rates">How fast, over the last tick.</param>
/// <param name="Connections">How many connections it has.</param>
internal sealed record TrafficRow(string Name, ProcessTraffic? Process, TrafficCounters Counters, TrafficRates Rates, int Connections)
{
    /// <summary>The name of what has no process; netoproc's word.</summary>
    internal const string Unknown = "unknown";

    /// <summary>What has no process, by reason; only of the row for all of that.</summary>
    internal IReadOnlyList<UnownedTraffic> Unowned { get; init; } = [];
}
