namespace Sonde.Host.Processes.Assembly;

/// <summary>What is remembered of a process from cycle to cycle.</summary>
internal sealed class TrackedProcess(ulong start)
{
    /// <summary>The mark of its start: when that differs, the id belongs to another process.</summary>
    internal ulong Start { get; } = start;

    /// <summary>The cycle that saw it last.</summary>
    internal long Cycle { get; set; }

    /// <summary>Its record in the snapshot of that cycle.</summary>
    internal ProcessRecord? Record { get; set; }

    internal string Name { get; set; } = string.Empty;

    internal ulong ImageStamp { get; set; }

    /// <summary>Processor time and moment of the last reading, for the rate; no moment when there was none.</summary>
    internal long CpuTime { get; set; }

    internal long Timestamp { get; set; }

    internal ProcessIdentity? Identity { get; set; }

    /// <summary>When the identity was read.</summary>
    internal long IdentityTimestamp { get; set; }
}
