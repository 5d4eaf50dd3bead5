using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Interop.Linux;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Host.Processes.Linux;

/// <summary>Compares the task iterator with /proc before it is trusted: the kernel's structs are no stable interface.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TaskCheck(ProcFiles files, LinuxClock clock)
{
    private const int Samples = 32;
    private const int Attempts = 3;
    private const int Slack = 64;

    /// <summary>Why the iterator is not to be trusted; null when it agrees with /proc.</summary>
    internal string? WhyNot(TaskIterator tasks)
    {
        string? reason = null;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            reason = Compare(tasks.Read(), tasks);
            if (reason is null)
            {
                return null;
            }
        }

        return reason;
    }

    /// <summary>How many threads the kernel has in all; null when it does not tell.</summary>
    internal static int? CountThreads(ProcFiles files)
    {
        // "0.94 0.87 1.25 1/120 12345": of 120 one runs.
        if (files.ReadRoot("loadavg"u8, out ReadOnlySpan<byte> text, 256) <= 0)
        {
            return null;
        }

        int slash = text.IndexOf((byte)'/');
        ReadOnlySpan<byte> rest = text[(slash + 1)..];
        int end = rest.IndexOf((byte)' ');
        return slash > 0 && end > 0 && new ProcNumbers(rest[..end]).TryInt32(out int count) ? count : null;
    }

    private string? Compare(ReadOnlySpan<TaskRecord> tasks, TaskIterator iterator)
    {
        int own = 0;
        while (own < tasks.Length && tasks[own].Usage.Pid != Environment.ProcessId)
        {
            own++;
        }

        if (own == tasks.Length)
        {
            return "the iterator does not show this process itself";
        }

        // Processes come and go meanwhile, and change; what the kernel means by its fields shows in nearly all of them, or in nearly none.
        int missing = 0;
        int different = 0;
        int compared = 0;
        string? first = null;
        for (int at = 0; at < tasks.Length; at += Math.Max(1, tasks.Length / Samples))
        {
            string? difference = Compare(tasks[at], out bool isThere);
            compared++;
            missing += isThere ? 0 : 1;
            different += difference is null ? 0 : 1;
            first ??= difference;
        }

        first ??= Compare(tasks[own], out _);
        return missing * 4 > compared ? string.Create(CultureInfo.InvariantCulture, $"of {compared} processes that the iterator shows, {missing} are not in the mounted /proc")
            : different * 8 > compared ? $"the iterator and /proc disagree: {first}"
            : WhyTooFew(tasks.Length, iterator.Threads);
    }

    private string? Compare(in TaskRecord task, out bool isThere)
    {
        isThere = files.ReadOne(task.Usage.Pid, "stat"u8, out ReadOnlySpan<byte> text) > 0;
        if (!isThere || !ProcStat.TryParse(text, out ProcStat stat))
        {
            return null;
        }

        long pageSize = Environment.SystemPageSize;
        return Different("start", task.Usage.Pid, (long)LinuxTaskSamples.StartTicks(task.StartBootNanoseconds, clock), (long)stat.StartTicks)
            ?? Different("parent", task.Usage.Pid, task.ParentPid, stat.ParentPid)
            ?? Different("process group", task.Usage.Pid, task.ProcessGroupId, stat.ProcessGroup)
            ?? Different("session", task.Usage.Pid, task.SessionId, stat.Session)
            ?? Different("kernel mark", task.Usage.Pid, task.IsKernelThread ? 1 : 0, stat.IsKernelThread ? 1 : 0)
            ?? Different("nice", task.Usage.Pid, task.StaticPriority - 120, stat.Nice)
            ?? Different("virtual memory", task.Usage.Pid, (long)task.VirtualPages * pageSize, stat.VirtualBytes);
    }

    private static string? Different(string what, int pid, long ours, long theirs) => ours == theirs
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{what} of process {pid} is {ours} there and {theirs} here");

    // A kernel may keep a few processes from programs; those are read from /proc. It keeps most of them: then the iterator is of no use.
    private string? WhyTooFew(int processes, int furtherThreads)
    {
        int seen = processes + furtherThreads;
        if (CountThreads(files) is { } all && all - seen <= Slack + (all / 16))
        {
            return null;
        }

        int listed = files.ListIds().Length;
        return processes >= listed / 2 ? null : string.Create(CultureInfo.InvariantCulture, $"the iterator shows {processes} of {listed} processes");
    }
}
