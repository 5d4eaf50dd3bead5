using System.Runtime.Versioning;
using Sonde.Interop.Linux;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Host.Processes.Linux;

/// <summary>Resident memory to the page: newer kernels add up what each processor still holds for /proc/P/statm, and show less in /proc/P/stat and to programs.</summary>
/// <remarks>The difference is up to some dozen pages a processor and kind: more than a small process has.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class LinuxExactMemory
{
    private const int RefreshedInCycles = 64;

    private readonly ProcFiles _files;
    private readonly bool _isNeeded;
    private int _cycle;

    /// <summary>Finds out whether this kernel makes a difference.</summary>
    internal LinuxExactMemory(ProcFiles files)
    {
        _files = files;
        int own = Environment.ProcessId;
        _isNeeded = files.ReadOne(own, "stat"u8, out ReadOnlySpan<byte> text) > 0
            && ProcStat.TryParse(text, out ProcStat stat)
            && TryRead(own, out long resident, out _)
            && resident != stat.ResidentPages;
    }

    /// <summary>Whether there is more to know than the other sources tell.</summary>
    internal bool IsNeeded => _isNeeded;

    internal void BeginCycle() => _cycle++;

    /// <summary>Reads the pages of a process from statm.</summary>
    internal bool TryRead(int pid, out long resident, out long shared)
    {
        // "size resident shared text library data dirty"
        resident = 0;
        shared = 0;
        if (_files.ReadOne(pid, "statm"u8, out ReadOnlySpan<byte> text) <= 0)
        {
            return false;
        }

        var numbers = new ProcNumbers(text.TrimEnd((byte)'\n'));
        return numbers.TryInt64(out _) && numbers.TryInt64(out resident) && numbers.TryInt64(out shared);
    }

    /// <summary>What to tell of a process's memory: what was read before as long as it has not run since, for then it cannot have touched any.</summary>
    internal void Update(in TaskRecord task, ref TaskTotals.Entry entry)
    {
        long shared = Math.Max(task.FilePages, 0) + Math.Max(task.SharedMemoryPages, 0);
        long summed = task.AnonymousPages + task.FilePages + task.SharedMemoryPages;
        if (_isNeeded && task.VirtualPages != 0)
        {
            // The kernel may take pages from one that sleeps; so each is read again now and then.
            bool isKnown = task.State != 0 && entry.ReadAfterNanoseconds == task.Usage.RunNanoseconds + 1 && entry.SummedPages == summed && (task.Usage.Pid + _cycle) % RefreshedInCycles != 0;
            if (isKnown || TryRead(task.Usage.Pid, out entry.ResidentPages, out entry.SharedPages))
            {
                entry.SummedPages = summed;
                entry.ReadAfterNanoseconds = task.Usage.RunNanoseconds + 1;
                return;
            }
        }

        entry.ResidentPages = task.ResidentPages;
        entry.SharedPages = shared;
        entry.ReadAfterNanoseconds = 0;
    }
}
