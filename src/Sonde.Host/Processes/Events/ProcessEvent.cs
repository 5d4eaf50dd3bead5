namespace Sonde.Host.Processes.Events;

/// <summary>Something that happened to a process, or to the stream that tells of it. It never changes.</summary>
public sealed class ProcessEvent
{
    private const string NotOfThis = "this kind of event has none";

    internal ProcessEvent()
    {
    }

    /// <summary>What happened.</summary>
    public required ProcessEventKind Kind { get; init; }

    /// <summary>The number of this event since the source was opened, from 1; events that the reader lost leave a hole.</summary>
    public long Sequence { get; internal set; }

    /// <summary>Who noticed.</summary>
    public ProcessEventOrigin Origin { get; init; }

    /// <summary>When, by the wall clock as it was set when the event was received.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>When, on the clock that nobody sets: the time that the system has been awake. Differences of it are true.</summary>
    public required TimeSpan Monotonic { get; init; }

    /// <summary>The process id; 0 for an event of the stream itself.</summary>
    public int Pid { get; init; }

    /// <summary>Which process, for ever; not there when it ended before its start could be learned.</summary>
    public Reading<ProcessKey> Key { get; init; } = Reading.None<ProcessKey>(NotOfThis);

    /// <summary>Whether the start in <see cref="Key"/> was worked out from the time of the event, because the process ended before it could be read: it may differ by a grain of the clock from what another reader saw. All events of one process have the same key.</summary>
    public bool IsKeyEstimated { get; init; }

    /// <summary>The name that the system keeps, as last known.</summary>
    public Reading<string> Name { get; init; } = Reading.None<string>(NotOfThis);

    /// <summary>The id of the process that started it, or of its parent when that is not known any more.</summary>
    public Reading<int> ParentPid { get; init; } = Reading.None<int>(NotOfThis);

    /// <summary>The process that started it; known also when it has ended since.</summary>
    public Reading<ProcessKey> Parent { get; init; } = Reading.None<ProcessKey>(NotOfThis);

    /// <summary>The name of the parent when this happened.</summary>
    public Reading<string> ParentName { get; init; } = Reading.None<string>(NotOfThis);

    /// <summary>The parent's program, command line and user, as far as they are known.</summary>
    public ProcessIdentity ParentIdentity { get; init; } = ProcessIdentity.Unread;

    /// <summary>The process's program, command line, user and container, read when the event came; at an exit what was known last.</summary>
    public ProcessIdentity Identity { get; init; } = ProcessIdentity.Unread;

    /// <summary>How much of it could be read.</summary>
    public ProcessEventEnrichment Enrichment { get; init; }

    /// <summary>Why not all of it; null when all was.</summary>
    public string? EnrichmentReason { get; init; }

    /// <summary>How long after the event the process was read: what changed in that time is not as it was.</summary>
    public Reading<TimeSpan> EnrichmentLag { get; init; } = Reading.None<TimeSpan>("nothing was read for it");

    /// <summary>The code that it ended with; none when a signal ended it. On Windows the whole code, as a signed number.</summary>
    public Reading<int> ExitCode { get; init; } = Reading.None<int>(NotOfThis);

    /// <summary>The signal that ended it.</summary>
    public Reading<int> Signal { get; init; } = Reading.None<int>(NotOfThis);

    /// <summary>Whether it left a core dump.</summary>
    public Reading<bool> HasCoreDump { get; init; } = Reading.None<bool>(NotOfThis);

    /// <summary>How long it lived.</summary>
    public Reading<TimeSpan> RunTime { get; init; } = Reading.None<TimeSpan>(NotOfThis);

    /// <summary>Of <see cref="ProcessEventKind.Lost"/>: how many messages or events are missing; not known when the system only says that some are.</summary>
    public Reading<long> LostCount { get; init; } = Reading.None<long>(NotOfThis);

    /// <summary>How many messages the system had lost, as far as it was known, when this was told.</summary>
    public long LostBefore { get; init; }

    /// <summary>Of <see cref="ProcessEventKind.Resynced"/>: how many starts were found that nobody had told of.</summary>
    public int FoundStarts { get; init; }

    /// <summary>Of <see cref="ProcessEventKind.Resynced"/>: how many ends were found that nobody had told of.</summary>
    public int FoundExits { get; init; }

    /// <summary>Why, for an event of the stream itself or one that was found; else null.</summary>
    public string? Reason { get; init; }

    /// <summary>Kind, id and name.</summary>
    public override string ToString() => Pid == 0 ? $"{Kind}: {Reason}" : $"{Kind} {Pid} {Name.GetValueOrDefault("?")}";
}
