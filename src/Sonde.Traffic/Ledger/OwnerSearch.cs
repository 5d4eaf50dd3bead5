using Sonde.Packets;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Ledger;

/// <summary>Finds the processes that flows belong to: asks several sources, the surest first, and again after a while; what was counted before moves to who is found.</summary>
internal sealed class OwnerSearch(IReadOnlyList<OwnerSource> sources, TimeProvider time, StepClock clock, ProcessTable processes, FlowChanges changes)
{
    // How long after its first packet a flow without an owner is asked about with every means. After the last time the answer is final.
    private static readonly TimeSpan[] s_retries = [TimeSpan.Zero, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(1500), TimeSpan.FromSeconds(5)];

    // A socket may be handed on, to a child or through another socket: the owner of an active flow is asked for again before its next bytes are given
    // to it. A look costs about a microsecond, so of very many flows each has its turn after a while.
    private const int MostChecks = 2048;
    private static readonly TimeSpan s_ownerCheck = TimeSpan.FromSeconds(2);

    // Looking at all descriptors of a busy host takes long: one part in so many of the time at most.
    private const int RefreshShare = 20;

    private readonly List<TrackedFlow> _unowned = [];
    private long _lastRefresh;
    private int _checks;
    private TimeSpan _refreshPause = s_retries[1];

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

        FlowKey key = flow.Identity.Key;
        return key.Protocol is IPProtocol.Icmp or IPProtocol.IcmpV6 ? UnownedReason.Icmp
            : key.Remote.Address.IsMulticast || key.Local.Address.IsMulticast ? UnownedReason.Multicast
            : key.Protocol is IPProtocol.Igmp ? UnownedReason.Multicast

            // Nobody listens: the kernel refuses by itself.
            : flow.IsTcp && (flow.Signs & (FlowSigns.Reset | FlowSigns.Opened)) == FlowSigns.Reset && flow.Counters.Packets <= 4 ? UnownedReason.Kernel
            : !IsFinal(flow) ? UnownedReason.Pending
            : flow.HasEnded ? UnownedReason.Closed
            : UnownedReason.Kernel;
    }

    /// <summary>Takes a flow that has no owner yet.</summary>
    internal void Add(TrackedFlow flow) => _unowned.Add(flow);

    /// <summary>Asks for everything whose time has come, and says of the rest why it has no owner.</summary>
    internal void Settle()
    {
        AskAgain();
        if (clock.Since(_lastRefresh) >= _refreshPause && _unowned.Exists(flow => IsDue(flow) && ReasonOf(flow) == UnownedReason.Pending))
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
    }

    /// <summary>Asks again whose a flow is that counted something, in case its socket was handed on.</summary>
    internal void Check(TrackedFlow flow)
    {
        if (flow.Owner is not null
            && flow.Confidence == OwnerConfidence.Kernel
            && flow.LastAsked != clock.Now
            && (_checks < MostChecks || clock.Since(flow.LastAsked) >= s_ownerCheck))
        {
            _checks++;
            flow.LastAsked = clock.Now;
            Ask(flow);
        }
    }

    private void RefreshOwners()
    {
        _lastRefresh = clock.Now;
        long started = time.GetTimestamp();
        foreach (OwnerSource source in sources)
        {
            source.Refresh();
        }

        TimeSpan pause = time.GetElapsedTime(started) * RefreshShare;
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
        if (TryFind(flow, flow.Cookie, out OwnerClue clue))
        {
            Give(flow, clue);
        }
        else if (flow.ListenerCookie != 0 && TryFind(flow, flow.ListenerCookie, out clue))
        {
            Give(flow, clue with { Confidence = OwnerConfidence.Listener });
        }
    }

    private bool TryFind(TrackedFlow flow, ulong cookie, out OwnerClue clue)
    {
        foreach (OwnerSource source in sources)
        {
            if (source.TryFind(flow.Identity, cookie, out clue))
            {
                return true;
            }
        }

        clue = default;
        return false;
    }

    private void Explain(TrackedFlow flow)
    {
        if (flow.Owner is not null)
        {
            return;
        }

        foreach (OwnerSource source in sources)
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
        TrackedProcess process = processes.Find(clue, clock.Now);
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
                processes.AddTo(before, default(TrafficCounters) - (flow.Counters - flow.OfOthers));
            }
            else
            {
                // Handed on: what is past stays whose it was.
                flow.OfOthers = flow.Counters;
            }
        }

        TrafficCounters own = flow.Counters - flow.OfOthers;
        processes.AddTo(process, own);
        if (own != default)
        {
            process.Ring.Add(clock, flow.Ring);
            process.LastSeen = clock.Now;
        }

        process.Flows++;
        changes.Add(flow);
        flow.Owner = process;
        flow.Confidence = clue.Confidence;
        flow.Record = null;
    }

    private bool IsDue(TrackedFlow flow) => !IsFinal(flow) && clock.Since(flow.FirstSeen) >= s_retries[flow.Attempts];

    private static bool IsFinal(TrackedFlow flow) => flow.Attempts >= s_retries.Length;
}
