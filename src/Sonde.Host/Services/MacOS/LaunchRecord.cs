using Sonde.Host.MacOS;
using Sonde.Host.Services.Assembly;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Services.MacOS;

/// <summary>Makes records of what launchd and the property lists tell: a pure function.</summary>
internal static class LaunchRecord
{
    private const string OneName = "launchd has labels only";
    private const string NoDescription = "property lists have none";
    private const string NoTimes = "launchd does not tell";

    /// <summary>A job that has a property list.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="plist">What the file says.</param>
    /// <param name="isAgent">Whether it is one of the users' jobs.</param>
    /// <param name="job">What launchd says: none for a job that is not loaded, and why it is not known where launchd does not tell.</param>
    /// <param name="isDisabled">Whether launchd's own list has it disabled or enabled; null when it is not in it.</param>
    /// <param name="showSecrets">Whether nothing is masked.</param>
    internal static ServiceRecord Of(string path, LaunchPlist plist, bool isAgent, Reading<LaunchJob> job, bool? isDisabled, bool showSecrets)
    {
        LaunchPlist counted = isDisabled is { } overridden ? plist with { IsDisabled = overridden } : plist;
        return Of(
            plist.Label,
            isAgent ? ServiceKind.Agent : ServiceKind.Service,
            isAgent ? "LaunchAgent" : "LaunchDaemon",
            job) with
        {
            Start = counted.Start,
            StartName = counted.StartName,
            Path = path,
            Command = counted.Arguments.Count > 0 ? ServiceCommand.Of(counted.Arguments, showSecrets) : Reading.None<string>("it names no program"),
            User = counted.User is { Length: > 0 } user ? user : isAgent ? Reading.None<string>("whoever is logged on") : "root",
        };
    }

    /// <summary>A job that launchd has and no property list defines: submitted by a program, or an application.</summary>
    internal static ServiceRecord Of(LaunchJob job, bool showSecrets)
    {
        string[] arguments = [.. job.Arguments.Select(static one => MacOSText.Decode(one))];
        string command = arguments.Length > 0 ? ServiceCommand.Of(arguments, showSecrets) : MacOSText.Decode(job.Program);
        return Of(MacOSText.Decode(job.Label), ServiceKind.Other, "job", job) with
        {
            Start = Reading.None<ServiceStart>("no property list defines it"),
            StartName = Reading.None<string>("no property list defines it"),
            Path = Reading.None<string>("no property list defines it"),
            Command = command.Length > 0 ? command : Reading.NotCollected<string>(NoTimes),
            User = Reading.NotCollected<string>(NoTimes),
        };
    }

    private static ServiceRecord Of(string label, ServiceKind kind, string kindName, Reading<LaunchJob> job) => new()
    {
        Name = label,
        DisplayName = Reading.Unsupported<string>(OneName),
        Description = Reading.Unsupported<string>(NoDescription),
        Kind = kind,
        KindName = kindName,
        State = job.TryGetValue(out LaunchJob? found) ? found.ProcessId is > 0 ? ServiceState.Running : ServiceState.Waiting
            : job.Status == ReadingStatus.None ? ServiceState.Stopped
            : new Reading<ServiceState>(job.Status, default, job.Reason),
        StateName = found is not null ? found.ProcessId is > 0 ? "running" : "loaded"
            : job.Status == ReadingStatus.None ? "not loaded"
            : new Reading<string>(job.Status, default, job.Reason),
        LoadState = found is not null ? "loaded" : job.Status == ReadingStatus.None ? "not loaded" : new Reading<string>(job.Status, default, job.Reason),
        ProcessId = From(job, static one => one.ProcessId is > 0 and <= int.MaxValue ? (int)one.ProcessId.Value : Reading.None<int>("it has no process")),
        Since = Reading.Unsupported<DateTimeOffset>(NoTimes),
        ExitCode = From(job, static one => one.LastExitStatus is { } status ? (status & 0x7F) == 0 ? (int)((status >> 8) & 0xFF) : Reading.None<int>("a signal ended it") : Reading.None<int>("it has not ended")),
        ExitSignal = From(job, static one => one.LastExitStatus is { } status ? (status & 0x7F) != 0 ? (int)(status & 0x7F) : Reading.None<int>("no signal ended it") : Reading.None<int>("it has not ended")),
        Result = From(job, static one => one.LastExitStatus is { } status ? status == 0 ? "success" : (status & 0x7F) == 0 ? "exit code" : "signal" : Reading.None<string>("it has not ended")),
        Restarts = Reading.Unsupported<long>(NoTimes),
    };

    private static Reading<T> From<T>(Reading<LaunchJob> job, Func<LaunchJob, Reading<T>> read) =>
        job.TryGetValue(out LaunchJob? found) ? read(found) : new Reading<T>(job.Status, default, job.Reason);
}
