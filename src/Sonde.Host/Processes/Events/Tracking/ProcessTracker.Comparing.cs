namespace Sonde.Host.Processes.Events.Tracking;

// What readings of the table show that nobody told.
internal sealed partial class ProcessTracker
{
    // By how many marks an estimated start may differ from the one in the table: clock ticks on Linux, the only system that estimates.
    private const ulong EstimateGrain = 100;

    // Those that ended and may still stand in the table, waited for by nobody. Forgotten once the table has them no more.
    private const int MaxEnded = 128 * 1024;
    private readonly Dictionary<int, EndedProcess> _ended = [];

    // Differences that the last reading showed: true if the next one shows them too.
    private HashSet<ProcessKey> _suspectStarts = [];
    private HashSet<ProcessKey> _suspectEnds = [];

    /// <summary>Learns who lives already, and tells nothing.</summary>
    internal void Learn(ProcessSnapshot snapshot, TimeSpan begun, Func<ProcessRecord, TimeSpan?> startOf)
    {
        foreach (ProcessRecord record in snapshot.AsSpan())
        {
            _known[record.Pid] = Make(record, begun, startOf);
        }

        // Parents may have higher ids than their children.
        foreach (KnownProcess process in _known.Values)
        {
            process.Parent = KeyOfParent(process.ParentPid.GetValueOrDefault(0));
        }
    }

    /// <summary>Compares a reading of the table with what is known, and tells the differences.</summary>
    /// <param name="at">When.</param>
    /// <param name="snapshot">The reading.</param>
    /// <param name="begun">When the reading began, on the monotonic clock: what was learned after that stays.</param>
    /// <param name="startOf">When a process of the reading started, on the monotonic clock.</param>
    /// <param name="isSure">Whether one reading is enough, because there is no stream that may tell the same in a moment; else a difference is told when a second reading shows it too.</param>
    internal ComparisonResult Compare(in EventMoment at, ProcessSnapshot snapshot, TimeSpan begun, Func<ProcessRecord, TimeSpan?> startOf, bool isSure)
    {
        var result = new ComparisonResult();
        FindEnds(at, snapshot, begun, isSure, ref result);
        FindStarts(at, snapshot, begun, startOf, isSure, ref result);
        ForgetEnded(snapshot);
        Found += result.Starts + result.Ends + result.Executions;
        return result;
    }

    /// <summary>Tells that the table was compared, and what it showed.</summary>
    internal void Resync(in EventMoment at, int starts, int ends, string reason) => emit(new ProcessEvent
    {
        Kind = ProcessEventKind.Resynced,
        Origin = ProcessEventOrigin.Comparison,
        Time = at.Time,
        Monotonic = at.Monotonic,
        FoundStarts = starts,
        FoundExits = ends,
        LostBefore = Lost,
        Reason = reason,
    });

    private void FindEnds(in EventMoment at, ProcessSnapshot snapshot, TimeSpan begun, bool isSure, ref ComparisonResult result)
    {
        HashSet<ProcessKey> suspects = [];
        foreach ((int pid, KnownProcess process) in _known)
        {
            ProcessRecord? record = snapshot.Find(pid);
            if (record is not null && IsSame(process, record))
            {
                process.IsVisible = true;
                continue;
            }

            // One that the table never showed may be hidden from us, and one that is younger than the reading is none of its business.
            if (process.ChangedAt >= begun || !process.Key.TryGetValue(out ProcessKey key) || (!process.IsVisible && record is null))
            {
                continue;
            }

            if (!isSure && !_suspectEnds.Contains(key))
            {
                suspects.Add(key);
                continue;
            }

            _known.Remove(pid); // allowed while enumerating since .NET Core 3.0
            EmitEnd(at, process, ExitStatus.Unknown, ProcessEventOrigin.Comparison, isSure ? "it is not in the table any more" : "it is not in the table any more; nobody told of its end");
            result.Ends++;
        }

        _suspectEnds = suspects;
        result.Suspects += suspects.Count;
    }

