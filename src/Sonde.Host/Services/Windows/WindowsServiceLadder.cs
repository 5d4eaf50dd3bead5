using System.Runtime.Versioning;
using Sonde.Host.Services.Assembly;

namespace Sonde.Host.Services.Windows;

/// <summary>The one rung that Windows has: the service control manager is always there and lets every user list.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsServiceLadder : ServiceLadder
{
    private const string Provides = "services and drivers, states, start types, accounts, processes";

    internal override SystemServices OpenBest(ServiceOptions options) => options.OfUser
        ? throw new HostException(HostFailure.Unavailable, "services of a user", null, 0, "Windows' services of users stand among those of the host")
        : WindowsServices.OpenManager(options);

    internal override IReadOnlyList<BackendStatus> Check()
    {
        try
        {
            using WindowsServices services = WindowsServices.OpenManager(new ServiceOptions());
            return [new BackendStatus(SystemServices.Part, WindowsServices.BackendName, BackendState.Available, Provides, "OpenSCManager")];
        }
        catch (HostException refused)
        {
            return [BackendStatus.From(SystemServices.Part, WindowsServices.BackendName, Provides, refused, "Administrator")];
        }
    }
}
