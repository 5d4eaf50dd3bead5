using Sonde.Interop.Linux.Bpf;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Where the running kernel keeps the name and the start of a process.</summary>
/// <param name="Leader">From a thread to the first one of its process.</param>
/// <param name="Start">When it started, in nanoseconds since boot.</param>
/// <param name="Name">Its name.</param>
/// <param name="ProcessId">The number of its process.</param>
/// <param name="ThreadId">Its own number; of the first thread that of the process.</param>
internal sealed record TaskOffsets(KernelField Leader, KernelField Start, KernelField Name, KernelField ProcessId, KernelField ThreadId)
{
    /// <summary>Finds them in the kernel's types; null when one is not there.</summary>
    internal static TaskOffsets? Find(in Btf btf)
    {
        uint task = btf.Find(BtfKind.Struct, "task_struct"u8);

        // The start had another name before 5.5.
        return task != 0
            && btf.TryResolve(task, "group_leader", out KernelField leader)
            && (btf.TryResolve(task, "start_boottime", out KernelField start) || btf.TryResolve(task, "real_start_time", out start))
            && btf.TryResolve(task, "comm", out KernelField name)
            && name.Size == KernelOwner.NameSize
            && btf.TryResolve(task, "tgid", out KernelField process)
            && btf.TryResolve(task, "pid", out KernelField thread)
            ? new TaskOffsets(leader, start, name, process, thread)
            : null;
    }
}
