using System.Runtime.Versioning;
using Sonde.Host.Services.Assembly;

namespace Sonde.Host.Services.Linux;

/// <summary>Linux: systemd by its own socket, systemd by the system bus, and where it does not answer the files of its units with the control groups of processes.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxServiceLadder(LinuxServicePaths paths) : ServiceLadder
{
    private const string PrivateName = "systemd private socket";
    private const string BusName = "systemd D-Bus";
    private const string Provides = "units, states, start types, processes, exit codes";

    internal LinuxServiceLadder()
        : this(LinuxServicePaths.Default)
    {
    }

    internal override SystemServices OpenBest(ServiceOptions options)
    {
        if (options.OfUser)
        {
            return OpenUsers(LinuxServicePaths.OfUser(), options);
        }

        HostException first;
        try
        {
            return LinuxSystemdServices.OpenPrivate(paths, options);
        }
        catch (HostException refused)
        {
            first = refused;
        }

        HostException second;
        try
        {
            return LinuxSystemdServices.OpenBus(paths, options);
        }
        catch (HostException refused)
        {
            second = refused;
        }

        // The user is told that this is the lowest rung, and why; the bus is the way in for everybody, so its reason counts.
        var why = new Gap("states of units", second.Failure == HostFailure.AccessDenied ? ReadingStatus.Denied : ReadingStatus.NotCollected, $"{second.Message}; unit files and control groups serve instead");
        try
        {
            return LinuxUnitFileServices.Open(paths, options, [why]);
        }
        catch (HostException lowest)
        {
            throw new HostException(lowest.Failure, lowest.Operation, lowest.Target, lowest.NativeError, lowest.Reason, new AggregateException(first, second, lowest));
        }
    }

    // Nothing below: the units of a user on disk and the groups of his processes do not tell which manager they are of.
    private static LinuxSystemdServices OpenUsers(LinuxServicePaths users, ServiceOptions options)
    {
        HostException first;
        try
        {
            return LinuxSystemdServices.OpenPrivate(users, options);
        }
        catch (HostException refused)
        {
            first = refused;
        }

        try
        {
            return LinuxSystemdServices.OpenBus(users, options);
        }
        catch (HostException second)
        {
            throw new HostException(first.Failure, first.Operation, first.Target, first.NativeError, first.Reason, new AggregateException(first, second));
        }
    }

    internal override IReadOnlyList<BackendStatus> Check() =>
    [
        Try(PrivateName, Provides, $"connect({paths.PrivateSocket})", options => LinuxSystemdServices.OpenPrivate(paths, options)),
        Try(BusName, Provides, $"connect({paths.SystemBus})", options => LinuxSystemdServices.OpenBus(paths, options)),
        Try(LinuxUnitFileServices.BackendName, "units on disk, and which of them have processes", "open", options => LinuxUnitFileServices.Open(paths, options, [])),
    ];

    private static BackendStatus Try(string name, string provides, string operation, Func<ServiceOptions, SystemServices> open)
    {
        try
        {
            using SystemServices services = open(new ServiceOptions());
            return new BackendStatus(SystemServices.Part, name, BackendState.Available, provides, operation);
        }
        catch (HostException refused)
        {
            return BackendStatus.From(SystemServices.Part, name, provides, refused);
        }
    }
}
