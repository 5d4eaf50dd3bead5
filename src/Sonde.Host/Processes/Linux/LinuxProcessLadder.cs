using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.Linux;

/// <summary>Linux: the files of /proc.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxProcessLadder : ProcessLadder
{
    private protected override IReadOnlyList<ProcessRung> Rungs => [];
}
