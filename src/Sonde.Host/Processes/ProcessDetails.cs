namespace Sonde.Host.Processes;

/// <summary>What is read on request only, because it costs many times what the rest costs.</summary>
/// <remarks>As true as the snapshot that holds it; each collection makes another one.</remarks>
public sealed class ProcessDetails
{
    internal ProcessDetails()
        : this(ReadingStatus.NotCollected, "nobody asked for it")
    {
    }

    private ProcessDetails(ReadingStatus status, string? reason)
    {
        WorkingFolder = new Reading<string>(status, default, reason);
        RootFolder = new Reading<string>(status, default, reason);
        Environment = new Reading<IReadOnlyList<string>>(status, default, reason);
        Groups = new Reading<IReadOnlyList<string>>(status, default, reason);
        MemoryMap = new Reading<ProcessMemoryMap>(status, default, reason);
        Limits = new Reading<IReadOnlyList<ProcessLimit>>(status, default, reason);
        IoPriority = new Reading<string>(status, default, reason);
        PagePriority = new Reading<int>(status, default, reason);
        Affinity = new Reading<string>(status, default, reason);
        OutOfMemory = new Reading<ProcessOutOfMemory>(status, default, reason);
        ImageDetails = new Reading<ProcessImageDetails>(status, default, reason);
        UserMap = new Reading<IReadOnlyList<string>>(status, default, reason);
        GroupMap = new Reading<IReadOnlyList<string>>(status, default, reason);
        IsDumpable = new Reading<bool>(status, default, reason);
        SecureBits = new Reading<uint>(status, default, reason);
        Hash = new Reading<string>(status, default, reason);
        Signature = new Reading<ProcessSignature>(status, default, reason);
        Entitlements = new Reading<IReadOnlyDictionary<string, string>>(status, default, reason);
        Mitigations = new Reading<IReadOnlyList<string>>(status, default, reason);
        GdiObjects = new Reading<uint>(status, default, reason);
        UserObjects = new Reading<uint>(status, default, reason);
    }

    /// <summary>Of a process that ended, or whose id was used again, while it was read.</summary>
    internal static ProcessDetails Gone { get; } = new(ReadingStatus.Gone, "it ended while it was read");

    /// <summary>The working folder.</summary>
    public Reading<string> WorkingFolder { get; internal set; }

    /// <summary>The root folder: not "/" after chroot, and in some containers.</summary>
    public Reading<string> RootFolder { get; internal set; }

    /// <summary>The environment at the start, as NAME=value; values that look like secrets are masked.</summary>
    public Reading<IReadOnlyList<string>> Environment { get; internal set; }

    /// <summary>Supplementary groups: ids on Linux and macOS, SIDs on Windows.</summary>
    public Reading<IReadOnlyList<string>> Groups { get; internal set; }

    /// <summary>Memory summed up over all mappings.</summary>
    public Reading<ProcessMemoryMap> MemoryMap { get; internal set; }

    /// <summary>Resource limits.</summary>
    public Reading<IReadOnlyList<ProcessLimit>> Limits { get; internal set; }

    /// <summary>The I/O priority in words: "best-effort 4", "idle".</summary>
    public Reading<string> IoPriority { get; internal set; }

    /// <summary>Windows: the memory priority, 1 (lowest) to 5 (normal).</summary>
    public Reading<int> PagePriority { get; internal set; }

    /// <summary>The processors it may run on, as the system writes it: "0-3,8".</summary>
    public Reading<string> Affinity { get; internal set; }

    /// <summary>How likely the system ends it for lack of memory.</summary>
    public Reading<ProcessOutOfMemory> OutOfMemory { get; internal set; }

    /// <summary>Owner, mode, processor and version of the program's file.</summary>
    public Reading<ProcessImageDetails> ImageDetails { get; internal set; }

    /// <summary>Linux: how user ids of its user namespace map to those of the host, a line each.</summary>
    public Reading<IReadOnlyList<string>> UserMap { get; internal set; }

    /// <summary>Linux: how group ids of its user namespace map to those of the host, a line each.</summary>
    public Reading<IReadOnlyList<string>> GroupMap { get; internal set; }

    /// <summary>Linux: whether others of the same user may look into it and it leaves core dumps.</summary>
    public Reading<bool> IsDumpable { get; internal set; }

    /// <summary>Linux: the secure bits, as far as the kernel shows them.</summary>
    public Reading<uint> SecureBits { get; internal set; }

    /// <summary>SHA-256 of the program's file, in hexadecimal.</summary>
    public Reading<string> Hash { get; internal set; }

    /// <summary>Windows: the signature of the program's file.</summary>
    public Reading<ProcessSignature> Signature { get; internal set; }

    /// <summary>macOS: its entitlements, key and value.</summary>
    public Reading<IReadOnlyDictionary<string, string>> Entitlements { get; internal set; }

    /// <summary>Windows: the mitigations that are on, by name.</summary>
    public Reading<IReadOnlyList<string>> Mitigations { get; internal set; }

    /// <summary>Windows: how many GDI objects it holds.</summary>
    public Reading<uint> GdiObjects { get; internal set; }

    /// <summary>Windows: how many USER objects it holds.</summary>
    public Reading<uint> UserObjects { get; internal set; }
}
