using System.Runtime.Versioning;
using Sonde.Host.Services.Assembly;

namespace Sonde.Host.Services.MacOS;

/// <summary>macOS: launchd is not asked yet, and says so.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSServiceLadder : ServiceLadder
{
    private static HostException Refusal => new(HostFailure.Unavailable, "launch_msg(GetJobs)", null, 0, "this version of Sonde does not ask launchd");

    internal override SystemServices OpenBest(ServiceOptions options) => throw Refusal;

    internal override IReadOnlyList<BackendStatus> Check() => [BackendStatus.From(SystemServices.Part, "launchd", "jobs, states, processes", Refusal)];
}
