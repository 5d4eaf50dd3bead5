namespace Sonde.Host.Processes.Events.Tracking;

/// <summary>Turns what a system tells, and what readings of its table show, into events; remembers every process that lives. Knows no system, and no clock of its own.</summary>
/// <remarks>One thread. What is remembered is bounded by the ids that a system can give.</remarks>
internal sealed partial class ProcessTracker(Guid boot, ProcessFields fields, Action<ProcessEvent> emit)
{
    private const string EndedUnread = "it had ended before it could be read";
    private readonly Dictionary<int, KnownProcess> _known = [];

    /// <summary>How many processes are known to live.</summary>
    internal int KnownCount => _known.Count;

    /// <summary>How many messages the system lost, as far as is known.</summary>
    internal long Lost { get; private set; }

    /// <summary>How many events only a comparison found.</summary>
    internal long Found { get; private set; }

    /// <summary>How many events had nothing to read.</summary>
    internal long Unread { get; private set; }

    /// <summary>What is known of who has this id, or null.</summary>
    internal KnownProcess? Find(int pid) => _known.GetValueOrDefault(pid);

    /// <summary>A process started.</summary>
    /// <param name="at">When.</param>
    /// <param name="pid">Its id.</param>
    /// <param name="parentPid">Who started it, 0 when the system does not say.</param>
    /// <param name="facts">What could be read of it, or null.</param>
    /// <param name="estimatedStart">The mark of its start, worked out from the moment, for one that could not be read.</param>
    internal void Start(in EventMoment at, int pid, int parentPid, ProcessFacts? facts, ulong? estimatedStart)
    {
        var process = new KnownProcess(pid) { StartedAt = at.Monotonic, ChangedAt = at.Monotonic };
        Learn(process, facts, estimatedStart);
        process.StartedAt = at.Monotonic; // truer than the grain of the table
        if (parentPid > 0)
        {
            process.ParentPid = parentPid;
            process.Parent = KeyOfParent(parentPid);
        }

        Replace(at, process);
        Emit(ProcessEventKind.Started, at, process, facts);
    }

    /// <summary>A process executed another program.</summary>
    internal void Execute(in EventMoment at, int pid, ProcessFacts? facts) => Change(ProcessEventKind.Executed, at, pid, facts);

    /// <summary>A process changed its user or groups.</summary>
    internal void ChangeCredentials(in EventMoment at, int pid, ProcessFacts? facts) => Change(ProcessEventKind.CredentialsChanged, at, pid, facts);

    /// <summary>A process ended.</summary>
    /// <param name="at">When.</param>
    /// <param name="pid">Its id.</param>
    /// <param name="parentPid">Its parent as the system says it now, 0 when it does not.</param>
    /// <param name="status">How.</param>
    /// <param name="facts">What could be read of one that was not known, or null.</param>
    internal void End(in EventMoment at, int pid, int parentPid, in ExitStatus status, ProcessFacts? facts)
    {
        if (!_known.Remove(pid, out KnownProcess? process))
        {
            process = new KnownProcess(pid);
            Learn(process, facts, null);
            if (parentPid > 0)
            {
                process.ParentPid = parentPid;
                process.Parent = KeyOfParent(parentPid);
            }
        }

        Remember(process);
        EmitEnd(at, process, status, ProcessEventOrigin.Stream, null);
    }

    /// <summary>Messages were lost.</summary>
    internal void Lose(in EventMoment at, Reading<long> count, string reason)
    {
        Lost += count.GetValueOrDefault(0);
        emit(new ProcessEvent { Kind = ProcessEventKind.Lost, Time = at.Time, Monotonic = at.Monotonic, LostCount = count, LostBefore = Lost, Reason = reason });
    }

    private void Change(ProcessEventKind kind, in EventMoment at, int pid, ProcessFacts? facts)
    {
        // Without facts what was known before stands under the new event only as far as it cannot have changed.
        var process = new KnownProcess(pid) { ChangedAt = at.Monotonic };
        if (_known.TryGetValue(pid, out KnownProcess? before))
        {
            process.Key = before.Key;
            process.IsKeyEstimated = before.IsKeyEstimated;
            process.ParentPid = before.ParentPid;
            process.Parent = before.Parent;
            process.StartedAt = before.StartedAt;
            process.IsVisible = before.IsVisible;
            process.ImageStamp = before.ImageStamp;
            process.Name = kind == ProcessEventKind.Executed ? process.Name : before.Name;
        }

        TimeSpan? started = process.StartedAt;
        Learn(process, facts, null);
        process.StartedAt = started ?? process.StartedAt;
        Replace(at, process);
        if (before is null && facts is not null)
        {
            Found++;
            Emit(ProcessEventKind.Started, at, process, facts, ProcessEventOrigin.Comparison, "a later event told of it, and none of its start");
        }

        Emit(kind, at, process, facts);
    }

