namespace Sonde.Host.Processes.Events;

/// <summary>What a <see cref="ProcessEventSource"/> tells, by which way, and within which bounds.</summary>
public sealed record ProcessEventOptions
{
    /// <summary>What of the identity tier is read of each process when an event tells of it; other tiers are not read.</summary>
    public ProcessFields Fields { get; init; } = ProcessFields.Image | ProcessFields.Arguments | ProcessFields.User | ProcessFields.Containment;

    /// <summary>Who tells; <see cref="ProcessEventSourceKind.Automatic"/> takes the best that works, any other one that or none.</summary>
    public ProcessEventSourceKind Source { get; init; }

    /// <summary>Keep arguments that look like secrets as they are, instead of masking them.</summary>
    public bool ShowSecrets { get; init; }

    /// <summary>How many events wait at most for a reader; then the oldest is thrown away, counted, and told as lost.</summary>
    public int Capacity { get; init; } = 65536;

    /// <summary>How often the table is read where nothing but comparing serves, and where it is the only way to see who started.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a stream is checked against the table even when nothing seems lost.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Linux: how many bytes the kernel keeps of events that were not read yet; it needs CAP_NET_ADMIN to grant more than its usual limit.</summary>
    public int ReceiveBufferBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Linux: where the proc file system is mounted.</summary>
    public string ProcRoot { get; init; } = "/proc";

    /// <summary>The clock that measures and dates.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The same wishes for readings of the table.</summary>
    internal ProcessCollectorOptions ForCollector(ProcessEngineKind engine = ProcessEngineKind.Automatic) => new()
    {
        Fields = ProcessFields.Core | (Fields & ProcessFields.Identity),
        Engine = engine,
        ShowSecrets = ShowSecrets,
        ProcRoot = ProcRoot,
        Time = Time,
    };
}
