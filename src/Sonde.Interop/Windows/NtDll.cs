using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

// ntdll.dll: system and process information. Layouts and classes are those of winternl.h where it has them, of published symbols where it has not.
[SupportedOSPlatform("windows")]
internal static unsafe partial class NtDll
{
    internal const string Library = "ntdll.dll";
    private const string AppModelLibrary = "api-ms-win-appmodel-runtime-l1-1-1.dll";

    internal const uint PROCESS_VM_READ = 0x0010;
    internal const uint PROCESS_QUERY_INFORMATION = 0x0400;
    internal const uint PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;

    internal const int SystemTimeOfDayInformation = 3;
    internal const int SystemProcessInformation = 5;
    internal const int SystemProcessIdInformation = 88;

    /// <summary>The page that the kernel shares with every process, at the same address since Windows NT (KUSER_SHARED_DATA, ntddk.h).</summary>
    private const nuint SharedPage = 0x7FFE0000;
    private const nuint BootIdOffset = 0x2C4; // since Windows 8

    /// <summary>How often this system was started, as the kernel counts; 0 where it does not.</summary>
    // SAFETY: the page is mapped read-only into every process for as long as it lives.
    internal static uint BootId => *(uint*)(SharedPage + BootIdOffset);

    [LibraryImport(Library)]
    internal static partial int NtQuerySystemInformation(int what, byte* buffer, uint size, uint* length);

    [LibraryImport(Library)]
    internal static partial int NtOpenProcess(nint* process, uint access, OBJECT_ATTRIBUTES* attributes, CLIENT_ID* id);

    [LibraryImport(Library)]
    internal static partial int NtQueryInformationProcess(ProcessHandle process, PROCESSINFOCLASS what, byte* buffer, uint size, uint* length);

    [LibraryImport(Library)]
    internal static partial int NtReadVirtualMemory(ProcessHandle process, nuint address, byte* buffer, nuint size, nuint* read);

    [LibraryImport(Library)]
    internal static partial int NtClose(nint handle);

    [LibraryImport("user32.dll", SetLastError = true)]
    internal static partial uint GetGuiResources(ProcessHandle process, uint which);

    [LibraryImport("kernel32.dll", SetLastError = true)]
    internal static partial int IsProcessInJob(ProcessHandle process, nint job, int* result);

    [LibraryImport(Library)]
    internal static partial int NtQueryInformationJobObject(nint job, JOBOBJECTINFOCLASS what, void* buffer, uint size, uint* length);

    // appmodel.h, by the name of their API set.
    [LibraryImport(AppModelLibrary)]
    internal static partial int GetPackageFullName(ProcessHandle process, uint* length, char* name);

    [LibraryImport(AppModelLibrary)]
    internal static partial int GetApplicationUserModelId(ProcessHandle process, uint* length, char* name);
}

/// <summary>enum PROCESSINFOCLASS (winternl.h, and what it leaves out): the classes read here.</summary>
internal enum PROCESSINFOCLASS
{
    ProcessBasicInformation = 0,
    ProcessTimes = 4,
    ProcessDebugPort = 7,
    ProcessWow64Information = 26,
    ProcessImageFileName = 27,
    ProcessBreakOnTermination = 29,
    ProcessIoPriority = 33,
    ProcessPagePriority = 39,
    ProcessImageFileNameWin32 = 43,
    ProcessMitigationPolicy = 52,
    ProcessCommandLineInformation = 60,
    ProcessProtectionInformation = 61,
    ProcessSubsystemInformation = 75,
    ProcessMembershipInformation = 109,
}

/// <summary>struct CLIENT_ID (winternl.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CLIENT_ID
{
    internal nint UniqueProcess;
    internal nint UniqueThread;
}

/// <summary>struct OBJECT_ATTRIBUTES (winternl.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OBJECT_ATTRIBUTES
{
    internal uint Length;
    internal nint RootDirectory;
    internal nint ObjectName;
    internal uint Attributes;
    internal nint SecurityDescriptor;
    internal nint SecurityQualityOfService;
}

/// <summary>struct UNICODE_STRING (winternl.h): lengths in bytes, no zero at the end.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UNICODE_STRING
{
    internal ushort Length;
    internal ushort MaximumLength;
    internal nint Buffer;
}

