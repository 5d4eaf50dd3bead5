using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Host.Processes.Linux;

/// <summary>The kernel's task iterator: a program of ours walks all tasks in the kernel, and one read brings their records.</summary>
/// <remarks>
/// What the iterator does not show is read from /proc: processes that the kernel keeps from programs, and the little that no record holds. Whether any
/// is missing is told by the kernel's own count of threads, so that the folder of all processes is listed only when it differs.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class LinuxBpfEngine : ProcessEngine
{
    internal const string Name = "bpf";
    internal static readonly IReadOnlyList<string> Rights = ["CAP_BPF", "CAP_PERFMON"];

    // Kernel workers say in /proc what they work on, and kernel threads have names longer than the record's.
    private const uint KernelWorker = 0x20; // PF_WQ_WORKER
    private const int LongestName = 15;

    // Reading so few one by one, each with its folder held, costs less than a second walk.
    private const int FewNew = 16;

    private const TaskFields Needed = TaskFields.Core | TaskFields.Memory | TaskFields.Terminal | TaskFields.Executions;

    private readonly TaskIterator _tasks;
    private readonly LinuxProcessReader _reader;
    private readonly LinuxProcEngine _proc;
    private readonly LinuxClock _clock;
    private readonly TaskIdentities _identities;
    private readonly TaskTotals _totals = new();
    private readonly LinuxExactMemory _memory;
    private readonly long _pageSize = Environment.SystemPageSize;
    private int[] _others = new int[16]; // processes that the iterator did not show
    private int _othersCount;
    private int _othersThreads;
    private int[] _new = new int[16]; // places of records whose identity is not known
    private int _newCount;
    private ProcessIdentity?[] _read = [];

    private LinuxBpfEngine(TaskIterator tasks, LinuxProcessReader reader, LinuxClock clock)
    {
        _tasks = tasks;
        _reader = reader;
        _clock = clock;
        _proc = new LinuxProcEngine(reader.Files, reader, clock);
        _identities = new TaskIdentities(reader, tasks.Available);
        _memory = new LinuxExactMemory(reader.Files);
    }

    internal override ProcessEngineKind Kind => ProcessEngineKind.Bpf;

    internal override SampleReasons Reasons => LinuxReasons.Samples;

    internal override IReadOnlyList<Gap> Gaps => [];

    /// <summary>Loads the program and compares what it says with /proc.</summary>
    /// <exception cref="HostException">The kernel refuses the program, or the program and /proc do not agree.</exception>
    internal static LinuxBpfEngine Open(LinuxProcessReader reader, LinuxProcView view, ProcessFields fields)
    {
        CheckRights();
        TaskIterator tasks = TaskIterator.TryOpen(Needs(fields), view.Root, KernelBtf.VmlinuxPath, out string reason, out NativeError refusal)
            ?? throw new HostException(
                refusal.Code != 0 && HostException.Classify(refusal) == HostFailure.AccessDenied ? HostFailure.AccessDenied : HostFailure.Unavailable,
                "bpf(BPF_PROG_LOAD)",
                null,
                refusal.Code,
                reason);
        try
        {
            bool lacksIo = (fields & ProcessFields.Io) != ProcessFields.None && (tasks.Available & TaskFields.Io) == TaskFields.None && reader.Files.ReadRoot("self/io"u8, out _) > 0;
            string? why = (tasks.Available & Needed) != Needed || lacksIo ? $"this kernel's tasks have no {string.Join(", ", tasks.Missing)}" : null;
            if (why is null)
            {
                tasks.Reserve(TaskCheck.CountThreads(reader.Files) ?? 0);
                why = new TaskCheck(reader.Files, view.Clock).WhyNot(tasks);
            }

            return why is null
                ? new LinuxBpfEngine(tasks, reader, view.Clock)
                : throw new HostException(HostFailure.Unavailable, "read(BPF iterator)", null, 0, why);
        }
        catch (NativeException refused)
        {
            tasks.Dispose();
            throw HostException.From(refused);
        }
        catch (HostException)
        {
            tasks.Dispose();
            throw;
        }
    }

    internal override void Read(ProcessFields fields, SampleTable table)
    {
        ReadOnlySpan<TaskRecord> tasks = Walk();
        _identities.Forget();
        _memory.BeginCycle();
        _totals.Begin(tasks.Length);
        _newCount = 0;
        for (int at = 0; at < tasks.Length; at++)
        {
            ref readonly TaskRecord task = ref tasks[at];
            ProcessSample sample = default;
            Fill(task, fields, ref sample);
            table.Add(sample, NameOf(task));
            if (table.WantedAtOnce != ProcessFields.None && table.IsUnknown(task.Usage.Pid))
            {
                Append(ref _new, ref _newCount, at);
            }
        }

        _totals.End();
        ReadOthers(tasks, fields, table);
        if (_newCount > Math.Max(FewNew, tasks.Length / 64))
        {
            Identify(tasks, table);
        }
    }

    internal override ProcessFields Fill(int pid, ProcessFields wanted, ProcessIdentity identity)
    {
        int at = Find(_tasks.Last, pid);
        return at >= 0 && _totals.IsSame(_tasks.Last[at]) ? _identities.Fill(_tasks.Last[at], wanted, identity) : ProcessFields.None;
    }

    protected override void Dispose(bool disposing)
    {
        _tasks.Dispose();
        _proc.Dispose();
        base.Dispose(disposing);
    }

    private static void CheckRights()
    {
        const int Bpf = 39;
        const int Perfmon = 38;
        const int SysAdmin = 21; // holds both
        ulong held;
        try
        {
            held = CapabilitySets.Read().Effective;
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        // Asked before anything is read and written for it: most who may not are users who list their processes.
        if ((held >> SysAdmin & 1) == 0 && ((held >> Bpf & 1) == 0 || (held >> Perfmon & 1) == 0))
        {
            throw new HostException(HostFailure.AccessDenied, "bpf(BPF_PROG_LOAD)", null, Interop.Unix.LibC.EPERM, $"loading a program needs {string.Join(" and ", Rights)}");
        }
    }

    private static TaskFields Needs(ProcessFields fields)
    {
        TaskFields needs = Needed | TaskFields.ShownTime;
        foreach ((ProcessFields field, TaskFields groups) in (ReadOnlySpan<(ProcessFields, TaskFields)>)
        [
            (ProcessFields.Io, TaskFields.Io),
            (ProcessFields.Handles, TaskFields.Handles),
            (ProcessFields.User, TaskFields.Credentials),
            (ProcessFields.Privileges, TaskFields.Credentials | TaskFields.Sandbox | TaskFields.Namespaces),
            (ProcessFields.Login, TaskFields.Audit),
            (ProcessFields.Namespaces, TaskFields.Namespaces),
            (ProcessFields.Containment | ProcessFields.Services, TaskFields.Cgroup),
            (ProcessFields.Image, TaskFields.Image | TaskFields.ImagePath),
        ])
        {
            needs |= (fields & field) != ProcessFields.None ? groups : TaskFields.None;
        }

        return needs;
    }

    private static int Find(ReadOnlySpan<TaskRecord> tasks, int pid)
    {
        int low = 0;
        int high = tasks.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int found = tasks[middle].Usage.Pid;
            if (found == pid)
            {
                return middle;
            }

            (low, high) = found < pid ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private static void Append(ref int[] list, ref int count, int value)
    {
        if (count == list.Length)
        {
            Array.Resize(ref list, count * 2);
        }

        list[count++] = value;
    }

    private ReadOnlySpan<TaskRecord> Walk()
    {
        try
        {
            return _tasks.Read();
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    private void Fill(in TaskRecord task, ProcessFields fields, ref ProcessSample sample)
    {
        ref TaskTotals.Entry told = ref _totals.Keep(task);
        _memory.Update(task, ref told);
        LinuxTaskSamples.Fill(task, told, _clock, _pageSize, fields, ref sample);
        if ((fields & ProcessFields.Io) != ProcessFields.None)
        {
            if ((_tasks.Available & TaskFields.Io) != TaskFields.None)
            {
                LinuxTaskSamples.FillIo(told, ref sample);
            }
            else
            {
                sample.Statuses.Set(LinuxSamples.IoFromFile, ReadingStatus.Unsupported);
            }
        }

        if ((fields & ProcessFields.Handles) != ProcessFields.None)
        {
            if ((_tasks.Available & TaskFields.Handles) != TaskFields.None && task.OpenHandles != TaskRecord.TooManyHandles)
            {
                sample.Handles = (int)task.OpenHandles;
                sample.Statuses.Set(SampleFields.Handles, ReadingStatus.Ok);
            }
            else
            {
                _proc.ReadHandles(ref sample);
            }
        }
    }

    private ReadOnlySpan<byte> NameOf(in TaskRecord task)
    {
        ReadOnlySpan<byte> name = task.NameBytes;
        return task.IsKernelThread
            && ((task.Usage.Flags & KernelWorker) != 0 || name.Length == LongestName)
            && _reader.Files.ReadOne(task.Usage.Pid, "comm"u8, out ReadOnlySpan<byte> whole) > 0
            ? whole.TrimEnd((byte)'\n')
            : name;
    }

    // Processes of /proc that the iterator did not show: a kernel may keep some from programs, and some were born since.
    private void ReadOthers(ReadOnlySpan<TaskRecord> tasks, ProcessFields fields, SampleTable table)
    {
        if (TaskCheck.CountThreads(_reader.Files) != tasks.Length + _tasks.Threads + _othersThreads)
        {
            ListOthers(tasks);
        }

        int kept = 0;
        _othersThreads = 0;
        foreach (int id in _others.AsSpan(0, _othersCount))
        {
            int threads = Find(tasks, id) < 0 ? _proc.ReadProcess(id, fields, table) : 0;
            if (threads > 0)
            {
                _others[kept++] = id;
                _othersThreads += threads;
            }
        }

        _othersCount = kept;
    }

    private void ListOthers(ReadOnlySpan<TaskRecord> tasks)
    {
        ReadOnlySpan<int> ids;
        try
        {
            ids = _reader.Files.ListIds();
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused, "/proc");
        }

        // Both are sorted; where a list is not, what is taken for missing is read once more and noticed by the table.
        _othersCount = 0;
        int at = 0;
        foreach (int id in ids)
        {
            while (at < tasks.Length && tasks[at].Usage.Pid < id)
            {
                at++;
            }

            if (at == tasks.Length || tasks[at].Usage.Pid != id)
            {
                Append(ref _others, ref _othersCount, id);
            }
        }
    }

    // Everything is read without holding a folder, and a second walk afterwards tells for all at once which processes are still the same ones,
    // running the same programs. The others are left to be read one by one.
    private void Identify(ReadOnlySpan<TaskRecord> tasks, SampleTable table)
    {
        if (_read.Length < _newCount)
        {
            _read = new ProcessIdentity?[_newCount];
        }

        for (int at = 0; at < _newCount; at++)
        {
            ref readonly TaskRecord task = ref tasks[_new[at]];
            _new[at] = task.Usage.Pid;
            _read[at] = table.TryGetSample(task.Usage.Pid, out ProcessSample sample) ? _identities.TryReadAll(task, sample, table.WantedAtOnce) : null;
        }

        tasks = Walk();
        for (int at = 0; at < _newCount; at++)
        {
            if (_read[at] is { } identity && Find(tasks, _new[at]) is >= 0 and var place && _totals.IsSame(tasks[place]))
            {
                table.Identify(_new[at], identity);
            }
        }

        Array.Clear(_read, 0, _newCount);
    }
}
