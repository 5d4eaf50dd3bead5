namespace Sonde.Host.Processes;

/// <summary>How much hashing of program files may cost.</summary>
public sealed record ProcessHashOptions
{
    /// <summary>How many files are read at once; each has a thread of its own while there is work.</summary>
    public int Workers { get; init; } = Math.Min(2, Environment.ProcessorCount);

    /// <summary>Files that are larger are not hashed, and say so.</summary>
    public long MaxBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>A file that takes longer is given up, and says so.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many files are remembered with their hashes, and how many wait at most; what comes beyond that is asked for again with the next reading.</summary>
    public int MaxFiles { get; init; } = 16 * 1024;
}
