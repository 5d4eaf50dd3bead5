namespace Sonde.Host.Sockets;

/// <summary>What a <see cref="SocketTable"/> reads, and within which bounds.</summary>
public sealed record SocketTableOptions
{
    /// <summary>Which kinds of sockets.</summary>
    public SocketKinds Kinds { get; init; } = SocketKinds.All;

    /// <summary>Whether to read TCP's own figures: bytes, round trips, retransmits, windows.</summary>
    public bool Statistics { get; init; } = true;

    /// <summary>Whether to look for the processes that own the sockets.</summary>
    public bool Owners { get; init; } = true;

    /// <summary>Of which sockets the owner is looked for: what it says no to has none, and if it says no to all, no process is looked at. Null means of all.</summary>
    /// <remarks>It must not keep the record.</remarks>
    public Func<SocketRecord, bool>? SelectOwners { get; init; }

    /// <summary>Linux: whether to read the sockets of other network namespaces too, which takes CAP_SYS_ADMIN.</summary>
    public bool OtherNamespaces { get; init; }

    /// <summary>After how long at most owners that are known are looked for again, although nothing says that they changed: descriptors are inherited, passed on and closed.</summary>
    public TimeSpan OwnerRefresh { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many sockets are kept at most; what is left out is a gap.</summary>
    public int MaxSockets { get; init; } = 1024 * 1024;

    /// <summary>Linux: where the proc file system is mounted.</summary>
    public string ProcRoot { get; init; } = "/proc";

    /// <summary>Linux and macOS: the file with the names of users.</summary>
    public string PasswordFile { get; init; } = "/etc/passwd";

    /// <summary>The clock that measures and dates.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
