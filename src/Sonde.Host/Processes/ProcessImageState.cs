namespace Sonde.Host.Processes;

/// <summary>What has become of the file that a process was started from.</summary>
public enum ProcessImageState
{
    /// <summary>The path still leads to the file that runs.</summary>
    Present = 0,

    /// <summary>The file is gone from its path.</summary>
    Deleted,

    /// <summary>Another file lies under the path.</summary>
    Replaced,

    /// <summary>It never was a file: the program runs out of memory (memfd_create).</summary>
    Memory,

    /// <summary>It was renamed.</summary>
    Renamed,
}
