using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>A process that was opened, or the refusal.</summary>
/// <param name="handle">The handle; null when the system refused.</param>
/// <param name="created">When the process started, as a FILETIME.</param>
/// <param name="status">The system's answer to opening it.</param>
[SupportedOSPlatform("windows")]
internal sealed class OpenedProcess(ProcessHandle? handle, long created, int status) : IDisposable
{
    internal ProcessHandle? Handle => handle;

    internal long Created => created;

    internal int Status => status;

    /// <summary>Whether there is no such process any more.</summary>
    internal bool IsGone => handle is null && WindowsReasons.StatusOf(status) == ReadingStatus.Gone;

    /// <summary>The refusal in place of a value.</summary>
    internal Reading<T> Refusal<T>() => WindowsReasons.Absent<T>(status);

    public void Dispose() => handle?.Dispose();
}
