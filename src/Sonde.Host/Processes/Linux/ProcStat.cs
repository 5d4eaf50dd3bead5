namespace Sonde.Host.Processes.Linux;

/// <summary>/proc/PID/stat: one line of numbers around a name that may hold anything, brackets and line ends included (proc_pid_stat(5)).</summary>
internal ref struct ProcStat
{
    private const ulong KernelThread = 0x00200000; // PF_KTHREAD of the kernel's include/linux/sched.h

    internal int Pid;
    internal ReadOnlySpan<byte> Name;
    internal byte State;
    internal int ParentPid;
    internal int ProcessGroup;
    internal int Session;
    internal uint Terminal;
    internal ulong Flags;
    internal ulong MinorFaults;
    internal ulong MajorFaults;
    internal ulong UserTicks;
    internal ulong KernelTicks;
    internal int Priority;
    internal int Nice;
    internal int Threads;
    internal ulong StartTicks;
    internal long VirtualBytes;
    internal long ResidentPages;
    internal ulong ImageStamp;

    /// <summary>Whether the fields that came to the line later (Linux 2.5.19) are there.</summary>
    internal bool HasScheduling;

    internal int Processor;
    internal int RealtimePriority;
    internal int Policy;

    internal readonly bool IsKernelThread => (Flags & KernelThread) != 0;

    /// <summary>Reads the line.</summary>
    /// <returns><see langword="false"/> for a line that is cut or is none; never throws.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> text, out ProcStat stat)
    {
        stat = default;
        int open = text.IndexOf((byte)'(');
        int close = text.LastIndexOf((byte)')'); // the name may hold others; what follows it holds none
        if (open < 2 || close <= open || close + 4 >= text.Length || text[^1] != '\n')
        {
            return false;
        }

        var fields = new ProcNumbers(text[..(open - 1)]);
        if (text[open - 1] != ' ' || !fields.TryInt32(out stat.Pid) || stat.Pid <= 0 || !fields.IsAtEnd || text[close + 1] != ' ' || text[close + 3] != ' ')
        {
            return false;
        }

        stat.Name = text[(open + 1)..close];
        stat.State = text[close + 2];
        fields = new ProcNumbers(text[(close + 4)..^1]);
        if (!fields.TryInt32(out stat.ParentPid)
            || !fields.TryInt32(out stat.ProcessGroup)
            || !fields.TryInt32(out stat.Session)
            || !fields.TryInt64(out long terminal)
            || !fields.TryInt32(out _) // foreground process group
            || !fields.TryUInt64(out stat.Flags)
            || !fields.TryUInt64(out stat.MinorFaults)
            || !fields.TryUInt64(out _) // faults of children
            || !fields.TryUInt64(out stat.MajorFaults)
            || !fields.TryUInt64(out _)
            || !fields.TryUInt64(out stat.UserTicks)
            || !fields.TryUInt64(out stat.KernelTicks)
            || !fields.TryInt64(out _) // times of children
            || !fields.TryInt64(out _)
            || !fields.TryInt32(out stat.Priority)
            || !fields.TryInt32(out stat.Nice)
            || !fields.TryInt32(out stat.Threads)
            || !fields.TryInt64(out _)
            || !fields.TryUInt64(out stat.StartTicks)
            || !fields.TryUInt64(out ulong virtualBytes)
            || !fields.TryInt64(out stat.ResidentPages))
        {
            return false;
        }

        stat.Terminal = unchecked((uint)terminal);
        stat.VirtualBytes = (long)Math.Min(virtualBytes, long.MaxValue);
        Tail tail = ReadTail(ref fields);
        stat.ImageStamp = tail.ImageStamp;
        stat.HasScheduling = tail.HasScheduling;
        stat.Processor = tail.Processor;
        stat.RealtimePriority = tail.RealtimePriority;
        stat.Policy = tail.Policy;
        return true;
    }

    // Fields 25 to 51. The addresses of code, stack, arguments and environment change when another image is executed; who may not look gets zeros.
    private static Tail ReadTail(ref ProcNumbers fields)
    {
        var tail = new Tail { ImageStamp = 14695981039346656037 }; // FNV-1a over numbers
        for (int field = 25; field <= 51 && fields.TryInt64(out long value); field++)
        {
            switch (field)
            {
                case 26 or 28 or 48 or 49 or 50:
                    tail.ImageStamp = (tail.ImageStamp ^ unchecked((ulong)value)) * 1099511628211;
                    break;
                case 39:
                    tail.Processor = unchecked((int)value);
                    break;
                case 40:
                    tail.RealtimePriority = unchecked((int)value);
                    break;
                case 41:
                    tail.Policy = unchecked((int)value);
                    tail.HasScheduling = true;
                    break;
            }
        }

        return tail;
    }

    private struct Tail
    {
        internal ulong ImageStamp;
        internal bool HasScheduling;
        internal int Processor;
        internal int RealtimePriority;
        internal int Policy;
    }
}
