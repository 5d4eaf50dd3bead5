using Sonde.Traffic.Attribution;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Ledger;

/// <summary>Keeps what sources count: by flow, by process, by reason for having no process. Every byte is in exactly one of the last two.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class TrafficLedger : ITrafficSink
{
    // How long after its first packet a flow without an owner is asked about with every means. After the last time the answer is final.
    private static readonly TimeSpan[] s_retries = [TimeSpan.Zero, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(1500), TimeSpan.FromSeconds(5)];

    // A socket may be handed on, to a child or through another socket: the owner of an active flow is asked for again before its next bytes are given
    // to it. A look costs about a microsecond, so of very many flows each has its turn after a while.
    private const int MostChecks = 2048;
    private static readonly TimeSpan s_ownerCheck = TimeSpan.FromSeconds(2);

    // Looking at all descriptors of a busy host takes long: one part in so many of the time at most.
    private const int RefreshShare = 20;

    private readonly TrafficOptions _options;
    private readonly IReadOnlyList<OwnerSource> _owners;
    private readonly ulong _ownNamespace;
    private readonly List<TrackedFlow> _unowned = [];
    private long _lastRefresh;
    private int _checks;
    private TimeSpan _refreshPause = s_retries[1];

    internal TrafficLedger(TrafficOptions options, IReadOnlyList<OwnerSource> owners, Guid boot, ulong ownNamespace = 0)
    {
        _options = options;
        _owners = owners;
        _ownNamespace = ownNamespace;
        Clock = new StepClock(options.Time, options.Interval);
        Flows = new FlowTable(options.MaxFlows);
        Coverage = new CoverageMeter(ownNamespace);
        Processes = new ProcessTable(options.MaxProcesses, boot, options.WithHistory);
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
        CheckOwner(flow);
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
        AskAgain();
        if (Clock.Since(_lastRefresh) >= _refreshPause && _unowned.Exists(flow => IsDue(flow) && ReasonOf(flow) == UnownedReason.Pending))
        {
            RefreshOwners();
            AskAgain();
        }

        foreach (TrackedFlow flow in _unowned)
        {
            Explain(flow);
            while (IsDue(flow))
            {
                flow.Attempts++;
            }
        }

        _unowned.RemoveAll(static flow => flow.IsForgotten || flow.Confidence is OwnerConfidence.Kernel or OwnerConfidence.Exact || IsFinal(flow));
        _checks = 0;
        Expire();
    }

    /// <summary>Notes that a connection ended which the system no longer lists.</summary>
    internal void Close(TrackedFlow flow)
    {
        SetClosed(flow, isClosed: true);
        flow.Record = null;
    }

    /// <summary>Why a flow has no owner.</summary>
    internal static UnownedReason ReasonOf(TrackedFlow flow)
    {
        if (flow.Owner is not null)
        {
            return UnownedReason.None;
        }

        if (flow.FinalReason != UnownedReason.None)
        {
            return flow.FinalReason;
        }

        Packets.FlowKey key = flow.Identity.Key;
        return key.Protocol is Packets.IPProtocol.Icmp or Packets.IPProtocol.IcmpV6 ? UnownedReason.Icmp
            : key.Remote.Address.IsMulticast || key.Local.Address.IsMulticast ? UnownedReason.Multicast
            : key.Protocol is Packets.IPProtocol.Igmp ? UnownedReason.Multicast

            // Nobody listens: the kernel refuses by itself.
            : flow.IsTcp && (flow.Signs & (FlowSigns.Reset | FlowSigns.Opened)) == FlowSigns.Reset && flow.Counters.Packets <= 4 ? UnownedReason.Kernel
            : !IsFinal(flow) ? UnownedReason.Pending
            : flow.HasEnded ? UnownedReason.Closed
            : UnownedReason.Kernel;
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

        _unowned.Add(flow);
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

    private void RefreshOwners()
    {
        _lastRefresh = Clock.Now;
        long started = _options.Time.GetTimestamp();
        foreach (OwnerSource owner in _owners)
        {
            owner.Refresh();
        }

        TimeSpan pause = _options.Time.GetElapsedTime(started) * RefreshShare;
        _refreshPause = pause > s_retries[1] ? pause : s_retries[1];
    }

    private void AskAgain()
    {
        foreach (TrackedFlow flow in _unowned)
        {
            if (!flow.IsForgotten)
            {
                Ask(flow);
            }
        }
    }

    private void Ask(TrackedFlow flow)
    {
        foreach (OwnerSource source in _owners)
        {
            if (source.TryFind(flow.Identity, flow.Cookie, out OwnerClue clue))
            {
                Give(flow, clue);
                return;
            }
        }

        if (flow.ListenerCookie == 0)
        {
            return;
        }

        foreach (OwnerSource source in _owners)
        {
            if (source.TryFind(flow.Identity, flow.ListenerCookie, out OwnerClue clue))
            {
                Give(flow, clue with { Confidence = OwnerConfidence.Listener });
                return;
            }
        }
    }

    private void Explain(TrackedFlow flow)
    {
        if (flow.Owner is not null)
        {
            return;
        }

        foreach (OwnerSource source in _owners)
        {
            if (source.Explain(flow.Identity, flow.Cookie) is var reason && reason != UnownedReason.None)
            {
                flow.FinalReason = reason;
                return;
            }
        }
    }

    // All that has no owner yet, or a less certain one, moves to the one who is found.
    private void Give(TrackedFlow flow, in OwnerClue clue)
    {
        TrackedProcess process = Processes.Find(clue, Clock.Now);
        bool isSurer = flow.Owner is null || clue.Confidence < flow.Confidence;
        if (flow.Owner == process)
        {
            flow.Record = isSurer ? null : flow.Record;
            flow.Confidence = isSurer ? clue.Confidence : flow.Confidence;
            return;
        }

        if (flow.Owner is { } before)
        {
            if (!isSurer && clue.Confidence != flow.Confidence)
            {
                return;
            }

            before.Flows--;
            if (isSurer)
            {
                Processes.AddTo(before, default(TrafficCounters) - (flow.Counters - flow.OfOthers));
            }
            else
            {
                // Handed on: what is past stays whose it was.
                flow.OfOthers = flow.Counters;
            }
        }

        TrafficCounters own = flow.Counters - flow.OfOthers;
        Processes.AddTo(process, own);
        if (own != default)
        {
            process.Ring.Add(Clock, flow.Ring);
            process.LastSeen = Clock.Now;
        }

        process.Flows++;
        Changes.Add(flow);
        flow.Owner = process;
        flow.Confidence = clue.Confidence;
        flow.Record = null;
    }

    private void CheckOwner(TrackedFlow flow)
    {
        if (flow.Owner is not null
            && flow.Confidence == OwnerConfidence.Kernel
            && flow.LastAsked != Clock.Now
            && (_checks < MostChecks || Clock.Since(flow.LastAsked) >= s_ownerCheck))
        {
            _checks++;
            flow.LastAsked = Clock.Now;
            Ask(flow);
        }
    }

    private bool IsDue(TrackedFlow flow) => !IsFinal(flow) && Clock.Since(flow.FirstSeen) >= s_retries[flow.Attempts];

    private static bool IsFinal(TrackedFlow flow) => flow.Attempts >= s_retries.Length;

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

        UnownedReason reason = ReasonOf(flow);
        reason = reason == UnownedReason.Pending ? UnownedReason.Closed : reason;
        PastUnowned[reason] = PastUnowned.GetValueOrDefault(reason) + flow.Counters;
    }
}