    /// <summary>Puts facts into what is known.</summary>
    private void Learn(KnownProcess process, ProcessFacts? facts, ulong? estimatedStart)
    {
        if (facts is null)
        {
            if (estimatedStart is { } start)
            {
                process.Key = new ProcessKey(boot, process.Pid, start);
                process.IsKeyEstimated = true;
            }

            return;
        }

        // A key that was told once stays, so that all events of a process have the same.
        if (!process.Key.HasValue)
        {
            process.Key = new ProcessKey(boot, process.Pid, facts.Start);
        }

        process.Name = facts.Name;
        process.Identity = facts.Identity;
        process.ImageStamp = facts.ImageStamp;
        process.StartedAt ??= facts.StartedAt;
        process.IsVisible = true;
        if (!process.ParentPid.HasValue)
        {
            process.ParentPid = facts.ParentPid;
            process.Parent = KeyOfParent(facts.ParentPid);
        }
    }

    private Reading<ProcessKey> KeyOfParent(int parentPid) =>
        parentPid == 0 ? Reading.None<ProcessKey>("the kernel started it, or a process outside of this pid namespace")
        : _known.TryGetValue(parentPid, out KnownProcess? parent) ? parent.Key
        : Reading.Gone<ProcessKey>("its parent ended before it was known");

    // Whoever had the id before has ended, and nobody told.
    private void Replace(in EventMoment at, KnownProcess process)
    {
        if (_known.TryGetValue(process.Pid, out KnownProcess? before) && before.Key.HasValue && process.Key.HasValue && !IsSame(before, process))
        {
            Found++;
            EmitEnd(at, before, ExitStatus.Unknown, ProcessEventOrigin.Comparison, "its id belongs to another process now; nobody told of its end");
        }

        _known[process.Pid] = process;
    }

    private static bool IsSame(KnownProcess left, KnownProcess right)
    {
        ulong one = left.Key.Value.Start;
        ulong other = right.Key.Value.Start;
        return one == other || ((left.IsKeyEstimated || right.IsKeyEstimated) && IsNear(one, other));
    }

    private void Emit(ProcessEventKind kind, in EventMoment at, KnownProcess process, ProcessFacts? facts, ProcessEventOrigin origin = ProcessEventOrigin.Stream, string? reason = null)
    {
        (ProcessEventEnrichment enrichment, string? why) = facts is null
            ? (ProcessEventEnrichment.None, EndedUnread)
            : EnrichmentVerdict.Of(facts.Identity, fields);
        Unread += facts is null || ReferenceEquals(facts.Identity, ProcessIdentity.Gone) ? 1 : 0;
        KnownProcess? parent = ParentOf(process);
        emit(new ProcessEvent
        {
            Kind = kind,
            Origin = origin,
            Time = at.Time,
            Monotonic = at.Monotonic,
            Pid = process.Pid,
            Key = process.Key,
            IsKeyEstimated = process.IsKeyEstimated,
            Name = process.Name,
            ParentPid = process.ParentPid,
            Parent = process.Parent,
            ParentName = parent?.Name ?? Reading.Gone<string>("its parent is gone"),
            ParentIdentity = parent?.Identity ?? ProcessIdentity.Gone,
            Identity = process.Identity,
            Enrichment = enrichment,
            EnrichmentReason = why,
            EnrichmentLag = facts is null ? Reading.Gone<TimeSpan>(EndedUnread) : facts.Lag,
            LostBefore = Lost,
            Reason = reason,
        });
    }

    private void EmitEnd(in EventMoment at, KnownProcess process, in ExitStatus status, ProcessEventOrigin origin, string? reason)
    {
        (ProcessEventEnrichment enrichment, string? why) = EnrichmentVerdict.Of(process.Identity, fields);
        KnownProcess? parent = ParentOf(process);
        emit(new ProcessEvent
        {
            Kind = ProcessEventKind.Exited,
            Origin = origin,
            Time = at.Time,
            Monotonic = at.Monotonic,
            Pid = process.Pid,
            Key = process.Key,
            IsKeyEstimated = process.IsKeyEstimated,
            Name = process.Name,
            ParentPid = process.ParentPid,
            Parent = process.Parent,
            ParentName = parent?.Name ?? Reading.Gone<string>("its parent is gone"),
            ParentIdentity = parent?.Identity ?? ProcessIdentity.Gone,
            Identity = process.Identity,
            Enrichment = process.Name.HasValue ? enrichment : ProcessEventEnrichment.None,
            EnrichmentReason = process.Name.HasValue ? why : EndedUnread,
            EnrichmentLag = Reading.None<TimeSpan>("an end shows what was read before"),
            ExitCode = status.Code,
            Signal = status.Signal,
            HasCoreDump = status.HasCoreDump,
            RunTime = origin == ProcessEventOrigin.Comparison ? Reading.Unsupported<TimeSpan>("when it ended is not known to the moment")
                : process.StartedAt is { } started ? Reading.Ok(at.Monotonic > started ? at.Monotonic - started : TimeSpan.Zero)
                : Reading.Gone<TimeSpan>("when it started was never known"),
            LostBefore = Lost,
            Reason = reason,
        });
    }

    private KnownProcess? ParentOf(KnownProcess process) =>
        process.ParentPid.TryGetValue(out int pid) && _known.TryGetValue(pid, out KnownProcess? parent) && parent != process && process.Parent.HasValue && parent.Key == process.Parent ? parent : null;
}
