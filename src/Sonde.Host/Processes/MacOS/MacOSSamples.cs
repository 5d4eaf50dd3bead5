using Sonde.Host.Processes.Assembly;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>Turns what the kernel of macOS says into samples.</summary>
internal static class MacOSSamples
{
    /// <summary>What macOS does not tell of any process.</summary>
    internal const SampleFields NotOnMacOS = SampleFields.TerminalSession | SampleFields.Private | SampleFields.Shared | SampleFields.Swap
        | SampleFields.PeakResident | SampleFields.PeakVirtual | SampleFields.CancelledWrite | SampleFields.ReadBytes | SampleFields.WriteBytes
        | SampleFields.OtherBytes | SampleFields.ReadOperations | SampleFields.WriteOperations | SampleFields.OtherOperations
        | SampleFields.RealtimePriority | SampleFields.Policy | SampleFields.Processor;

    /// <summary>What only its own user and root see, in one call.</summary>
    internal const SampleFields FromTask = SampleFields.Times | SampleFields.Resident | SampleFields.Virtual | SampleFields.MinorFaults | SampleFields.MajorFaults
        | SampleFields.Threads | SampleFields.Priority;

    internal const SampleFields MemoryFromUsage = SampleFields.Footprint | SampleFields.Locked;
    internal const SampleFields IoFromUsage = SampleFields.DiskRead | SampleFields.DiskWrite;
    internal const SampleFields EnergyFromUsage = SampleFields.Cycles | SampleFields.Instructions | SampleFields.Wakeups;

    private const uint NoDevice = 0xFFFFFFFF; // NODEV
    private const long MaxUnixSeconds = 253_402_300_799; // the end of the year 9999
    private const long MinUnixSeconds = -62_135_596_800;

    /// <summary>When a process started, in microseconds of the wall clock of that moment: two lives of one process id never share it.</summary>
    internal static ulong StartOf(in kinfo_proc row) => unchecked(((ulong)row.__p_starttime.tv_sec * 1_000_000) + (ulong)row.__p_starttime.tv_usec);

    /// <summary>Puts the row of the table into a sample: what everybody may see of every process.</summary>
    internal static void Fill(in kinfo_proc row, ProcessFields fields, ref ProcessSample sample)
    {
        sample.Pid = row.p_pid;
        sample.Start = StartOf(row);
        sample.StartOrder = sample.Start;
        sample.ParentPid = row.e_ppid;
        sample.ProcessGroup = row.e_pgid;
        sample.Terminal = row.e_tdev;
        sample.IsKernel = row.p_pid == 0;
        sample.StartTimeTicks = ToDateTicks(row.__p_starttime);
        sample.Nice = row.p_nice;
        sample.Statuses.Set(
            SampleFields.ParentPid | SampleFields.ProcessGroup | SampleFields.IsKernel | SampleFields.StartTime | SampleFields.Nice, ReadingStatus.Ok);
        sample.Statuses.Set(SampleFields.Terminal, row.e_tdev != NoDevice ? ReadingStatus.Ok : ReadingStatus.None);
        sample.Statuses.Set(NotOnMacOS, ReadingStatus.Unsupported);
        if ((fields & ProcessFields.ContextSwitches) != ProcessFields.None)
        {
            sample.Statuses.Set(SampleFields.SwitchesGroup, ReadingStatus.Unsupported);
        }

        if ((fields & ProcessFields.Tracer) != ProcessFields.None)
        {
            // The kernel says that somebody traces it, not who.
            sample.Statuses.Set(SampleFields.Tracer, (row.p_flag & Darwin.P_TRACED) != 0 ? ReadingStatus.Ok : ReadingStatus.None);
        }

        ProcessState state = ToState(row);
        sample.State = state;
        sample.Statuses.Set(SampleFields.State, state != ProcessState.Running ? ReadingStatus.Ok : ReadingStatus.NotCollected);
    }

    /// <summary>Puts the never-reused id of a process, and the number of its image, into a sample.</summary>
    internal static void Fill(in proc_uniqidentifierinfo identity, ref ProcessSample sample)
    {
        sample.Start = identity.p_uniqueid;

        // Given out in the order of the starts, so it also says who is older, whatever was done to the clock.
        sample.StartOrder = identity.p_uniqueid;
        sample.ImageVersion = (uint)identity.p_idversion;
        sample.ImageStamp = (uint)identity.p_idversion;
        sample.Statuses.Set(SampleFields.ImageVersion, ReadingStatus.Ok);
    }

