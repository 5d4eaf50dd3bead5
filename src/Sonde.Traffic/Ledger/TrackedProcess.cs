using Sonde.Host;
using Sonde.Host.Processes;

namespace Sonde.Traffic.Ledger;

/// <summary>A process in the ledger.</summary>
internal sealed class TrackedProcess
{
    internal TrackedProcess(ProcessKey key, string name, Reading<uint> userId, TrafficRing ring, long now)
    {
        Key = key;
        Name = name;
        UserId = userId;
        Ring = ring;
        FirstSeen = LastSeen = now;
    }

    internal ProcessKey Key { get; set; }

    internal string Name { get; set; }

    internal Reading<uint> UserId { get; }

    /// <summary>What is known of it beside its name; not collected until somebody has looked.</summary>
    internal Reading<ProcessIdentity> Identity { get; set; } = Reading.NotCollected<ProcessIdentity>("it has not been asked yet");

    /// <summary>Whether somebody has looked for it among the running processes.</summary>
    internal bool IsLookedUp { get; set; }

    internal bool IsRunning { get; set; } = true;

    /// <summary>Whether it had to make room in the table.</summary>
    internal bool IsEvicted { get; set; }

    internal TrafficRing Ring { get; }

    internal TrafficCounters Counters { get; set; }

    internal long FirstSeen { get; }

    internal long LastSeen { get; set; }

    /// <summary>When somebody last looked whether it had ended.</summary>
    internal long LastChecked { get; set; }

    /// <summary>Flows of the ledger that are its own.</summary>
    internal int Flows { get; set; }
}
