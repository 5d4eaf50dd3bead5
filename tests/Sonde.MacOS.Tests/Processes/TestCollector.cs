using Sonde.Host.Processes;
using Sonde.Host.Processes.MacOS;

namespace Sonde.MacOS.Tests.Processes;

/// <summary>A collector as on a Mac, over the look-alike.</summary>
internal static class TestCollector
{
    internal static ProcessCollector Open(ProcessFields fields = ProcessFields.Standard, TimeProvider? time = null) =>
        Open(new ProcessCollectorOptions { Fields = fields, Time = time ?? TimeProvider.System });

    internal static ProcessCollector Open(ProcessCollectorOptions options) => new MacOSProcessLadder().Open(options);

    /// <summary>Reads one process.</summary>
    internal static ProcessRecord Read(int pid, ProcessFields fields)
    {
        using ProcessCollector collector = Open(fields);
        ProcessSnapshot snapshot = collector.Collect(); // stays undisposed: its records are looked at
        return snapshot.Find(pid) ?? throw new InvalidOperationException($"{pid} is not in the snapshot");
    }
}
