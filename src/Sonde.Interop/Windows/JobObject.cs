using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>The job of the calling process: a job answers without a handle only to who is in it.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class JobObject
{
    /// <summary>Asks the job for <paramref name="what"/>.</summary>
    /// <returns>The status.</returns>
    internal static int QueryOwn<T>(JOBOBJECTINFOCLASS what, ref T value)
        where T : unmanaged
    {
        uint length = 0;
        fixed (T* start = &value)
        {
            // SAFETY: the size tells how much room start has. No handle means the caller's own job.
            return NtDll.NtQueryInformationJobObject(0, what, start, (uint)sizeof(T), &length);
        }
    }
}

/// <summary>enum JOBOBJECTINFOCLASS (winnt.h): the classes read here.</summary>
internal enum JOBOBJECTINFOCLASS
{
    JobObjectBasicUIRestrictions = 4,
    JobObjectExtendedLimitInformation = 9,
    JobObjectCpuRateControlInformation = 15,
}

/// <summary>struct JOBOBJECT_BASIC_LIMIT_INFORMATION (winnt.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct JOBOBJECT_BASIC_LIMIT_INFORMATION
{
    internal long PerProcessUserTimeLimit; // 100 ns
    internal long PerJobUserTimeLimit;
    internal uint LimitFlags;
    internal nuint MinimumWorkingSetSize;
    internal nuint MaximumWorkingSetSize;
    internal uint ActiveProcessLimit;
    internal nuint Affinity;
    internal uint PriorityClass;
    internal uint SchedulingClass;
}

/// <summary>struct IO_COUNTERS (winnt.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IO_COUNTERS
{
    internal ulong ReadOperationCount;
    internal ulong WriteOperationCount;
    internal ulong OtherOperationCount;
    internal ulong ReadTransferCount;
    internal ulong WriteTransferCount;
    internal ulong OtherTransferCount;
}

/// <summary>struct JOBOBJECT_EXTENDED_LIMIT_INFORMATION (winnt.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct JOBOBJECT_EXTENDED_LIMIT_INFORMATION
{
    internal JOBOBJECT_BASIC_LIMIT_INFORMATION BasicLimitInformation;
    internal IO_COUNTERS IoInfo;
    internal nuint ProcessMemoryLimit;
    internal nuint JobMemoryLimit;
    internal nuint PeakProcessMemoryUsed;
    internal nuint PeakJobMemoryUsed;
}

/// <summary>struct JOBOBJECT_CPU_RATE_CONTROL_INFORMATION (winnt.h): what the second word means follows from the flags.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct JOBOBJECT_CPU_RATE_CONTROL_INFORMATION
{
    internal uint ControlFlags;
    internal uint CpuRate; // a rate in 1/10000, a weight, or the least and the most rate of 16 bits each
}
