using Sonde.Host.Processes.Assembly;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Host.Processes.Linux;

/// <summary>Turns what the kernel's task iterator says into samples with the meaning that /proc gives them.</summary>
internal static class LinuxTaskSamples
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>What is worked out of a record is the record's; what adds up over threads is <paramref name="told"/>.</summary>
    internal static void Fill(in TaskRecord task, in TaskTotals.Entry told, in LinuxClock clock, long pageSize, ProcessFields fields, ref ProcessSample sample)
    {
        sample.Pid = task.Usage.Pid;
        sample.Start = StartTicks(task.StartBootNanoseconds, clock);
        sample.StartOrder = sample.Start;
        sample.ImageStamp = task.Executions;
        sample.ParentPid = task.ParentPid;
        sample.ProcessGroup = task.ProcessGroupId;
        sample.Session = task.SessionId;
        sample.Terminal = unchecked((uint)task.TerminalDevice);
        sample.State = LinuxSamples.ToState((byte)task.GetState());
        sample.IsKernel = task.IsKernelThread;
        sample.StartTimeTicks = clock.ToDateTicks(sample.Start);
        sample.UserTime = (long)(told.User / 100);
        sample.KernelTime = (long)(told.System / 100);
        sample.Resident = Bytes(told.ResidentPages, pageSize);
        sample.Virtual = Bytes((long)task.VirtualPages, pageSize);
        sample.MinorFaults = told.MinorFaults;
        sample.MajorFaults = told.MajorFaults;
        sample.Threads = task.Threads;
        sample.Nice = task.StaticPriority - 120;
        sample.Priority = task.Priority - 100;
        sample.RealtimePriority = (int)task.RealTimePriority;
        sample.Policy = (int)task.Policy;
        sample.Processor = (int)task.Processor;
        sample.Statuses.Set(LinuxSamples.FromStat | LinuxSamples.Scheduling, ReadingStatus.Ok);
        sample.Statuses.Set(SampleFields.Terminal, sample.Terminal != 0 ? ReadingStatus.Ok : ReadingStatus.None);
        sample.Statuses.Set(LinuxSamples.NotOnLinux, ReadingStatus.Unsupported);
        if ((fields & ProcessFields.Memory) != ProcessFields.None)
        {
            FillMemory(task, told, pageSize, ref sample);
        }

        if ((fields & ProcessFields.ContextSwitches) != ProcessFields.None)
        {
            sample.VoluntarySwitches = task.VoluntarySwitches;
            sample.InvoluntarySwitches = task.InvoluntarySwitches;
            sample.Statuses.Set(SampleFields.SwitchesGroup, ReadingStatus.Ok);
        }

        if ((fields & ProcessFields.Tracer) != ProcessFields.None)
        {
            sample.Tracer = task.TraceFlags != 0 ? task.TracerPid : 0;
            sample.Statuses.Set(SampleFields.Tracer, sample.Tracer != 0 ? ReadingStatus.Ok : ReadingStatus.None);
        }
    }

    /// <summary>Puts the sums of reading and writing into a sample.</summary>
    internal static void FillIo(in TaskTotals.Entry told, ref ProcessSample sample)
    {
        sample.DiskRead = told.StorageReadBytes;
        sample.DiskWrite = told.StorageWriteBytes;
        sample.CancelledWrite = told.CancelledWriteBytes;
        sample.ReadBytes = told.ReadCallBytes;
        sample.WriteBytes = told.WriteCallBytes;
        sample.ReadOperations = told.ReadCalls;
        sample.WriteOperations = told.WriteCalls;
        sample.Statuses.Set(LinuxSamples.IoFromFile, ReadingStatus.Ok);
    }

    /// <summary>A start as /proc counts it, in clock ticks since boot.</summary>
    internal static ulong StartTicks(ulong nanoseconds, in LinuxClock clock) => nanoseconds / (ulong)(NanosecondsPerSecond / clock.TicksPerSecond);

    private static void FillMemory(in TaskRecord task, in TaskTotals.Entry told, long pageSize, ref ProcessSample sample)
    {
        if (task.VirtualPages == 0 && task.PeakVirtualPages == 0)
        {
            sample.Statuses.Set(LinuxSamples.MemoryFromStatus, ReadingStatus.None);
            return;
        }

        sample.Private = Bytes(told.ResidentPages - told.SharedPages, pageSize);
        sample.Shared = Bytes(told.SharedPages, pageSize);
        sample.Swap = Bytes(task.SwappedPages, pageSize);
        sample.PeakResident = Bytes(Math.Max((long)task.PeakResidentPages, told.ResidentPages), pageSize);
        sample.PeakVirtual = Bytes((long)Math.Max(task.PeakVirtualPages, task.VirtualPages), pageSize);
        sample.Locked = Bytes((long)task.LockedPages, pageSize);
        sample.Statuses.Set(LinuxSamples.MemoryFromStatus, ReadingStatus.Ok);
    }

    private static long Bytes(long pages, long pageSize) => pages <= 0 ? 0 : pages > long.MaxValue / pageSize ? long.MaxValue : pages * pageSize;
}
