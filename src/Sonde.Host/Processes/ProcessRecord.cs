using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes;

/// <summary>One process at the moment of a snapshot: what changes all the time here, what stays in <see cref="Identity"/>, what costs much in <see cref="Details"/>.</summary>
/// <remarks>On loan from its snapshot: once that is disposed, the collector fills the same object with another process.</remarks>
public sealed partial class ProcessRecord
{
    private ProcessSample _sample;
    private SampleReasons _reasons;
    private double _cpuPercent;

    internal ProcessRecord()
    {
        Name = string.Empty;
        Identity = s_noIdentity;
        Details = s_noDetails;
        _reasons = s_noReasons;
    }

    /// <summary>Which process, for ever.</summary>
    public ProcessKey Key { get; private set; }

    /// <summary>The process id.</summary>
    public int Pid => Key.Pid;

    /// <summary>The name that the system keeps: at most 15 bytes on Linux, where the process may change it, and 16 on macOS; the file's name on Windows. Bytes that are no UTF-8 appear as \xNN.</summary>
    public string Name { get; private set; }

    /// <summary>Its parent, if that is in the same snapshot; none when the parent is gone or its id belongs to a younger process.</summary>
    public Reading<ProcessKey> Parent { get; private set; }

    /// <summary>What stays as long as the process runs the same image.</summary>
    public ProcessIdentity Identity { get; private set; }

    /// <summary>What was asked for at many times the price.</summary>
    public ProcessDetails Details { get; private set; }

    /// <summary>How much of one processor it used since the collector's last reading: 100 is one whole processor, 400 four. Not there at the first reading.</summary>
    public Reading<double> CpuPercent => double.IsNaN(_cpuPercent)
        ? Reading.NotCollected<double>("a rate needs two readings of the same process")
        : _sample.Statuses.Of(SampleFields.UserTime) == ReadingStatus.Ok ? Reading.Ok(_cpuPercent) : Get(SampleFields.UserTime, _cpuPercent);

    /// <summary>The id of its parent as the system says it; on Windows the parent may be long gone and the id used again: see <see cref="Parent"/>.</summary>
    public Reading<int> ParentPid => Get(SampleFields.ParentPid, _sample.ParentPid);

    /// <summary>What it is doing.</summary>
    public Reading<ProcessState> State => Get(SampleFields.State, _sample.State);

    /// <summary>Whether it is part of the kernel: a kernel thread, or a process that Windows runs for itself. Told by the system's own mark, never by name.</summary>
    public Reading<bool> IsKernel => Get(SampleFields.IsKernel, _sample.IsKernel);

    /// <summary>When it started, for display: <see cref="Key"/> tells processes apart.</summary>
    public Reading<DateTimeOffset> StartTime => Get(SampleFields.StartTime, new DateTimeOffset(_sample.StartTimeTicks, TimeSpan.Zero));

    /// <summary>macOS: a number that another image gets when the process executes one; it counts up over the whole system.</summary>
    public Reading<uint> ImageVersion => Get(SampleFields.ImageVersion, _sample.ImageVersion);

    /// <summary>Its process group, on Linux and macOS.</summary>
    public Reading<int> ProcessGroup => Get(SampleFields.ProcessGroup, _sample.ProcessGroup);

    /// <summary>Its session, on Linux and macOS.</summary>
    public Reading<int> Session => Get(SampleFields.Session, _sample.Session);

    /// <summary>The device number of its controlling terminal, on Linux and macOS; none when it has none.</summary>
    public Reading<uint> Terminal => Get(SampleFields.Terminal, _sample.Terminal);

    /// <summary>Its controlling terminal by the name below /dev: "pts/3" on Linux, "ttys003" on macOS; major and minor number of one without a known name.</summary>
    public Reading<string> TerminalName
    {
        get
        {
            Reading<uint> device = Terminal;
            return device.HasValue ? _reasons.TerminalName(device.Value) : new Reading<string>(device.Status, default, device.Reason);
        }
    }

    /// <summary>Windows: the terminal session it runs in.</summary>
    public Reading<uint> TerminalSession => Get(SampleFields.TerminalSession, _sample.TerminalSession);

    /// <summary>Processor time in its own code, guests included.</summary>
    public Reading<TimeSpan> UserTime => Get(SampleFields.UserTime, new TimeSpan(_sample.UserTime));

    /// <summary>Processor time in the kernel on its behalf.</summary>
    public Reading<TimeSpan> KernelTime => Get(SampleFields.KernelTime, new TimeSpan(_sample.KernelTime));

    /// <summary>Processor cycles, on macOS and Windows.</summary>
    public Reading<ulong> Cycles => Get(SampleFields.Cycles, _sample.Cycles);

    /// <summary>Instructions executed, on macOS.</summary>
    public Reading<ulong> Instructions => Get(SampleFields.Instructions, _sample.Instructions);

    /// <summary>Memory that is in RAM now, shared pages included (RSS, working set).</summary>
    public Reading<long> ResidentBytes => Get(SampleFields.Resident, _sample.Resident);

    /// <summary>Memory that belongs to it alone: anonymous pages in RAM on Linux, private commit on Windows.</summary>
    public Reading<long> PrivateBytes => Get(SampleFields.Private, _sample.Private);

    /// <summary>Linux: pages in RAM that are files or shared memory.</summary>
    public Reading<long> SharedBytes => Get(SampleFields.Shared, _sample.Shared);

    /// <summary>macOS: the physical footprint, which Activity Monitor shows; Windows: shared commit.</summary>
    public Reading<long> FootprintBytes => Get(SampleFields.Footprint, _sample.Footprint);

