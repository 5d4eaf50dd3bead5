namespace Sonde.Host.Processes;

/// <summary>What a <see cref="ProcessCollector"/> reads, how, and within which bounds.</summary>
public sealed record ProcessCollectorOptions
{
    /// <summary>What to collect. <see cref="ProcessFields.Core"/> is always among it.</summary>
    public ProcessFields Fields { get; init; } = ProcessFields.Standard;

    /// <summary>Which engine to use; <see cref="ProcessEngineKind.Automatic"/> takes the best that works, any other one that or none.</summary>
    public ProcessEngineKind Engine { get; init; }

    /// <summary>Of which processes the second and third tier are read: what it says no to keeps the first tier only. Null reads them of all.</summary>
    /// <remarks>It sees a record whose first tier and parent are there, and must not keep it.</remarks>
    public Func<ProcessRecord, bool>? Select { get; init; }

    /// <summary>Keep arguments and environment values that look like secrets as they are, instead of masking them.</summary>
    public bool ShowSecrets { get; init; }

    /// <summary>After how long at most the identity tier of a process is read again, although nothing says that it changed: users, capabilities and control groups may.</summary>
    public TimeSpan IdentityRefresh { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many processes are read at most; what is left out is a gap.</summary>
    public int MaxProcesses { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many bytes of a command line or an environment are read at most.</summary>
    public int MaxArgumentBytes { get; init; } = 128 * 1024;

    /// <summary>Windows: switch on SeDebugPrivilege, if this user holds it, for as long as the collector lives: it opens processes of other users, except protected ones.</summary>
    public bool UseDebugPrivilege { get; init; }

    /// <summary>Linux: where the proc file system is mounted; that of a host may be mounted elsewhere in a container.</summary>
    public string ProcRoot { get; init; } = "/proc";

    /// <summary>Linux: the file with the names of users; macOS is asked by getpwuid, which knows its directory services too.</summary>
    public string PasswordFile { get; init; } = "/etc/passwd";

    /// <summary>The clock that measures and dates.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
