using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>Whether a process is being debugged: the one field of the every-cycle tier that needs its handle.</summary>
[SupportedOSPlatform("windows")]
internal static class DebuggerState
{
    internal static void Fill(ProcessHandles handles, long? created, ref ProcessSample sample)
    {
        if (sample.IsKernel)
        {
            sample.Statuses.Set(SampleFields.Tracer, ReadingStatus.Unsupported);
            return;
        }

        OpenedProcess opened = handles.Get(sample.Pid, created);
        int status = opened.Status;
        nint port = 0;
        if (opened.Handle is { } handle)
        {
            status = handle.Query(PROCESSINFOCLASS.ProcessDebugPort, ref port);
        }

        // Windows says that somebody debugs it, and not who: 0.
        sample.Tracer = 0;
        sample.Statuses.Set(SampleFields.Tracer, status < 0 ? WindowsReasons.StatusOf(status) : port != 0 ? ReadingStatus.Ok : ReadingStatus.None);
    }
}
