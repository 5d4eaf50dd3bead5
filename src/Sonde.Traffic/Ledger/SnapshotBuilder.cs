using Sonde.Host;
using Sonde.Traffic.Names;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Ledger;

/// <summary>Makes immutable snapshots of the ledger.</summary>
internal sealed class SnapshotBuilder(TrafficLedger ledger, TrafficOptions options, RemoteNames? names = null)
{
    // A hello is heard when it passes; its connection is found when the source is read.
    private static readonly TimeSpan s_mayBeHeardBefore = TimeSpan.FromSeconds(2);

    private static readonly Reading<string> s_noName = Reading.None<string>();

    private readonly WallDates _dates = new(options.Time);

    /// <summary>Fills everything that comes from the ledger.</summary>
    internal TrafficSnapshot Build(TrafficSource source, IReadOnlyList<BackendStatus> backends, InterfaceWatch interfaces)
    {
        _dates.Refresh();
        var losses = new List<TrafficLoss>();
        var fillLevels = new List<FillLevel>
        {
            new("flows", ledger.Flows.Count, ledger.Flows.Capacity, ledger.EvictedFlows),
            new("processes", ledger.Processes.Count, ledger.Processes.Capacity, ledger.Processes.Evicted),
        };
        source.Report(losses, fillLevels);
        names?.Report(losses, fillLevels);

        var connections = new List<ConnectionTraffic>(ledger.Flows.Count);
        var unowned = new Dictionary<UnownedReason, UnownedTraffic>();
        foreach ((UnownedReason reason, TrafficCounters counters) in ledger.PastUnowned)
        {
            Add(unowned, reason, counters, 0);
        }

        if (ledger.Overflow != default)
        {
            Add(unowned, UnownedReason.Overflow, ledger.Overflow, 0);
        }

        foreach (TrackedFlow flow in ledger.Flows.All)
        {
            connections.Add(ToConnection(flow));
            if (flow.Owner is null)
            {
                Add(unowned, OwnerSearch.ReasonOf(flow), flow.Counters, 1);
            }
        }

        return new TrafficSnapshot
        {
            Time = options.Time.GetUtcNow(),
            Elapsed = ledger.Clock.Elapsed,
            Backend = source.Backend,
            Backends = backends,
            Processes = [.. ledger.Processes.All.Select(ToProcess)],
            Connections = connections,
            Unowned = [.. unowned.Values.OrderByDescending(static entry => entry.Counters.Bytes)],
            Forgotten = ledger.Processes.Forgotten,
            Interfaces = interfaces.ToList(ledger.Clock),
            Coverage = ledger.Coverage.Compare(ledger, interfaces),
            Losses = losses,
            FillLevels = fillLevels,
            Gaps = [.. new[] { interfaces.Gap }.OfType<Gap>(), .. names?.Gaps ?? []],
            ReverseDns = names?.ReverseDns,
            Total = ledger.Total,
        };
    }

    private static void Add(Dictionary<UnownedReason, UnownedTraffic> unowned, UnownedReason reason, in TrafficCounters counters, int connections)
    {
        unowned[reason] = unowned.TryGetValue(reason, out UnownedTraffic? entry)
            ? new UnownedTraffic(reason, entry.Counters + counters, entry.Connections + connections)
            : new UnownedTraffic(reason, counters, connections);
    }

    private ProcessTraffic ToProcess(TrackedProcess process) => new()
    {
        Key = process.Key,
        Name = process.Name,
        UserId = process.UserId,
        Identity = process.Identity,
        IsRunning = process.IsRunning,
        FirstSeen = DateOf(process.FirstSeen),
        LastSeen = DateOf(process.LastSeen),
        Counters = process.Counters,
        Rates = process.Ring.Rates(ledger.Clock, 1),
        AverageRates = process.Ring.Rates(ledger.Clock, StepClock.AverageSteps),
        Connections = process.Flows,
        History = options.WithHistory ? process.Ring.ToHistory(ledger.Clock) : null,
    };

    /// <summary>Something that happened, with the connection as it is now.</summary>
    internal ConnectionEvent ToEvent(ConnectionEventKind kind, TrackedFlow flow)
    {
        _dates.Refresh();
        return new ConnectionEvent(kind, options.Time.GetUtcNow(), ToConnection(flow));
    }

    // Most of ten thousand connections are silent: their record of the last time says it all.
    private ConnectionTraffic ToConnection(TrackedFlow flow)
    {
        FindName(flow);
        bool isSilent = flow.Ring.IsSilent(ledger.Clock);
        if (isSilent && flow.Record is { } unchanged && flow.RecordDates == _dates.Steps && unchanged.ProcessName == flow.Owner?.Name && !options.WithHistory)
        {
            return unchanged;
        }

        var record = new ConnectionTraffic
        {
            Key = flow.Identity.Key,
            NetworkNamespace = flow.Identity.NetworkNamespace,
            Process = flow.Owner?.Key,
            ProcessName = flow.Owner?.Name,
            Confidence = flow.Owner is null ? OwnerConfidence.None : flow.Confidence,
            UnownedReason = OwnerSearch.ReasonOf(flow),
            Direction = flow.Direction,
            State = flow.State,
            IsClosed = flow.IsClosed,
            InterfaceIndex = flow.InterfaceIndex,
            FirstSeen = DateOf(flow.FirstSeen),
            LastSeen = DateOf(flow.LastSeen),
            Counters = flow.Counters,
            Rates = flow.Ring.Rates(ledger.Clock, 1),
            AverageRates = flow.Ring.Rates(ledger.Clock, StepClock.AverageSteps),
            Tcp = flow.Tcp,
            RemoteName = flow.Name.Name is { } name ? name : s_noName,
            NameSource = flow.Name.Source,
            ServerName = flow.ServerName is { } server ? server : s_noName,
            History = options.WithHistory ? flow.Ring.ToHistory(ledger.Clock) : null,
        };
        flow.Record = isSilent && (flow.Owner is not null || record.UnownedReason != UnownedReason.Pending) ? record : null;
        flow.RecordDates = _dates.Steps;
        return record;
    }

    private void FindName(TrackedFlow flow)
    {
        if (names is null || IsElsewhere(flow))
        {
            return;
        }

        RemoteName name = flow.Name;
        string? server = flow.ServerName;
        long notBefore = flow.FirstSeen - (long)(s_mayBeHeardBefore.TotalSeconds * options.Time.TimestampFrequency);
        if (names.TryImprove(flow.Identity.Key, notBefore, ref name, ref server))
        {
            flow.Name = name;
            flow.ServerName = server;
            flow.Record = null;
        }
    }

    // Every network namespace has a loopback, and only our own is listened to.
    private bool IsElsewhere(TrackedFlow flow) =>
        flow.Identity.Key.Remote.Address.IsLoopback && ledger.OwnNamespace != 0 && flow.Identity.NetworkNamespace != 0 && flow.Identity.NetworkNamespace != ledger.OwnNamespace;

    private DateTimeOffset DateOf(long timestamp) => _dates.Of(timestamp);
}
