using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>What a process is confined in: job, server silo (a Windows container), virtual machine that it serves, package.</summary>
[SupportedOSPlatform("windows")]
internal static class ContainmentReader
{
    private const int ERROR_NO_PACKAGE = 15700; // APPMODEL_ERROR_NO_PACKAGE (appmodel.h)
    private const int ERROR_NO_APPLICATION = 15703; // APPMODEL_ERROR_NO_APPLICATION
    private const string NotInJob = "it is in no job";
    private const string NoHandle = "Windows shows the limits of a job to its own processes and to who holds a handle of it";

    /// <summary>Fills job, container and package.</summary>
    /// <param name="pid">Its id.</param>
    /// <param name="opened">Its handle, if there is one.</param>
    /// <param name="jobId">What the system's list says; null when it says nothing.</param>
    /// <param name="ownJobId">What the list says of this process itself.</param>
    /// <param name="user">Its user.</param>
    /// <param name="identity">Where the answers go.</param>
    internal static void Read(int pid, OpenedProcess opened, uint? jobId, uint? ownJobId, Reading<ProcessUser> user, ProcessIdentity identity)
    {
        Reading<uint> silo = ReadSilo(opened);
        Reading<bool> isInJob = opened.Handle is not { } handle ? opened.Refusal<bool>() : handle.IsInJob() is { } answer ? answer : Reading.Failed<bool>(WindowsReasons.Failed);
        bool isOurs = pid == Environment.ProcessId || (jobId is > 0 && jobId == ownJobId);
        identity.Job = new WindowsJob(
            isInJob,
            jobId is not { } id ? Reading.Unsupported<uint>(WindowsReasons.NoExtension) : id != 0 ? id : Reading.None<uint>(NotInJob),
            silo,
            jobId == 0 || (jobId is null && isInJob.HasValue && !isInJob.Value) ? Reading.None<IReadOnlyList<string>>(NotInJob)
                : isOurs ? ReadOwnLimits()
                : Reading.Unsupported<IReadOnlyList<string>>(NoHandle));
        identity.Container = WindowsContainers.Of(silo, user);
        identity.Package = ReadPackage(opened);
    }

    /// <summary>The limits of the innermost job that this process is in; those of jobs around it hold too, and are not told.</summary>
    private static Reading<IReadOnlyList<string>> ReadOwnLimits()
    {
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = default;
        int status = JobObject.QueryOwn(JOBOBJECTINFOCLASS.JobObjectExtendedLimitInformation, ref limits);
        if (status < 0)
        {
            return WindowsReasons.Absent<IReadOnlyList<string>>(status);
        }

        // A job answers these two only where something of the kind is set or known: no answer is no limit.
        JOBOBJECT_CPU_RATE_CONTROL_INFORMATION rate = default;
        uint desktop = 0;
        rate = JobObject.QueryOwn(JOBOBJECTINFOCLASS.JobObjectCpuRateControlInformation, ref rate) < 0 ? default : rate;
        desktop = JobObject.QueryOwn(JOBOBJECTINFOCLASS.JobObjectBasicUIRestrictions, ref desktop) < 0 ? 0 : desktop;
        IReadOnlyList<string> words = JobLimits.Of(limits, rate, desktop);
        return words.Count > 0 ? Reading.Ok(words) : Reading.None<IReadOnlyList<string>>("its job limits nothing");
    }

    private static Reading<uint> ReadSilo(OpenedProcess opened)
    {
        if (opened.Handle is not { } handle)
        {
            return opened.Refusal<uint>();
        }

        uint silo = 0;
        int status = handle.Query(PROCESSINFOCLASS.ProcessMembershipInformation, ref silo);
        return status < 0 ? WindowsReasons.Absent<uint>(status) : silo != 0 ? silo : Reading.None<uint>("it is in no container");
    }

    private static Reading<ProcessPackage> ReadPackage(OpenedProcess opened)
    {
        if (opened.Handle is not { } handle)
        {
            return opened.Refusal<ProcessPackage>();
        }

        int error = handle.GetPackageName(out string name);
        return error == Win32.ERROR_SUCCESS ? new ProcessPackage("appx", name, ReadApplication(handle))
            : error == ERROR_NO_PACKAGE ? Reading.None<ProcessPackage>("it has no package identity")
            : WindowsReasons.AbsentWin32<ProcessPackage>(error);
    }

    private static Reading<string> ReadApplication(ProcessHandle handle)
    {
        int error = handle.GetApplicationName(out string name);
        return error == Win32.ERROR_SUCCESS ? name
            : error is ERROR_NO_APPLICATION or ERROR_NO_PACKAGE ? Reading.None<string>("it is no application of its package")
            : WindowsReasons.AbsentWin32<string>(error);
    }
}
