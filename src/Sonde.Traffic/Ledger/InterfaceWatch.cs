using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Traffic.Ledger;

/// <summary>What the interfaces counted since the start; interfaces may come, go and begin again.</summary>
internal sealed class InterfaceWatch : IDisposable
{
    private readonly NetworkInterfaces? _interfaces;
    private readonly Dictionary<int, Watched> _watched = [];
    private readonly HashSet<int> _missed = [];
    private readonly bool _withHistory;

    internal InterfaceWatch(StepClock clock, bool withHistory)
    {
        _withHistory = withHistory;
        try
        {
            _interfaces = NetworkInterfaces.Open();
            Refresh(clock, isFirst: true);
        }
        catch (HostException refused)
        {
            Gap = new Gap("interfaces", ReadingStatus.Failed, refused.Message);
        }
    }

    /// <summary>Why there are none.</summary>
    internal Gap? Gap { get; private set; }

    /// <summary>Whether an interface has a name. One that is not known may have come just now: it is looked for once a step.</summary>
    internal bool IsNamed(int index, string name, StepClock clock)
    {
        if (!_watched.ContainsKey(index) && index != 0 && _missed.Add(index))
        {
            Refresh(clock, isFirst: false);
        }

        return _watched.TryGetValue(index, out Watched? watched) && watched.Name == name;
    }

    /// <summary>Whether what is sent on an interface comes straight back.</summary>
    internal bool IsLoopback(int index) => _watched.TryGetValue(index, out Watched? watched) && watched.IsLoopback;

    /// <summary>How many bytes of what an interface counted are headers of its link layer.</summary>
    internal long LinkHeaderBytes(InterfaceTraffic one)
    {
        const int EthernetHeader = 14;
        return _watched.TryGetValue(one.Index, out Watched? watched) && watched.IsEthernet ? EthernetHeader * one.Counters.Packets : 0;
    }

    /// <summary>Names of all that are there.</summary>
    internal IEnumerable<string> Names => _watched.Values.Select(static watched => watched.Name);

    /// <summary>Reads the counters.</summary>
    internal void Refresh(StepClock clock)
    {
        _missed.Clear();
        Refresh(clock, isFirst: false);
    }

    /// <summary>All of them, as of the last reading.</summary>
    internal IReadOnlyList<InterfaceTraffic> ToList(StepClock clock) =>
    [
        .. _watched
            .OrderBy(static entry => entry.Key)
            .Select(entry => new InterfaceTraffic(
                entry.Value.Name,
                entry.Key,
                entry.Value.IsLoopback,
                entry.Value.Sum,
                entry.Value.Ring.Rates(clock, 1),
                entry.Value.Ring.Rates(clock, StepClock.AverageSteps))),
    ];

    public void Dispose() => _interfaces?.Dispose();

    private void Refresh(StepClock clock, bool isFirst)
    {
        if (_interfaces is null)
        {
            return;
        }

        try
        {
            foreach (NetworkInterface seen in _interfaces.Collect().Interfaces)
            {
                if (seen.Counters.TryGetValue(out InterfaceCounters? counters))
                {
                    Update(clock, seen, counters, isFirst);
                }
            }
        }
        catch (HostException refused)
        {
            Gap = new Gap("interfaces", ReadingStatus.Failed, refused.Message);
        }
    }

    private void Update(StepClock clock, NetworkInterface seen, InterfaceCounters counters, bool isFirst)
    {
        var now = new TrafficCounters((long)counters.ReceivedBytes, (long)counters.SentBytes, (long)counters.ReceivedPackets, (long)counters.SentPackets);
        if (!_watched.TryGetValue(seen.Index, out Watched? watched) || watched.Name != seen.Name)
        {
            // One that appears while we watch has counted everything in our time; what was there before has not.
            watched = new Watched(seen.Name, seen.Kind == InterfaceKind.Loopback, seen.LinkType == "ether", new TrafficRing(_withHistory)) { Last = isFirst ? now : default };
            _watched[seen.Index] = watched;
        }

        // A counter that went back belongs to a driver that began anew.
        bool isReset = now.ReceivedBytes < watched.Last.ReceivedBytes || now.SentBytes < watched.Last.SentBytes;
        TrafficCounters more = isReset ? now : now - watched.Last;
        watched.Last = now;
        watched.Sum += more;
        if (more != default)
        {
            watched.Ring.Add(clock, more);
        }
    }

    private sealed class Watched(string name, bool isLoopback, bool isEthernet, TrafficRing ring)
    {
        internal string Name { get; } = name;

        internal bool IsLoopback { get; } = isLoopback;

        internal bool IsEthernet { get; } = isEthernet;

        internal TrafficRing Ring { get; } = ring;

        internal TrafficCounters Last { get; set; }

        internal TrafficCounters Sum { get; set; }
    }
}
