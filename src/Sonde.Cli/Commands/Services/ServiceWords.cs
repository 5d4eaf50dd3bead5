using System.Globalization;
using Sonde.Host.Services;

namespace Sonde.Cli.Commands.Services;

/// <summary>Words for services. Written out, because asking an enum for its own names costs milliseconds at the first time.</summary>
internal static class ServiceWords
{
    internal static string Of(ServiceKind kind) => kind switch
    {
        ServiceKind.Service => "service",
        ServiceKind.Agent => "agent",
        ServiceKind.Driver => "driver",
        ServiceKind.Socket => "socket",
        ServiceKind.Timer => "timer",
        ServiceKind.Path => "path",
        ServiceKind.Mount => "mount",
        ServiceKind.Swap => "swap",
        ServiceKind.Target => "target",
        ServiceKind.Slice => "slice",
        ServiceKind.Scope => "scope",
        ServiceKind.Device => "device",
        _ => "other",
    };

    internal static string Of(ServiceState state) => state switch
    {
        ServiceState.Running => "running",
        ServiceState.Active => "active",
        ServiceState.Waiting => "waiting",
        ServiceState.Starting => "starting",
        ServiceState.Stopping => "stopping",
        ServiceState.Reloading => "reloading",
        ServiceState.Paused => "paused",
        ServiceState.Failed => "failed",
        _ => "stopped",
    };

    internal static string Of(ServiceStart start) => start switch
    {
        ServiceStart.Boot => "boot",
        ServiceStart.System => "system",
        ServiceStart.Automatic => "automatic",
        ServiceStart.Delayed => "delayed",
        ServiceStart.OnDemand => "on_demand",
        ServiceStart.Dependent => "dependent",
        ServiceStart.Disabled => "disabled",
        _ => "manual",
    };

    /// <summary>The state for people: with what the system says beyond it, and how a failed one ended.</summary>
    internal static string StateOf(ServiceRecord service)
    {
        if (!service.State.TryGetValue(out ServiceState state))
        {
            return service.State.Status == Host.ReadingStatus.None ? string.Empty : "unknown";
        }

        string? more = state == ServiceState.Failed ? EndOf(service) : service.StateName.GetValueOrDefault(string.Empty);
        return string.IsNullOrEmpty(more) || more.Equals(Of(state), StringComparison.OrdinalIgnoreCase) || state is ServiceState.Running or ServiceState.Stopped
            ? Of(state)
            : $"{Of(state)} ({more})";
    }

    private static string? EndOf(ServiceRecord service) =>
        service.ExitSignal.TryGetValue(out int signal) ? string.Create(CultureInfo.InvariantCulture, $"signal {signal}")
        : service.ExitCode is { HasValue: true, Value: not 0 } ? string.Create(CultureInfo.InvariantCulture, $"exit {service.ExitCode.Value}")
        : service.Result.GetValueOrDefault(string.Empty);
}
