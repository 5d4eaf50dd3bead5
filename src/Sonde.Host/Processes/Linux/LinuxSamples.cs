using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.Linux;

/// <summary>Turns what the kernel says into samples: the same for every engine of Linux.</summary>
internal static class LinuxSamples
{
    /// <summary>What no engine of Linux can give.</summary>
    internal const SampleFields NotOnLinux = SampleFields.TerminalSession | SampleFields.ImageVersion | SampleFields.EnergyGroup | SampleFields.Footprint
        | SampleFields.OtherBytes | SampleFields.OtherOperations;

    /// <summary>What the first line of a process always gives.</summary>
    internal const SampleFields FromStat = SampleFields.ParentPid | SampleFields.ProcessGroup | SampleFields.Session | SampleFields.State | SampleFields.IsKernel
        | SampleFields.StartTime | SampleFields.Times | SampleFields.Resident | SampleFields.Virtual | SampleFields.MinorFaults | SampleFields.MajorFaults
        | SampleFields.Threads | SampleFields.Nice | SampleFields.Priority;

    internal const SampleFields Scheduling = SampleFields.RealtimePriority | SampleFields.Policy | SampleFields.Processor;
    internal const SampleFields MemoryFromStatus = SampleFields.MemoryGroup & ~SampleFields.Footprint;
    internal const SampleFields IoFromFile = SampleFields.IoGroup & ~(SampleFields.OtherBytes | SampleFields.OtherOperations);
    /// <summary>Turns a line of /proc/PID/stat into a sample.</summary>
    internal static void Fill(in ProcStat stat, in LinuxClock clock, long pageSize, ref ProcessSample sample)
    {
        sample.Pid = stat.Pid;
        sample.Start = stat.StartTicks;
        sample.StartOrder = stat.StartTicks;
        sample.ImageStamp = stat.ImageStamp;
        sample.ParentPid = stat.ParentPid;
        sample.ProcessGroup = stat.ProcessGroup;
        sample.Session = stat.Session;
        sample.Terminal = stat.Terminal;
        sample.State = ToState(stat.State);
        sample.IsKernel = stat.IsKernelThread;
        sample.StartTimeTicks = clock.ToDateTicks(stat.StartTicks);
        sample.UserTime = clock.ToTimeSpanTicks(stat.UserTicks);
        sample.KernelTime = clock.ToTimeSpanTicks(stat.KernelTicks);
        sample.Resident = stat.ResidentPages is > 0 and var pages ? (long)Math.Min((ulong)pages * (ulong)pageSize, long.MaxValue) : 0;
        sample.Virtual = stat.VirtualBytes;
        sample.MinorFaults = stat.MinorFaults;
        sample.MajorFaults = stat.MajorFaults;
        sample.Threads = stat.Threads;
        sample.Nice = stat.Nice;
        sample.Priority = stat.Priority;
        sample.RealtimePriority = stat.RealtimePriority;
        sample.Policy = stat.Policy;
        sample.Processor = stat.Processor;
        sample.Statuses.Set(FromStat, ReadingStatus.Ok);
        sample.Statuses.Set(SampleFields.Terminal, stat.Terminal != 0 ? ReadingStatus.Ok : ReadingStatus.None);
        sample.Statuses.Set(Scheduling, stat.HasScheduling ? ReadingStatus.Ok : ReadingStatus.Unsupported);
        sample.Statuses.Set(NotOnLinux, ReadingStatus.Unsupported);
    }

    /// <summary>Puts /proc/PID/io into a sample.</summary>
    internal static void Fill(in ProcIo io, ref ProcessSample sample)
    {
        sample.DiskRead = io.ReadBytes;
        sample.DiskWrite = io.WriteBytes;
        sample.CancelledWrite = io.CancelledWriteBytes;
        sample.ReadBytes = io.ReadCharacters;
        sample.WriteBytes = io.WrittenCharacters;
        sample.ReadOperations = io.ReadCalls;
        sample.WriteOperations = io.WriteCalls;
        sample.Statuses.Set(IoFromFile, ReadingStatus.Ok);
    }

    /// <summary>The kernel's letter for a state (fs/proc/array.c).</summary>
    internal static ProcessState ToState(byte letter) => letter switch
    {
        (byte)'R' or (byte)'W' => ProcessState.Running,
        (byte)'S' => ProcessState.Sleeping,
        (byte)'D' or (byte)'K' => ProcessState.DiskSleep,
        (byte)'I' or (byte)'P' => ProcessState.Idle,
        (byte)'T' => ProcessState.Stopped,
        (byte)'t' => ProcessState.Traced,
        (byte)'Z' => ProcessState.Zombie,
        (byte)'X' or (byte)'x' => ProcessState.Dead,
        _ => ProcessState.Unknown,
    };

    /// <summary>Puts the lines of /proc/PID/status that change all the time into a sample.</summary>
    internal static void Fill(in ProcStatus status, ProcessFields fields, ref ProcessSample sample)
    {
        if ((fields & ProcessFields.Memory) != ProcessFields.None)
        {
            // A kernel thread has no memory of its own, and a zombie has given it back: their status has none of these lines.
            bool hasNone = !status.Has(ProcStatus.Facts.PeakVirtual) && (sample.IsKernel || sample.State is ProcessState.Zombie or ProcessState.Dead);
            ReadingStatus absent = hasNone ? ReadingStatus.None : ReadingStatus.Unsupported;
            sample.Statuses.Set(MemoryFromStatus, absent);
            Take(status, ProcStatus.Facts.Anonymous, SampleFields.Private, status.Anonymous, ref sample.Private, ref sample);
            Take(status, ProcStatus.Facts.FilePages | ProcStatus.Facts.SharedMemory, SampleFields.Shared, status.FilePages + status.SharedMemory, ref sample.Shared, ref sample);
            Take(status, ProcStatus.Facts.Swap, SampleFields.Swap, status.Swap, ref sample.Swap, ref sample);
            Take(status, ProcStatus.Facts.PeakResident, SampleFields.PeakResident, status.PeakResident, ref sample.PeakResident, ref sample);
            Take(status, ProcStatus.Facts.PeakVirtual, SampleFields.PeakVirtual, status.PeakVirtual, ref sample.PeakVirtual, ref sample);
            Take(status, ProcStatus.Facts.Locked, SampleFields.Locked, status.Locked, ref sample.Locked, ref sample);
        }

        if ((fields & ProcessFields.ContextSwitches) != ProcessFields.None)
        {
            sample.VoluntarySwitches = status.VoluntarySwitches;
            sample.InvoluntarySwitches = status.InvoluntarySwitches;
            bool isThere = status.Has(ProcStatus.Facts.VoluntarySwitches | ProcStatus.Facts.InvoluntarySwitches);
            sample.Statuses.Set(SampleFields.SwitchesGroup, isThere ? ReadingStatus.Ok : ReadingStatus.Unsupported);
        }

        if ((fields & ProcessFields.Tracer) != ProcessFields.None)
        {
            sample.Tracer = status.Tracer;
            bool isThere = status.Has(ProcStatus.Facts.Tracer);
            sample.Statuses.Set(SampleFields.Tracer, !isThere ? ReadingStatus.Unsupported : status.Tracer != 0 ? ReadingStatus.Ok : ReadingStatus.None);
        }
    }

    private static void Take(in ProcStatus status, ProcStatus.Facts fact, SampleFields field, long value, ref long target, ref ProcessSample sample)
    {
        if (status.Has(fact))
        {
            target = value;
            sample.Statuses.Set(field, ReadingStatus.Ok);
        }
    }
}