/// <summary>struct SYSTEM_PROCESS_INFORMATION: the head of a process in the system's list; its threads follow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SYSTEM_PROCESS_INFORMATION
{
    internal uint NextEntryOffset;
    internal uint NumberOfThreads;
    internal long WorkingSetPrivateSize;
    internal uint HardFaultCount;
    internal uint NumberOfThreadsHighWatermark;
    internal ulong CycleTime;
    internal long CreateTime; // FILETIME, as UserTime and KernelTime 100 ns
    internal long UserTime;
    internal long KernelTime;
    internal UNICODE_STRING ImageName;
    internal int BasePriority;
    internal nint UniqueProcessId;
    internal nint InheritedFromUniqueProcessId;
    internal uint HandleCount;
    internal uint SessionId;
    internal nuint UniqueProcessKey;
    internal nuint PeakVirtualSize;
    internal nuint VirtualSize;
    internal uint PageFaultCount;
    internal nuint PeakWorkingSetSize;
    internal nuint WorkingSetSize;
    internal nuint QuotaPeakPagedPoolUsage;
    internal nuint QuotaPagedPoolUsage;
    internal nuint QuotaPeakNonPagedPoolUsage;
    internal nuint QuotaNonPagedPoolUsage;
    internal nuint PagefileUsage;
    internal nuint PeakPagefileUsage;
    internal nuint PrivatePageCount; // bytes, whatever it is called
    internal ulong ReadOperationCount;
    internal ulong WriteOperationCount;
    internal ulong OtherOperationCount;
    internal ulong ReadTransferCount;
    internal ulong WriteTransferCount;
    internal ulong OtherTransferCount;
}

/// <summary>struct SYSTEM_THREAD_INFORMATION.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SYSTEM_THREAD_INFORMATION
{
    internal long KernelTime;
    internal long UserTime;
    internal long CreateTime;
    internal uint WaitTime;
    internal nuint StartAddress;
    internal CLIENT_ID ClientId;
    internal int Priority;
    internal int BasePriority;
    internal uint ContextSwitches;
    internal uint ThreadState;
    internal uint WaitReason;
}

/// <summary>struct PROCESS_DISK_COUNTERS.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PROCESS_DISK_COUNTERS
{
    internal ulong BytesRead;
    internal ulong BytesWritten;
    internal ulong ReadOperationCount;
    internal ulong WriteOperationCount;
    internal ulong FlushOperationCount;
}

/// <summary>struct PROCESS_ENERGY_VALUES: only its room is needed.</summary>
[InlineArray(34)]
internal struct PROCESS_ENERGY_VALUES
{
    private ulong _first;
}

/// <summary>struct SYSTEM_PROCESS_INFORMATION_EXTENSION: what follows the threads since Windows 10 1709.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SYSTEM_PROCESS_INFORMATION_EXTENSION
{
    internal PROCESS_DISK_COUNTERS DiskCounters;
    internal ulong ContextSwitches;
    internal uint Flags; // HasStrongId :1, Classification :4, BackgroundActivityModerated :1
    internal uint UserSidOffset;
    internal uint PackageFullNameOffset;
    internal PROCESS_ENERGY_VALUES EnergyValues;
    internal uint AppIdOffset;
    internal nuint SharedCommitCharge;
    internal uint JobObjectId;
    internal uint SpareUlong;
    internal ulong ProcessSequenceNumber;
}

/// <summary>struct SYSTEM_PROCESS_ID_INFORMATION.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SYSTEM_PROCESS_ID_INFORMATION
{
    internal nint ProcessId;
    internal UNICODE_STRING ImageName;
}

/// <summary>struct SYSTEM_TIMEOFDAY_INFORMATION.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SYSTEM_TIMEOFDAY_INFORMATION
{
    internal long BootTime;
    internal long CurrentTime;
    internal long TimeZoneBias;
    internal uint TimeZoneId;
    internal uint Reserved;
    internal ulong BootTimeBias;
    internal ulong SleepTimeBias;
}

/// <summary>struct KERNEL_USER_TIMES.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KERNEL_USER_TIMES
{
    internal long CreateTime;
    internal long ExitTime;
    internal long KernelTime;
    internal long UserTime;
}

/// <summary>struct PROCESS_BASIC_INFORMATION (winternl.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PROCESS_BASIC_INFORMATION
{
    internal int ExitStatus;
    internal nuint PebBaseAddress;
    internal nuint AffinityMask;
    internal int BasePriority;
    internal nuint UniqueProcessId;
    internal nuint InheritedFromUniqueProcessId;
}

/// <summary>struct PROCESS_EXTENDED_BASIC_INFORMATION (ntddk.h): its size goes in, flags come out; since Windows 8.1.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PROCESS_EXTENDED_BASIC_INFORMATION
{
    internal nuint Size;
    internal PROCESS_BASIC_INFORMATION BasicInfo;
    internal uint Flags;
}

/// <summary>struct PROCESS_MITIGATION_POLICY_INFORMATION: the policy's number goes in, its flags come out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PROCESS_MITIGATION_POLICY_INFORMATION
{
    internal uint Policy;
    internal uint Flags;
}
