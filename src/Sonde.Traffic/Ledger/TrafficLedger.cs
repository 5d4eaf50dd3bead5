using Sonde.Traffic.Attribution;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Ledger;

/// <summary>Keeps what sources count: by flow, by process, by reason for having no process. Every byte is in exactly one of the last two.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class TrafficLedger : ITrafficSink
{
    private readonly TrafficOptions _options;
    private readonly ulong _ownNamespace;
    private readonly OwnerSearch _search;

    internal TrafficLedger(TrafficOptions options, IReadOnlyList<OwnerSource> owners, Guid boot, ulong ownNamespace = 0)
    {
        _options = options;
        _ownNamespace = ownNamespace;
        Clock = new StepClock(options.Time, options.Interval);
        Flows = new FlowTable(options.MaxFlows);
        Coverage = new CoverageMeter(ownNamespace);
        Processes = new ProcessTable(options.MaxProcesses, boot, options.WithHistory);
        _search = new OwnerSearch(owners, options.Time, Clock, Processes, Changes);
    }

    internal StepClock Clock { get; }

    /// <summary>The cookie of this process's network namespace; 0 where the source does not know namespaces.</summary>
    internal ulong OwnNamespace => _ownNamespace;

    internal FlowTable Flows { get; }

    internal ProcessTable Processes { get; }

    internal CoverageMeter Coverage { get; }

    internal FlowChanges Changes { get; } = new();

    /// <summary>Everything.</summary>
    internal TrafficCounters Total { get; private set; }

    /// <summary>What was counted without its flow.</summary>
    internal TrafficCounters Overflow { get; private set; }

    /// <summary>Flows that had to make room.</summary>
    internal long EvictedFlows { get; private set; }

    /// <summary>What unowned flows counted that are no longer there, by reason.</summary>
    internal Dictionary<UnownedReason, TrafficCounters> PastUnowned { get; } = [];

    /// <summary>Which interfaces of this network namespace count, by number; null for all, those of other namespaces too. Set before the first count.</summary>
    internal Func<int, bool>? CountsInterface { get; set; }

    /// <inheritdoc/>
    public void Count(in FlowCount count)
    {
        if (CountsInterface is { } counts && (count.Flow.NetworkNamespace != _ownNamespace || !counts(count.InterfaceIndex)))
        {
            return;
        }

        TrackedFlow flow = Find(count);
        flow.Signs |= count.Signs;
        flow.Record = null;
        Learn(flow, count);
        _search.Check(flow);
        Total += count.Counters;
        Coverage.Add(count);
        flow.Counters += count.Counters;
        flow.Ring.Add(Clock, count.Counters);
        flow.InterfaceIndex = count.InterfaceIndex != 0 ? count.InterfaceIndex : flow.InterfaceIndex;
        if (count.Counters == default && count.Signs == FlowSigns.None)
        {
            return; // only told to be there
        }

        flow.LastSeen = Clock.Now;
        Flows.Touch(flow);
        if (flow.Owner is { } owner)
        {
            Processes.AddTo(owner, count.Counters);
            owner.Ring.Add(Clock, count.Counters);
            owner.LastSeen = Clock.Now;
        }
    }

    /// <inheritdoc/>
    public void CountOverflow(in TrafficCounters counters)
    {
        Total += counters;
        Overflow += counters;
    }

    /// <summary>Finds owners of what has been counted, and lets go of what is long over. Call it after each reading of the source.</summary>
    internal void Settle()
    {
        _search.Settle();
        Expire();
    }

    /// <summary>Notes that a connection ended which the system no longer lists.</summary>
    internal void Close(TrackedFlow flow)
    {
        SetClosed(flow, isClosed: true);
        flow.Record = null;
    }

    private TrackedFlow Find(in FlowCount count)
    {
        if (Flows.TryFind(count.Flow, out TrackedFlow? flow))
        {
            // The same endpoints again, after an end: another connection.
            if (!flow.IsClosed || (count.Signs & (FlowSigns.Opened | FlowSigns.Accepted)) == FlowSigns.None)
            {
                return flow;
            }

            Forget(flow);
        }

        if (Flows.IsFull && Flows.Oldest is { } oldest)
        {
            EvictedFlows++;
            Forget(oldest);
        }

        flow = new TrackedFlow(count.Flow, new TrafficRing(_options.WithHistory), Clock.Now);
        Flows.Add(flow);
        Changes.Add(flow);
        if ((count.Signs & FlowSigns.Passing) != FlowSigns.None)
        {
            // Nobody here has it: a socket that listens on the same port is not asked.
            flow.FinalReason = UnownedReason.Forwarded;
            return flow;
        }

        _search.Add(flow);
        return flow;
    }

    // The handshake is counted on the listening socket, what follows on the connection's own.
    private static void Learn(TrackedFlow flow, in FlowCount count)
    {
        if (count.SocketCookie == 0)
        {
            return;
        }

        if (flow.IsTcp && (count.Signs & FlowSigns.Accepted) != FlowSigns.None)
        {
            flow.ListenerCookie = count.SocketCookie;
        }
        else if (count.SocketCookie != flow.ListenerCookie && (flow.Cookie == 0 || flow.Cookie == flow.ListenerCookie))
        {
            flow.Cookie = count.SocketCookie;
        }
    }

    private void Expire()
    {
        TimeSpan patience = _options.KeepClosed < _options.IdleTimeout ? _options.KeepClosed : _options.IdleTimeout;
        for (TrackedFlow? flow = Flows.Newest; flow is not null && flow.LastSeen == Clock.Now; flow = flow.Older)
        {
            SetClosed(flow, flow.IsTcp && flow.HasEnded);
        }

        for (TrackedFlow? flow = Flows.Oldest; flow is not null && Clock.Since(flow.LastSeen) > patience;)
        {
            TrackedFlow? newer = flow.Newer;
            TimeSpan silent = Clock.Since(flow.LastSeen);
            if (!flow.IsTcp && !flow.IsClosed && silent > _options.IdleTimeout)
            {
                SetClosed(flow, isClosed: true);
                flow.Record = null;
            }

            if (flow.IsClosed && silent > _options.KeepClosed + (flow.IsTcp ? TimeSpan.Zero : _options.IdleTimeout))
            {
                Forget(flow);
            }

            flow = newer;
        }
    }

    private void SetClosed(TrackedFlow flow, bool isClosed)
    {
        if (flow.IsClosed != isClosed)
        {
            flow.IsClosed = isClosed;
            Changes.Add(flow);
        }
    }

    // The flow goes; what it counted stays with its process, or with the reason why it had none.
    private void Forget(TrackedFlow flow)
    {
        Flows.Remove(flow);
        flow.IsForgotten = true;
        Changes.Add(flow);
        if (flow.Owner is { } owner)
        {
            owner.Flows--;
            return;
        }

        UnownedReason reason = OwnerSearch.ReasonOf(flow);
        reason = reason == UnownedReason.Pending ? UnownedReason.Closed : reason;
        PastUnowned[reason] = PastUnowned.GetValueOrDefault(reason) + flow.Counters;
    }
}
