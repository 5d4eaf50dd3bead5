using Sonde.Host.Services.Assembly;

namespace Sonde.Host.Services.Linux;

/// <summary>Makes records of what systemd told: a pure function.</summary>
internal static class SystemdRecord
{
    private const string OneName = "systemd has a name and a description";
    private const string Pattern = "it is a pattern: only its instances run";
    private const string NotAsked = "told of services only";
    private const string NotLoaded = "it is not loaded: nothing has needed it since the system started";

    private const int Exited = 1; // CLD_EXITED
    private const int Killed = 2; // CLD_KILLED
    private const int Dumped = 3; // CLD_DUMPED

    /// <summary>A unit that systemd has loaded.</summary>
    /// <param name="unit">Its row.</param>
    /// <param name="file">Its file, if one has its name.</param>
    /// <param name="details">What it was asked for beyond that; why not, for a service that refused or vanished.</param>
    /// <param name="showSecrets">Whether nothing is masked.</param>
    /// <param name="unnamedUser">Whom a service runs as that names nobody: whoever the manager itself is.</param>
    internal static ServiceRecord Of(SystemdUnit unit, SystemdUnitFile? file, Reading<SystemdProperties> details, bool showSecrets, string unnamedUser = "root")
    {
        string start = details.TryGetValue(out SystemdProperties? told) && told.UnitFileState.Length > 0 ? told.UnitFileState : file?.State ?? string.Empty;
        string path = told is { FragmentPath.Length: > 0 } ? told.FragmentPath : told is { SourcePath.Length: > 0 } ? told.SourcePath : file?.Path ?? string.Empty;
        return new ServiceRecord
        {
            Name = unit.Name,
            DisplayName = Reading.Unsupported<string>(OneName),
            Description = unit.Description.Length > 0 && unit.Description != unit.Name ? unit.Description : Reading.None<string>("it has none"),
            Kind = UnitWords.KindOf(unit.Name),
            KindName = UnitWords.KindNameOf(unit.Name),
            State = UnitWords.StateOf(unit.ActiveState, unit.SubState),
            StateName = unit.SubState.Length > 0 ? unit.SubState : unit.ActiveState,
            LoadState = unit.LoadState,
            Start = UnitWords.StartOf(start),
            StartName = start.Length > 0 ? start : Reading.None<string>("it has no unit file"),
            ProcessId = From(details, static one => one.MainProcess is > 0 and <= int.MaxValue ? (int)one.MainProcess : Reading.None<int>("it has no main process")),
            Path = path.Length > 0 ? path : Reading.None<string>("it has no unit file"),
            Command = From(details, one => one.Command.Count > 0 ? ServiceCommand.Of(one.Command, showSecrets) : Reading.None<string>("it has no command")),
            Since = From(details, one => SinceOf(unit.ActiveState, one)),
            ExitCode = From(details, static one => one.ExitKind == Exited ? one.ExitStatus : Reading.None<int>(WhyNoExit(one))),
            ExitSignal = From(details, static one => one.ExitKind is Killed or Dumped ? one.ExitStatus : Reading.None<int>(WhyNoExit(one))),
            Result = From(details, static one => one.Result.Length > 0 ? one.Result : Reading.None<string>("systemd tells none")),
            User = From(details, one => one.User.Length > 0 ? one.User : one.HasDynamicUser ? Reading.None<string>("one is made when it starts") : unnamedUser),
            Restarts = From<long>(details, static one => (long)one.Restarts),
        };
    }

    /// <summary>A unit that has a file and is not loaded.</summary>
    internal static ServiceRecord Of(SystemdUnitFile file) => new()
    {
        Name = file.Name,
        DisplayName = Reading.Unsupported<string>(OneName),
        Description = Reading.NotCollected<string>(NotLoaded),
        Kind = UnitWords.KindOf(file.Name),
        KindName = UnitWords.KindNameOf(file.Name),
        State = file.IsTemplate ? Reading.None<ServiceState>(Pattern) : ServiceState.Stopped,
        StateName = Reading.None<string>(file.IsTemplate ? Pattern : NotLoaded),
        LoadState = Reading.None<string>(NotLoaded),
        Start = UnitWords.StartOf(file.State),
        StartName = file.State,
        ProcessId = Reading.None<int>(NotLoaded),
        Path = file.Path,
        Command = Reading.NotCollected<string>(NotLoaded),
        Since = Reading.None<DateTimeOffset>(NotLoaded),
        ExitCode = Reading.None<int>(NotLoaded),
        ExitSignal = Reading.None<int>(NotLoaded),
        Result = Reading.None<string>(NotLoaded),
        User = Reading.NotCollected<string>(NotLoaded),
        Restarts = Reading.None<long>(NotLoaded),
    };

    /// <summary>What units have that are no services.</summary>
    internal static Reading<SystemdProperties> NoService { get; } = Reading.NotCollected<SystemdProperties>(NotAsked);

    private static Reading<T> From<T>(Reading<SystemdProperties> details, Func<SystemdProperties, Reading<T>> read) =>
        details.TryGetValue(out SystemdProperties? told) ? read(told) : new Reading<T>(details.Status, default, details.Reason);

    private static string WhyNoExit(SystemdProperties told) => told.ExitTime == 0 ? "its main process has not ended" : "it ended in the other way";

    // The moments that systemctl status shows.
    private static Reading<DateTimeOffset> SinceOf(string active, SystemdProperties told)
    {
        ulong microseconds = active switch
        {
            "active" or "reloading" or "refreshing" => told.ActiveEnter,
            "activating" => told.InactiveExit,
            "deactivating" => told.ActiveExit,
            _ => told.InactiveEnter,
        };

        // Year 9999: what a DateTimeOffset can hold.
        return microseconds == 0 ? Reading.None<DateTimeOffset>("it has never been in another state")
            : microseconds < 253_402_300_800_000_000 ? DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds)
            : Reading.Failed<DateTimeOffset>("the moment is after the year 9999");
    }
}
