using System.Reflection;
using Sonde.Cli.Errors;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Host.Privileges;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Events;
using Sonde.Host.Resolvers;
using Sonde.Host.Services;
using Sonde.Host.Sockets;
using Sonde.Link;
using Sonde.Traffic;
using Sonde.Tun;

namespace Sonde.Cli.Commands;

/// <summary>What works here and what does not: every rung of every ladder, as it was found by trying.</summary>
/// <param name="Version">Which sonde this is.</param>
/// <param name="System">The system it runs on.</param>
/// <param name="Privileges">What this process may do.</param>
/// <param name="Backends">Every rung, with the lines that would make it usable.</param>
/// <param name="ExitCode">0 when the main job can run, 77 when only rights are missing, 69 when nothing serves.</param>
internal sealed record DoctorReport(
    string Version,
    string System,
    Reading<PrivilegeReport> Privileges,
    IReadOnlyList<(BackendStatus Status, IReadOnlyList<string> Advice)> Backends,
    int ExitCode)
{
    // The job of the command without a word, "sonde": its ladder is tried from the top.
    private const string MainPart = "traffic";

    /// <summary>The exit code in words.</summary>
    internal string Verdict => ExitCode switch
    {
        Cli.ExitCode.Ok => $"The main job, traffic by process, can run here, by {Best().Status.Backend} ({Best().Status.Provides}).",
        Cli.ExitCode.NoPermission => "The main job, traffic by process, needs rights that this process does not have.",
        _ => "Nothing on this host serves the main job, traffic by process.",
    };

    /// <summary>Tries everything.</summary>
    internal static DoctorReport Examine()
    {
        var advice = HostAdvice.Create();
        var privileges = ProcessPrivileges.Create();
        List<BackendStatus> backends =
        [
            .. NetworkInterfaces.Check(),
            .. NameResolvers.Create().Check(),
            .. ProcessCollector.Check(),
            .. SystemServices.Check(),
            .. ProcessEventSource.Check(),
            .. SocketTable.Check(),
            .. TrafficMonitor.Check(),
            .. privileges.Check(),
            .. FrameDevice.CheckBackends().Select(LinkErrors.BackendOf),
            .. TunDevice.CheckAccess().Select(TunCommand.ToBackend),
        ];
        Reading<PrivilegeReport> held;
        try
        {
            held = privileges.Read();
        }
        catch (HostException refused)
        {
            held = Reading.Failed<PrivilegeReport>(refused.Message);
        }

        return new DoctorReport(
            VersionOf(),
            advice.System,
            held,
            [.. backends.Select(backend => (backend, advice.For(backend)))],
            Judge(backends));
    }

    /// <summary>The exit code: decided by the ladder of the main job.</summary>
    internal static int Judge(IReadOnlyList<BackendStatus> backends)
    {
        IEnumerable<BackendStatus> main = backends.Where(backend => backend.Part == MainPart);
        return main.Any(backend => backend.State == BackendState.Available) ? Cli.ExitCode.Ok
            : main.Any(backend => backend.State == BackendState.Denied) ? Cli.ExitCode.NoPermission
            : Cli.ExitCode.Unavailable;
    }

    private (BackendStatus Status, IReadOnlyList<string> Advice) Best() =>
        Backends.First(backend => backend.Status.Part == MainPart && backend.Status.State == BackendState.Available);

    internal static string VersionOf() =>
        typeof(DoctorReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
