using System.Runtime.Versioning;
using Sonde.Host.Resolvers.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>Linux: rtnetlink.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxInterfaceLadder : InterfaceLadder
{
    internal override NetworkInterfaces OpenBest() => new LinuxNetworkInterfaces(new LinuxNameResolvers());

    internal override IReadOnlyList<BackendStatus> Check() => [LinuxNetworkInterfaces.CheckRung()];
}
