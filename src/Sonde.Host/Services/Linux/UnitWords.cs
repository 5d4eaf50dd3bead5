namespace Sonde.Host.Services.Linux;

/// <summary>systemd's words as ours.</summary>
internal static class UnitWords
{
    /// <summary>The kind of a unit, which is the end of its name.</summary>
    internal static string KindNameOf(string unit) => unit[(unit.LastIndexOf('.') + 1)..];

    internal static ServiceKind KindOf(string unit) => KindNameOf(unit) switch
    {
        "service" => ServiceKind.Service,
        "socket" => ServiceKind.Socket,
        "timer" => ServiceKind.Timer,
        "path" => ServiceKind.Path,
        "mount" or "automount" => ServiceKind.Mount,
        "swap" => ServiceKind.Swap,
        "target" => ServiceKind.Target,
        "slice" => ServiceKind.Slice,
        "scope" => ServiceKind.Scope,
        "device" => ServiceKind.Device,
        _ => ServiceKind.Other,
    };

    /// <summary>The state, of systemd's general word and its detailed one.</summary>
    internal static Reading<ServiceState> StateOf(string active, string sub) => active switch
    {
        "active" => sub == "running" ? ServiceState.Running : ServiceState.Active,
        "inactive" => ServiceState.Stopped,
        "failed" => ServiceState.Failed,
        "activating" => ServiceState.Starting,
        "deactivating" or "maintenance" => ServiceState.Stopping,
        "reloading" or "refreshing" => ServiceState.Reloading,
        _ => Reading.Failed<ServiceState>($"systemd's word '{active}' is not known"),
    };

    /// <summary>What makes a unit start, of the word of `systemctl is-enabled`.</summary>
    internal static Reading<ServiceStart> StartOf(string unitFileState) => unitFileState switch
    {
        "enabled" or "enabled-runtime" => ServiceStart.Automatic,
        "disabled" or "linked" or "linked-runtime" or "indirect" => ServiceStart.Manual,
        "static" or "generated" or "transient" or "alias" => ServiceStart.Dependent,
        "masked" or "masked-runtime" => ServiceStart.Disabled,
        "" => Reading.None<ServiceStart>("it has no unit file"),
        _ => Reading.Failed<ServiceStart>($"systemd's word '{unitFileState}' is not known"),
    };
}
