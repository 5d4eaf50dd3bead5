namespace Sonde.Host.Processes.Assembly;

/// <summary>One process at one moment: the raw values of the every-cycle tier, as an engine delivers them.</summary>
/// <remarks>
/// An engine sets <see cref="Pid"/>, <see cref="Start"/>, <see cref="StartOrder"/> and <see cref="Timestamp"/> always, any other value together with its bit in
/// <see cref="Statuses"/>. What no bit speaks of reads as "not collected". A plain value: an engine reuses one, zeroed by assigning default.
/// </remarks>
internal struct ProcessSample
{
    /// <summary>The process id.</summary>
    internal int Pid;

    /// <summary>The mark of the start that, with the pid, names one life of one process.</summary>
    internal ulong Start;

    /// <summary>When it started, on a scale on which a parent is never younger than its child: ticks, creation time, microseconds.</summary>
    internal ulong StartOrder;

    /// <summary>When these values were read (<see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>).</summary>
    internal long Timestamp;

    /// <summary>A number that changes when another image was executed in the process; 0 when the engine cannot tell.</summary>
    internal ulong ImageStamp;

    /// <summary>Which values are there, and why the others are not.</summary>
    internal SampleStatuses Statuses;

    internal int ParentPid;
    internal int ProcessGroup;
    internal int Session;
    internal uint Terminal; // device number; 0 has the status None
    internal uint TerminalSession; // Windows
    internal ProcessState State;
    internal bool IsKernel;
    internal long StartTimeTicks; // of UTC, for display
    internal uint ImageVersion;

    internal long UserTime; // in ticks of TimeSpan, 100 ns, as KernelTime
    internal long KernelTime;
    internal ulong Cycles;
    internal ulong Instructions;

    internal long Resident; // bytes, as all memory and I/O below
    internal long Private;
    internal long Shared;
    internal long Footprint;
    internal long Virtual;
    internal long Swap;
    internal long PeakResident;
    internal long PeakVirtual;
    internal long Locked;
    internal ulong MinorFaults;
    internal ulong MajorFaults;
    internal int Threads;
    internal int Handles;

    internal ulong DiskRead;
    internal ulong DiskWrite;
    internal ulong CancelledWrite;
    internal ulong ReadBytes;
    internal ulong WriteBytes;
    internal ulong OtherBytes;
    internal ulong ReadOperations;
    internal ulong WriteOperations;
    internal ulong OtherOperations;
    internal ulong VoluntarySwitches;
    internal ulong InvoluntarySwitches;

    internal int Nice;
    internal int Priority;
    internal int RealtimePriority;
    internal int Policy;
    internal int Processor;
    internal int Tracer; // 0 has the status None
    internal ulong Energy; // nanojoules
    internal ulong Wakeups;
}
