using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>What a process is confined in: job, server silo (a Windows container), virtual machine that it serves, package.</summary>
[SupportedOSPlatform("windows")]
internal static class ContainmentReader
{
    private const int ERROR_NO_PACKAGE = 15700; // APPMODEL_ERROR_NO_PACKAGE (appmodel.h)
    private const string NoHandle = "Windows shows the limits of a job to who holds a handle of the job";

    /// <summary>Fills job, container and package.</summary>
    /// <param name="opened">Its handle, if there is one.</param>
    /// <param name="jobId">What the system's list says; null when it says nothing.</param>
    /// <param name="user">Its user.</param>
    /// <param name="identity">Where the answers go.</param>
    internal static void Read(OpenedProcess opened, uint? jobId, Reading<ProcessUser> user, ProcessIdentity identity)
    {
        Reading<uint> silo = ReadSilo(opened);
        identity.Job = new WindowsJob(
            opened.Handle is not { } handle ? opened.Refusal<bool>() : handle.IsInJob() is { } isInJob ? isInJob : Reading.Failed<bool>(WindowsReasons.Failed),
            jobId is not { } id ? Reading.Unsupported<uint>(WindowsReasons.NoExtension) : id != 0 ? id : Reading.None<uint>("it is in no job"),
            silo,
            Reading.Unsupported<IReadOnlyList<string>>(NoHandle));
        identity.Container = WindowsContainers.Of(silo, user);
        identity.Package = ReadPackage(opened);
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
        return error == Win32.ERROR_SUCCESS ? new ProcessPackage("appx", name, Reading.NotCollected<string>("only the full name of the package is read"))
            : error == ERROR_NO_PACKAGE ? Reading.None<ProcessPackage>("it has no package identity")
            : WindowsReasons.AbsentWin32<ProcessPackage>(error);
    }
}
