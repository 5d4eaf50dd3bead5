using System.Runtime.Versioning;
using Sonde.Host.Services.Assembly;

namespace Sonde.Host.Services.MacOS;

/// <summary>macOS: launchd for what runs, and the property lists for what there is. One backend, for neither is enough alone.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSServiceLadder : ServiceLadder
{
    internal override SystemServices OpenBest(ServiceOptions options) => options.OfUser
        ? throw new HostException(HostFailure.Unavailable, "services of a user", null, 0, "launchd's agents of users stand among the services of the host")
        : new MacOSServices(options);

    internal override IReadOnlyList<BackendStatus> Check()
    {
        BackendStatus launchd;
        const string Provides = "states, processes and exits of jobs";
        try
        {
            MacOSServices.Ask(out _);
            launchd = new BackendStatus(SystemServices.Part, MacOSServices.BackendName, BackendState.Available, Provides, "launch_msg(GetJobs)");
        }
        catch (HostException refused)
        {
            launchd = BackendStatus.From(SystemServices.Part, MacOSServices.BackendName, Provides, refused);
        }

        bool hasFolders = LaunchPaths.Default.Daemons.Concat(LaunchPaths.Default.Agents).Any(Directory.Exists);
        return
        [
            launchd,
            new BackendStatus(
                SystemServices.Part,
                "property lists",
                hasFolders ? BackendState.Available : BackendState.Unavailable,
                "jobs there are, what starts them, programs, users",
                "open",
                hasFolders ? null : "there is no folder of launchd"),
        ];
    }
}
