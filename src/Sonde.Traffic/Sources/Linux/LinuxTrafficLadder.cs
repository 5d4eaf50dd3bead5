using System.Runtime.Versioning;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Linux: the socket plane by programs in the kernel.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxTrafficLadder : TrafficLadder
{
    internal override IReadOnlyList<TrafficRung> Rungs { get; } = [new BpfTrafficRung()];

    internal override IReadOnlyList<OwnerSource> OpenOwners(TrafficOptions options) => [];
}
