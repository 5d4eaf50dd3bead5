using Sonde.Host.Processes.Assembly;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>Turns what the system's list says of a process into a sample; on any system, without trusting it.</summary>
internal static class WindowsSamples
{
    /// <summary>FILETIME 0 (1601) in ticks of <see cref="DateTime"/>.</summary>
    internal const long FileTimeEpoch = 504_911_232_000_000_000;

    /// <summary>What no engine of Windows can give.</summary>
    internal const SampleFields NotOnWindows = SampleFields.ProcessGroup | SampleFields.Session | SampleFields.Terminal | SampleFields.ImageVersion
        | SampleFields.Instructions | SampleFields.Energy | SampleFields.Wakeups | SampleFields.Swap | SampleFields.Locked | SampleFields.CancelledWrite
        | SampleFields.SwitchesGroup | SampleFields.Nice | SampleFields.RealtimePriority | SampleFields.Policy | SampleFields.Processor;

    /// <summary>What only the extension says.</summary>
    internal const SampleFields FromExtension = SampleFields.DiskRead | SampleFields.DiskWrite | SampleFields.Footprint;

    internal const SampleFields FromHead = SampleFields.ParentPid | SampleFields.TerminalSession | SampleFields.IsKernel | SampleFields.StartTime
        | SampleFields.Times | SampleFields.Cycles | SampleFields.Resident | SampleFields.Private | SampleFields.Virtual | SampleFields.PeakResident
        | SampleFields.PeakVirtual | SampleFields.MinorFaults | SampleFields.MajorFaults | SampleFields.Threads | SampleFields.Handles | SampleFields.ReadBytes
        | SampleFields.WriteBytes | SampleFields.OtherBytes | SampleFields.ReadOperations | SampleFields.WriteOperations | SampleFields.OtherOperations
        | SampleFields.Priority;

    // KTHREAD_STATE and KWAIT_REASON (ntddk.h).
    private const uint Initialized = 0;
    private const uint Ready = 1;
    private const uint Running = 2;
    private const uint Standby = 3;
    private const uint Waiting = 5;
    private const uint DeferredReady = 7;
    private const uint Suspended = 5;
    private const uint WrSuspended = 12;

    private const int IdlePid = 0;
    private const int SystemPid = 4;

    internal static void Fill(in ProcessEntry entry, ref ProcessSample sample)
    {
        SYSTEM_PROCESS_INFORMATION head = entry.Head;
        sample.Pid = entry.Pid;
        sample.Start = entry.Start;
        sample.StartOrder = entry.Start;
        sample.StartTimeTicks = ToDateTicks(head.CreateTime);
        sample.ParentPid = head.InheritedFromUniqueProcessId is >= 0 and <= int.MaxValue and var parent ? (int)parent : 0;
        sample.TerminalSession = head.SessionId;
        sample.IsKernel = IsKernel(entry);
        sample.UserTime = Math.Max(0, head.UserTime);
        sample.KernelTime = Math.Max(0, head.KernelTime);
        sample.Cycles = head.CycleTime;
        sample.Resident = ToBytes(head.WorkingSetSize);
        sample.Private = ToBytes(head.PrivatePageCount);
        sample.Virtual = ToBytes(head.VirtualSize);
        sample.PeakResident = ToBytes(head.PeakWorkingSetSize);
        sample.PeakVirtual = ToBytes(head.PeakVirtualSize);
        sample.MajorFaults = head.HardFaultCount;
        sample.MinorFaults = unchecked(head.PageFaultCount - head.HardFaultCount); // counters of 32 bits, which wrap
        sample.Threads = (int)Math.Min(head.NumberOfThreads, int.MaxValue);
        sample.Handles = (int)Math.Min(head.HandleCount, int.MaxValue);
        sample.ReadOperations = head.ReadOperationCount;
        sample.WriteOperations = head.WriteOperationCount;
        sample.OtherOperations = head.OtherOperationCount;
        sample.ReadBytes = head.ReadTransferCount;
        sample.WriteBytes = head.WriteTransferCount;
        sample.OtherBytes = head.OtherTransferCount;
        sample.Priority = head.BasePriority;
        sample.Statuses.Set(FromHead, ReadingStatus.Ok);
        sample.Statuses.Set(NotOnWindows, ReadingStatus.Unsupported);

        // Windows counts the private part of the working set since Vista; where it says 0, it does not.
        sample.Shared = Math.Max(0, sample.Resident - Math.Max(0, head.WorkingSetPrivateSize));
        sample.Statuses.Set(SampleFields.Shared, head.WorkingSetPrivateSize > 0 ? ReadingStatus.Ok : ReadingStatus.Unsupported);

        sample.State = StateOf(entry);
        sample.Statuses.Set(SampleFields.State, sample.State == ProcessState.Unknown ? ReadingStatus.Unsupported : ReadingStatus.Ok);

        sample.Statuses.Set(FromExtension, entry.HasExtension ? ReadingStatus.Ok : ReadingStatus.Unsupported);
        if (entry.HasExtension)
        {
            SYSTEM_PROCESS_INFORMATION_EXTENSION extension = entry.Extension;
            sample.DiskRead = extension.DiskCounters.BytesRead;
            sample.DiskWrite = extension.DiskCounters.BytesWritten;
            sample.Footprint = ToBytes(extension.SharedCommitCharge);
        }
    }

    /// <summary>A FILETIME in ticks of <see cref="DateTime"/>, within what that can name.</summary>
    internal static long ToDateTicks(long fileTime) =>
        fileTime <= 0 ? FileTimeEpoch : fileTime > DateTime.MaxValue.Ticks - FileTimeEpoch ? DateTime.MaxValue.Ticks : fileTime + FileTimeEpoch;

    /// <summary>The FILETIME that was turned into these ticks.</summary>
    internal static long ToFileTime(long dateTicks) => dateTicks - FileTimeEpoch;

    // SYSTEM_PROCESS_CLASSIFICATION: 0 for ordinary programs; the system, its secure kernel, memory compression, the registry. Without it, the
    // two ids that Windows has always kept for itself.
    private static bool IsKernel(in ProcessEntry entry) =>
        entry.Pid is IdlePid or SystemPid || (entry.HasExtension && (entry.Extension.Flags >> 1 & 0xF) != 0);

    private static ProcessState StateOf(in ProcessEntry entry)
    {
        int count = entry.ThreadCount;
        if (count == 0)
        {
            // The system's own processes may have none; a program without threads has ended, and somebody still holds it.
            return IsKernel(entry) ? ProcessState.Idle : ProcessState.Dead;
        }

        bool isRunning = false;
        bool isKnown = false;
        bool isSuspended = true;
        for (int at = 0; at < count; at++)
        {
            SYSTEM_THREAD_INFORMATION thread = entry.Thread(at);
            isRunning |= thread.ThreadState is Ready or Running or Standby or DeferredReady;
            isKnown |= thread.ThreadState != Initialized;
            isSuspended &= thread.ThreadState == Waiting && thread.WaitReason is Suspended or WrSuspended;
        }

        return !isKnown ? ProcessState.Unknown
            : isRunning ? ProcessState.Running
            : isSuspended ? ProcessState.Stopped
            : ProcessState.Sleeping;
    }

    private static long ToBytes(nuint size) => (long)Math.Min(size, long.MaxValue);
}
