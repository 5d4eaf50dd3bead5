using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>What the refusals of Windows mean for a field, in words that are the same for every process.</summary>
internal static class WindowsReasons
{
    internal const string Denied = "only its own user, an administrator who is elevated, or SeDebugPrivilege opens it; protected processes open themselves to nobody beyond a little";
    internal const string Ended = "it ended while it was read";
    internal const string NotOnWindows = "Windows has no such thing";
    internal const string NotTold = "this version of Windows does not tell";
    internal const string NoExtension = "only Windows 10 1709 and later say so, and not to emulated programs";
    internal const string Failed = "Windows failed to answer";
    internal const string KernelHasNone = "the system runs it for itself: there is no program behind it";

    /// <summary>The words for the statuses of samples.</summary>
    internal static SampleReasons Samples { get; } = new(
        (SampleFields.SwitchesGroup, ReadingStatus.Unsupported, "Windows counts both kinds together"),
        (SampleFields.Swap, ReadingStatus.Unsupported, "Windows tells how much is committed, not what lies in the page file"),
        (SampleFields.State, ReadingStatus.Unsupported, "this system does not tell the states of threads"),
        (SampleFields.Shared, ReadingStatus.Unsupported, NotTold),
        (WindowsSamples.FromExtension, ReadingStatus.Unsupported, NoExtension),
        (WindowsSamples.NotOnWindows, ReadingStatus.Unsupported, NotOnWindows),
        (SampleFields.Tracer, ReadingStatus.None, "nobody debugs it"),
        (SampleFields.Tracer, ReadingStatus.Unsupported, KernelHasNone),
        (SampleFields.All, ReadingStatus.Unsupported, "a tool help snapshot does not tell"),
        (SampleFields.All, ReadingStatus.Denied, Denied),
        (SampleFields.All, ReadingStatus.Gone, Ended),
        (SampleFields.All, ReadingStatus.Failed, Failed));

    /// <summary>What a status of ntdll means.</summary>
    internal static ReadingStatus StatusOf(int status) => status switch
    {
        >= 0 => ReadingStatus.Ok,
        NtStatus.STATUS_ACCESS_DENIED or NtStatus.STATUS_PRIVILEGE_NOT_HELD => ReadingStatus.Denied,
        NtStatus.STATUS_INVALID_CID or NtStatus.STATUS_PROCESS_IS_TERMINATING => ReadingStatus.Gone,
        NtStatus.STATUS_INVALID_INFO_CLASS or NtStatus.STATUS_NOT_IMPLEMENTED or NtStatus.STATUS_NOT_SUPPORTED => ReadingStatus.Unsupported,
        _ => ReadingStatus.Failed,
    };

    /// <summary>The reason in place of a value, for a status of ntdll.</summary>
    internal static Reading<T> Absent<T>(int status)
    {
        ReadingStatus why = StatusOf(status);
        return new Reading<T>(why, default, why == ReadingStatus.Failed ? new NativeError(NativeErrorDomain.NtStatus, status).ToString() : Of(why));
    }

    /// <summary>The reason in place of a value, for an error of Win32.</summary>
    internal static Reading<T> AbsentWin32<T>(int error) => error switch
    {
        // An information class that this version lacks is an invalid parameter or function to it.
        1 or 87 or 50 or 120 or 127 => Reading.Unsupported<T>(NotTold),
        5 or 1314 => Reading.Denied<T>(Denied),
        _ => Reading.Failed<T>(Win32.Error(error).ToString()),
    };

    internal static string? Of(ReadingStatus status) => status switch
    {
        ReadingStatus.Denied => Denied,
        ReadingStatus.Gone => Ended,
        ReadingStatus.Unsupported => NotTold,
        ReadingStatus.Failed => Failed,
        _ => null,
    };
}
