namespace Sonde.Host.Processes.Assembly;

/// <summary>Where an engine puts its samples: turns each into a record, with its name, its key and its rate since the last cycle.</summary>
internal sealed class SampleTable(Guid boot, TimeProvider time, int capacity)
{
    // Under this elapsed time a rate would be an artefact of the clock's and the counter's grain.
    private static readonly TimeSpan s_shortestInterval = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<int, TrackedProcess> _tracked = [];
    private readonly NamePool _names = new();
    private ProcessSnapshot? _snapshot;
    private SampleReasons? _reasons;
    private long _cycle;

    /// <summary>How many processes ended while they were read; counted by the engine.</summary>
    internal int Vanished { get; set; }

    /// <summary>How many processes are there and could not be read at all; counted by the engine.</summary>
    internal int Refused { get; set; }

    /// <summary>How many entries of the system's answer could not be read, or not whole; counted by the engine.</summary>
    internal int Damaged { get; set; }

    /// <summary>How many processes were left out because the table was full.</summary>
    internal int LeftOut { get; private set; }

    /// <summary>How many processes are remembered.</summary>
    internal int TrackedCount => _tracked.Count;

    /// <summary>What of the identity tier is wanted of processes that are seen for the first time, for engines that can read it at once; none when that is decided later.</summary>
    internal ProcessFields WantedAtOnce { get; set; }

    /// <summary>Whether nothing is known yet of the identity of who has this id: a guess before it is read, true or false for good after it was added.</summary>
    internal bool IsUnknown(int pid) => !_tracked.TryGetValue(pid, out TrackedProcess? tracked) || tracked.Identity is null;

    /// <summary>Keeps the identity of a process that was just added, read by an engine that had it in hand.</summary>
    internal void Identify(int pid, ProcessIdentity identity)
    {
        if (_tracked.TryGetValue(pid, out TrackedProcess? tracked))
        {
            tracked.Identity = identity;
            tracked.IdentityTimestamp = time.GetTimestamp();
        }
    }

    /// <summary>Adds a process whose name is bytes, as on Linux and macOS.</summary>
    internal void Add(in ProcessSample sample, ReadOnlySpan<byte> name) => Add(sample, _names.Get(name));

    /// <summary>Adds a process whose name is text, as on Windows.</summary>
    internal void Add(in ProcessSample sample, ReadOnlySpan<char> name) => Add(sample, _names.Get(name));

    internal void Begin(ProcessSnapshot snapshot, SampleReasons reasons)
    {
        _snapshot = snapshot;
        _reasons = reasons;
        _cycle++;
        Vanished = 0;
        Refused = 0;
        Damaged = 0;
        LeftOut = 0;
    }

    /// <summary>Links children to parents and forgets who is gone.</summary>
    internal void End()
    {
        foreach (ProcessRecord record in _snapshot!.AsSpan()) // Begin came before
        {
            record.SetParent(FindParent(record));
        }

        foreach ((int pid, TrackedProcess tracked) in _tracked)
        {
            if (tracked.Cycle != _cycle)
            {
                _tracked.Remove(pid); // allowed while enumerating since .NET Core 3.0
            }
        }

        _snapshot = null;
    }

    /// <summary>What is remembered of a process of this cycle.</summary>
    internal TrackedProcess Tracked(int pid) => _tracked[pid];

    private void Add(in ProcessSample sample, string name)
    {
        if (_snapshot!.Count >= capacity) // Begin came before
        {
            LeftOut++;
            return;
        }

        long now = sample.Timestamp != 0 ? sample.Timestamp : time.GetTimestamp();
        if (!_tracked.TryGetValue(sample.Pid, out TrackedProcess? tracked) || tracked.Start != sample.Start)
        {
            tracked = new TrackedProcess(sample.Start);
            _tracked[sample.Pid] = tracked;
        }
        else if (tracked.Cycle == _cycle)
        {
            // A directory that changes while it is listed may show an entry twice.
            return;
        }

        double percent = Rate(tracked, sample, now);
        bool isRenamed = !ReferenceEquals(tracked.Name, name) && tracked.Name != name;
        if ((isRenamed || tracked.ImageStamp != sample.ImageStamp) && !sample.IsKernel)
        {
            // It executed another program, or renamed itself: what was known of it may be wrong. Kernel threads rename themselves all the time.
            tracked.Identity = null;
        }

        tracked.Name = name;
        tracked.ImageStamp = sample.ImageStamp;
        tracked.Cycle = _cycle;
        tracked.Record = _snapshot.Add();
        tracked.Record.Set(new ProcessKey(boot, sample.Pid, sample.Start), name, sample, _reasons!, percent); // Begin came before
    }

    private double Rate(TrackedProcess tracked, in ProcessSample sample, long now)
    {
        if (sample.Statuses.Of(SampleFields.UserTime) != ReadingStatus.Ok || sample.Statuses.Of(SampleFields.KernelTime) != ReadingStatus.Ok)
        {
            return double.NaN;
        }

        long cpu = sample.UserTime + sample.KernelTime;
        double percent = double.NaN;
        if (tracked.Timestamp != 0)
        {
            TimeSpan elapsed = time.GetElapsedTime(tracked.Timestamp, now);
            if (elapsed >= s_shortestInterval && cpu >= tracked.CpuTime)
            {
                percent = 100.0 * (cpu - tracked.CpuTime) / elapsed.Ticks;
            }
        }

        tracked.CpuTime = cpu;
        tracked.Timestamp = now;
        return percent;
    }

    private Reading<ProcessKey> FindParent(ProcessRecord child)
    {
        ref readonly ProcessSample sample = ref child.Sample;
        ReadingStatus status = sample.Statuses.Of(SampleFields.ParentPid);
        if (status != ReadingStatus.Ok)
        {
            return new Reading<ProcessKey>(status, default, _reasons!.Of(SampleFields.ParentPid, status)); // Begin came before
        }

        // On Windows process 0, and on macOS process 0, are in the table and are parents; on Linux 0 stands for "none that you can see".
        if (sample.ParentPid == sample.Pid || !_tracked.TryGetValue(sample.ParentPid, out TrackedProcess? parent) || parent.Cycle != _cycle || parent.Record is null)
        {
            return sample.ParentPid == sample.Pid || sample.ParentPid == 0
                ? Reading.None<ProcessKey>("the kernel started it, or a process outside of this pid namespace")
                : Reading.None<ProcessKey>("its parent is gone or not visible");
        }

        return parent.Record.Sample.StartOrder <= sample.StartOrder
            ? parent.Record.Key
            : Reading.None<ProcessKey>("its parent is gone; a younger process has that id now");
    }
}