    private void FindStarts(in EventMoment at, ProcessSnapshot snapshot, TimeSpan begun, Func<ProcessRecord, TimeSpan?> startOf, bool isSure, ref ComparisonResult result)
    {
        HashSet<ProcessKey> suspects = [];
        foreach (ProcessRecord record in snapshot.AsSpan())
        {
            if (_known.TryGetValue(record.Pid, out KnownProcess? known) && (IsSame(known, record) || known.ChangedAt >= begun))
            {
                CompareImages(at, known, record, begun, isSure, ref result);
                continue;
            }

            if (_ended.TryGetValue(record.Pid, out EndedProcess ended) && ended.MayBe(record.Key.Start))
            {
                continue; // it waits to be waited for
            }

            if (!isSure && !_suspectStarts.Contains(record.Key))
            {
                suspects.Add(record.Key);
                continue;
            }

            KnownProcess process = Make(record, begun, startOf);
            process.Parent = KeyOfParent(process.ParentPid.GetValueOrDefault(0));
            _known[record.Pid] = process;
            EmitFound(ProcessEventKind.Started, at, process, isSure ? "it is new in the table" : "it is in the table; nobody told of its start");
            result.Starts++;
        }

        _suspectStarts = suspects;
        result.Suspects += suspects.Count;
    }

    // Only where the table is all there is: a stream tells of executions, and addresses that change otherwise must not look like one.
    private void CompareImages(in EventMoment at, KnownProcess known, ProcessRecord record, TimeSpan begun, bool isSure, ref ComparisonResult result)
    {
        if (known.ChangedAt >= begun || !IsSame(known, record))
        {
            return;
        }

        bool isOther = known.ImageStamp != record.Sample.ImageStamp;
        if (isOther || !ReferenceEquals(known.Identity, record.Identity))
        {
            known.Identity = record.Identity;
            known.ImageStamp = record.Sample.ImageStamp;
            known.Name = record.Name;
        }

        if (isOther && isSure)
        {
            EmitFound(ProcessEventKind.Executed, at, known, "its image is another one in the table");
            result.Executions++;
        }
    }

    private void EmitFound(ProcessEventKind kind, in EventMoment at, KnownProcess process, string reason)
    {
        var facts = new ProcessFacts(process.Key.Value.Start, process.Name.Value, 0, process.Identity, process.ImageStamp, process.StartedAt, TimeSpan.Zero);
        Emit(kind, at, process, facts, ProcessEventOrigin.Comparison, reason);
    }

    private void Remember(KnownProcess ended)
    {
        // Too many at once: then a dead one that is still in the table may be told of again, which is better than growing without end.
        if (_ended.Count >= MaxEnded)
        {
            _ended.Clear();
        }

        _ended[ended.Pid] = new EndedProcess(ended.Key.HasValue ? ended.Key.Value.Start : null, ended.IsKeyEstimated);
    }

    private void ForgetEnded(ProcessSnapshot snapshot)
    {
        foreach (int pid in _ended.Keys)
        {
            if (snapshot.Find(pid) is null)
            {
                _ended.Remove(pid);
            }
        }
    }

    private static KnownProcess Make(ProcessRecord record, TimeSpan begun, Func<ProcessRecord, TimeSpan?> startOf) => new(record.Pid)
    {
        Key = record.Key,
        Name = record.Name,
        ParentPid = record.ParentPid,
        Identity = record.Identity,
        ImageStamp = record.Sample.ImageStamp,
        StartedAt = startOf(record),
        ChangedAt = begun - TimeSpan.FromTicks(1),
        IsVisible = true,
    };

    private static bool IsSame(KnownProcess known, ProcessRecord record)
    {
        if (!known.Key.TryGetValue(out ProcessKey key))
        {
            return false;
        }

        return key.Start == record.Key.Start || (known.IsKeyEstimated && IsNear(key.Start, record.Key.Start));
    }

    private static bool IsNear(ulong one, ulong other) => Math.Max(one, other) - Math.Min(one, other) <= EstimateGrain;

    private readonly record struct EndedProcess(ulong? Start, bool IsEstimated)
    {
        internal bool MayBe(ulong start) => Start is not { } own || own == start || (IsEstimated && IsNear(own, start));
    }
}
