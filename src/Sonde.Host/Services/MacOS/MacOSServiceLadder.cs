using System.Runtime.Versioning;
using Sonde.Host.Services.Assembly;

namespace Sonde.Host.Services.MacOS;

[SupportedOSPlatform("macos")]
internal sealed class MacOSServiceLadder : ServiceLadder
{
    internal override SystemServices OpenBest(ServiceOptions options) =>
        throw new HostException(HostFailure.Unavailable, "open", null, 0, "launchd is not asked");

    internal override IReadOnlyList<BackendStatus> Check() => [];
}
