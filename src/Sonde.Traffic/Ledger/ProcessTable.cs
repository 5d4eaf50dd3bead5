using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Ledger;

/// <summary>Processes with traffic, those that ended too; never more than a given number.</summary>
internal sealed class ProcessTable(int capacity, Guid boot, bool withHistory)
{
    private readonly Dictionary<(int Pid, ulong Start), TrackedProcess> _processes = [];
    private readonly Dictionary<int, TrackedProcess> _latest = [];

    internal int Count => _processes.Count;

    internal int Capacity => capacity;

    internal long Evicted { get; private set; }

    /// <summary>What those counted that had to make room.</summary>
    internal TrafficCounters Forgotten { get; private set; }

    internal Dictionary<(int Pid, ulong Start), TrackedProcess>.ValueCollection All => _processes.Values;

    /// <summary>The process that a clue speaks of, made when it is new.</summary>
    internal TrackedProcess Find(in OwnerClue clue, long now)
    {
        if (_processes.TryGetValue((clue.Pid, clue.Start), out TrackedProcess? found))
        {
            return found;
        }

        // One of the two sources does not know starts: the id says enough as long as that process lives.
        if (_latest.TryGetValue(clue.Pid, out TrackedProcess? latest) && latest.IsRunning && (clue.Start == 0 || latest.Key.Start == 0))
        {
            if (latest.Key.Start == 0 && clue.Start != 0)
            {
                Name(latest, clue.Start);
            }

            return latest;
        }

        if (_processes.Count >= capacity)
        {
            Evict();
        }

        var process = new TrackedProcess(
            new ProcessKey(boot, clue.Pid, clue.Start),
            clue.Name ?? string.Empty,
            clue.UserId is { } user ? user : Reading.None<uint>("nobody saw as whom it acted"),
            new TrafficRing(withHistory),
            now);
        _processes.Add((clue.Pid, clue.Start), process);
        _latest[clue.Pid] = process;
        return process;
    }

    /// <summary>Gives a process the start that was not known when it was first seen.</summary>
    internal void Name(TrackedProcess process, ulong start)
    {
        if (_processes.TryAdd((process.Key.Pid, start), process))
        {
            _processes.Remove((process.Key.Pid, process.Key.Start));
            process.Key = process.Key with { Start = start };
        }
    }

    /// <summary>Adds to a process what it sent and received, or to what is forgotten when it is listed no longer.</summary>
    internal void AddTo(TrackedProcess process, in TrafficCounters more)
    {
        if (process.IsEvicted)
        {
            Forgotten += more;
        }
        else
        {
            process.Counters += more;
        }
    }

    // A full table is rare, and a search of all of it then the price: those without flows that have ended go first, the longest silent before others.
    private void Evict()
    {
        TrackedProcess? worst = null;
        foreach (TrackedProcess process in _processes.Values)
        {
            if (process.Flows == 0 && (worst is null || IsWorse(process, worst)))
            {
                worst = process;
            }
        }

        worst ??= _processes.Values.MinBy(static process => process.LastSeen);
        if (worst is null)
        {
            return;
        }

        Forgotten += worst.Counters;
        Evicted++;
        worst.Counters = default;
        worst.IsEvicted = true;
        _processes.Remove((worst.Key.Pid, worst.Key.Start));
        if (_latest.TryGetValue(worst.Key.Pid, out TrackedProcess? latest) && latest == worst)
        {
            _latest.Remove(worst.Key.Pid);
        }
    }

    private static bool IsWorse(TrackedProcess process, TrackedProcess other) =>
        process.IsRunning == other.IsRunning ? process.LastSeen < other.LastSeen : !process.IsRunning;
}
