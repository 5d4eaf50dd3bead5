using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.Linux;

/// <summary>Any engine of Linux over the reader that they share.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxProcessCollector(ProcessCollectorOptions options, ProcessEngine engine, ProcessReader reader, IReadOnlyList<Gap> skipped)
    : ProcessCollector(options, engine, reader)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Gap> SkippedEngines => skipped;
}