    /// <summary>Address space in use.</summary>
    public Reading<long> VirtualBytes => Get(SampleFields.Virtual, _sample.Virtual);

    /// <summary>What is swapped out; page file in use on Windows.</summary>
    public Reading<long> SwapBytes => Get(SampleFields.Swap, _sample.Swap);

    /// <summary>The most that was ever in RAM.</summary>
    public Reading<long> PeakResidentBytes => Get(SampleFields.PeakResident, _sample.PeakResident);

    /// <summary>The most address space it ever had.</summary>
    public Reading<long> PeakVirtualBytes => Get(SampleFields.PeakVirtual, _sample.PeakVirtual);

    /// <summary>What is locked into RAM, on Linux and macOS.</summary>
    public Reading<long> LockedBytes => Get(SampleFields.Locked, _sample.Locked);

    /// <summary>Page faults that needed no reading; on Windows all faults, and the system's counter wraps at 2^32.</summary>
    public Reading<ulong> MinorFaults => Get(SampleFields.MinorFaults, _sample.MinorFaults);

    /// <summary>Page faults that waited for a disk.</summary>
    public Reading<ulong> MajorFaults => Get(SampleFields.MajorFaults, _sample.MajorFaults);

    /// <summary>How many threads it has.</summary>
    public Reading<int> Threads => Get(SampleFields.Threads, _sample.Threads);

    /// <summary>How many descriptors or handles it has open.</summary>
    public Reading<int> Handles => Get(SampleFields.Handles, _sample.Handles);

    /// <summary>Bytes read from storage.</summary>
    public Reading<ulong> DiskReadBytes => Get(SampleFields.DiskRead, _sample.DiskRead);

    /// <summary>Bytes sent to storage.</summary>
    public Reading<ulong> DiskWriteBytes => Get(SampleFields.DiskWrite, _sample.DiskWrite);

    /// <summary>Linux: bytes it made dirty and that were thrown away before they were written.</summary>
    public Reading<ulong> CancelledWriteBytes => Get(SampleFields.CancelledWrite, _sample.CancelledWrite);

    /// <summary>Bytes taken by read calls of any kind, pipes and sockets included; not what the disk did.</summary>
    public Reading<ulong> ReadBytes => Get(SampleFields.ReadBytes, _sample.ReadBytes);

    /// <summary>Bytes given to write calls of any kind.</summary>
    public Reading<ulong> WriteBytes => Get(SampleFields.WriteBytes, _sample.WriteBytes);

    /// <summary>Windows: bytes moved by other I/O calls.</summary>
    public Reading<ulong> OtherBytes => Get(SampleFields.OtherBytes, _sample.OtherBytes);

    /// <summary>Read calls.</summary>
    public Reading<ulong> ReadOperations => Get(SampleFields.ReadOperations, _sample.ReadOperations);

    /// <summary>Write calls.</summary>
    public Reading<ulong> WriteOperations => Get(SampleFields.WriteOperations, _sample.WriteOperations);

    /// <summary>Windows: other I/O calls.</summary>
    public Reading<ulong> OtherOperations => Get(SampleFields.OtherOperations, _sample.OtherOperations);

    /// <summary>How often it gave the processor away because it had to wait; of the main thread on Linux.</summary>
    public Reading<ulong> VoluntarySwitches => Get(SampleFields.VoluntarySwitches, _sample.VoluntarySwitches);

    /// <summary>How often the processor was taken from it; of the main thread on Linux.</summary>
    public Reading<ulong> InvoluntarySwitches => Get(SampleFields.InvoluntarySwitches, _sample.InvoluntarySwitches);

    /// <summary>Its nice value, -20 (first) to 19 (last).</summary>
    public Reading<int> Nice => Get(SampleFields.Nice, _sample.Nice);

    /// <summary>The system's own priority number; the base priority on Windows.</summary>
    public Reading<int> Priority => Get(SampleFields.Priority, _sample.Priority);

    /// <summary>Linux: its real-time priority, 0 when it is none.</summary>
    public Reading<int> RealtimePriority => Get(SampleFields.RealtimePriority, _sample.RealtimePriority);

    /// <summary>Linux: by which rule it gets the processor.</summary>
    public Reading<SchedulingPolicy> Policy => Get(SampleFields.Policy, (SchedulingPolicy)_sample.Policy);

    /// <summary>Linux: the processor it ran on last.</summary>
    public Reading<int> Processor => Get(SampleFields.Processor, _sample.Processor);

    /// <summary>The process that traces it; none when nobody does. Windows and macOS say only that somebody does: then it is 0.</summary>
    public Reading<int> Tracer => Get(SampleFields.Tracer, _sample.Tracer);

    /// <summary>Energy used, in nanojoules, on macOS.</summary>
    public Reading<ulong> EnergyNanojoules => Get(SampleFields.Energy, _sample.Energy);

    /// <summary>How often it woke the processors out of idleness, on macOS.</summary>
    public Reading<ulong> Wakeups => Get(SampleFields.Wakeups, _sample.Wakeups);

    /// <summary>Name, pid and key.</summary>
    public override string ToString() => $"{Name} ({Key})";

    private Reading<T> Get<T>(SampleFields field, T value)
    {
        ReadingStatus status = _sample.Statuses.Of(field);
        return status == ReadingStatus.Ok ? new Reading<T>(status, value, null) : new Reading<T>(status, default, _reasons.Of(field, status));
    }
}