    /// <summary>Puts what only its own user and root see into a sample.</summary>
    internal static void Fill(in proc_taskinfo task, in MachTime time, ref ProcessSample sample)
    {
        sample.UserTime = time.ToTimeSpanTicks(task.pti_total_user);
        sample.KernelTime = time.ToTimeSpanTicks(task.pti_total_system);
        sample.Resident = ToLong(task.pti_resident_size);
        sample.Virtual = ToLong(task.pti_virtual_size);
        sample.MajorFaults = (ulong)Math.Max(task.pti_pageins, 0);
        sample.MinorFaults = (ulong)Math.Max((long)task.pti_faults - Math.Max(task.pti_pageins, 0), 0);
        sample.Threads = task.pti_threadnum;
        sample.Priority = task.pti_priority;
        sample.Statuses.Set(FromTask, ReadingStatus.Ok);
        if (sample.State == ProcessState.Running)
        {
            // To the table every living process is runnable; its threads know better.
            sample.State = task.pti_numrunning > 0 ? ProcessState.Running : ProcessState.Sleeping;
            sample.Statuses.Set(SampleFields.State, ReadingStatus.Ok);
        }
    }

    /// <summary>Says why there is nothing of what only its own user and root see.</summary>
    internal static void Refuse(ReadingStatus why, ref ProcessSample sample)
    {
        sample.Statuses.Set(FromTask, why);
        if (sample.Statuses.Of(SampleFields.State) == ReadingStatus.NotCollected)
        {
            sample.Statuses.Set(SampleFields.State, why);
        }
    }

    /// <summary>Puts the account of a process into a sample.</summary>
    internal static void Fill(in rusage_info_v6 usage, bool hasEnergy, ProcessFields fields, ref ProcessSample sample)
    {
        sample.Footprint = ToLong(usage.ri_phys_footprint);
        sample.Locked = ToLong(usage.ri_wired_size);
        sample.DiskRead = usage.ri_diskio_bytesread;
        sample.DiskWrite = usage.ri_diskio_byteswritten;
        sample.Cycles = usage.ri_cycles;
        sample.Instructions = usage.ri_instructions;
        sample.Wakeups = usage.ri_pkg_idle_wkups;
        sample.Energy = usage.ri_energy_nj;
        sample.Statuses.Set(UsageFields(fields), ReadingStatus.Ok);
        if ((fields & ProcessFields.Energy) != ProcessFields.None)
        {
            sample.Statuses.Set(SampleFields.Energy, hasEnergy ? ReadingStatus.Ok : ReadingStatus.Unsupported);

            // Processors whose counters the kernel does not read leave both at 0, which no process that ever ran can have.
            SampleFields unread = (usage.ri_cycles == 0 ? SampleFields.Cycles : SampleFields.None)
                | (usage.ri_instructions == 0 ? SampleFields.Instructions : SampleFields.None);
            sample.Statuses.Set(unread, ReadingStatus.Unsupported);
        }
    }

    /// <summary>The fields of the account that are among those asked for.</summary>
    internal static SampleFields UsageFields(ProcessFields fields) =>
        ((fields & ProcessFields.Memory) != ProcessFields.None ? MemoryFromUsage : SampleFields.None)
        | ((fields & ProcessFields.Io) != ProcessFields.None ? IoFromUsage : SampleFields.None)
        | ((fields & ProcessFields.Energy) != ProcessFields.None ? EnergyFromUsage | SampleFields.Energy : SampleFields.None);

    private static ProcessState ToState(in kinfo_proc row) => row.p_stat switch
    {
        Darwin.SZOMB => ProcessState.Zombie,
        _ when (row.p_flag & Darwin.P_WEXIT) != 0 => ProcessState.Dead,
        Darwin.SIDL => ProcessState.Starting,
        Darwin.SSTOP => (row.p_flag & Darwin.P_TRACED) != 0 ? ProcessState.Traced : ProcessState.Stopped,
        Darwin.SSLEEP => ProcessState.Sleeping,
        Darwin.SRUN => ProcessState.Running,
        _ => ProcessState.Unknown,
    };

    private static long ToDateTicks(in timeval time) =>
        DateTime.UnixEpoch.Ticks
        + (Math.Clamp(time.tv_sec, MinUnixSeconds, MaxUnixSeconds) * TimeSpan.TicksPerSecond)
        + (Math.Clamp(time.tv_usec, 0, 999_999) * TimeSpan.TicksPerMicrosecond);

    private static long ToLong(ulong value) => (long)Math.Min(value, long.MaxValue);
}
