using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Processes;
using Sonde.Host.Services.Assembly;
using Sonde.Interop;
using LibC = Sonde.Interop.Linux.LibC;

namespace Sonde.Host.Services.Linux;

/// <summary>Units where no systemd answers, as in a container: from their files and from the control groups of processes. A state that these do not tell is unknown.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxUnitFileServices : SystemServices
{
    internal const string BackendName = "unit files";

    private const int MaxFileBytes = 256 * 1024;
    private const string OneName = "systemd has a name and a description";

    private readonly LinuxServicePaths _paths;
    private readonly ServiceOptions _options;
    private readonly IReadOnlyList<Gap> _gaps;

    private LinuxUnitFileServices(LinuxServicePaths paths, ServiceOptions options, IReadOnlyList<Gap> gaps)
    {
        _paths = paths;
        _options = options;
        _gaps = gaps;
    }

    public override string Backend => BackendName;

    /// <summary>Opens the folders.</summary>
    /// <exception cref="HostException">There is none.</exception>
    internal static LinuxUnitFileServices Open(LinuxServicePaths paths, ServiceOptions options, IReadOnlyList<Gap> gaps) =>
        paths.UnitFolders.Any(Directory.Exists)
            ? new LinuxUnitFileServices(paths, options, gaps)
            : throw new HostException(HostFailure.Unavailable, "open(unit files)", null, 0, OtherManagers.Describe(paths.Root));

    internal override ServiceSnapshot CollectServices()
    {
        var units = UnitFolder.Read(_paths.UnitFolders);
        List<Gap> gaps = [.. _gaps, .. units.Gaps];
        Reading<Dictionary<string, List<int>>> running = ReadProcesses();
        var names = new List<string>(units.Paths.Keys);
        if (running.TryGetValue(out Dictionary<string, List<int>>? processes))
        {
            names.AddRange(processes.Keys.Where(name => !units.Paths.ContainsKey(name)));
        }

        names.Sort(StringComparer.Ordinal);
        ServiceLimit.Apply(names, _options.MaxServices, gaps);
        return new ServiceSnapshot(BackendName, [.. names.Select(name => Describe(name, units, running))], gaps);
    }

    /// <summary>Which processes are in the control group of which unit.</summary>
    private static Reading<Dictionary<string, List<int>>> ReadProcesses()
    {
        try
        {
            using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core | ProcessFields.Containment });
            using ProcessSnapshot snapshot = collector.Collect();
            var processes = new Dictionary<string, List<int>>(StringComparer.Ordinal);
            foreach (ProcessRecord process in snapshot)
            {
                if (process.Identity.Unit.TryGetValue(out ProcessUnit? unit) && unit.Name.TryGetValue(out string? name))
                {
                    if (!processes.TryGetValue(name, out List<int>? members))
                    {
                        processes.Add(name, members = []);
                    }

                    members.Add(process.Pid);
                }
            }

            return processes;
        }
        catch (HostException refused)
        {
            return Reading.Failed<Dictionary<string, List<int>>>(refused.Message);
        }
    }

    private ServiceRecord Describe(string name, UnitFolder units, Reading<Dictionary<string, List<int>>> running)
    {
        Reading<UnitFile> file = units.Paths.TryGetValue(name, out string? path) ? ReadFile(path) : Reading.None<UnitFile>("no file has its name");
        List<int>? members = running.TryGetValue(out Dictionary<string, List<int>>? processes) && processes.TryGetValue(name, out List<int>? found) ? found : null;
        Reading<string> start = StartOf(name, path, units, file);
        string unknown = running.HasValue ? "systemd does not answer, and no process is in its control group" : $"systemd does not answer, and processes cannot be listed: {running.Reason}";
        string notTold = "only systemd knows it, which does not answer";
        return new ServiceRecord
        {
            Name = name,
            DisplayName = Reading.Unsupported<string>(OneName),
            Description = Text(file, static one => one.Description, "it has none"),
            Kind = UnitWords.KindOf(name),
            KindName = UnitWords.KindNameOf(name),
            State = members is not null ? ServiceState.Running
                : name.Contains("@.", StringComparison.Ordinal) ? Reading.None<ServiceState>("it is a pattern: only its instances run")
                : start.GetValueOrDefault(string.Empty) == "alias" ? Reading.None<ServiceState>("it is another name for a unit")
                : Reading.NotCollected<ServiceState>(unknown),
            StateName = members is null ? Reading.NotCollected<string>(unknown) : Reading.NotCollected<string>(notTold),
            LoadState = Reading.NotCollected<string>(notTold),
            Start = start.TryGetValue(out string? word) ? UnitWords.StartOf(word) : new Reading<ServiceStart>(start.Status, default, start.Reason),
            StartName = start,
            ProcessId = members is null ? Reading.NotCollected<int>(unknown)
                : members.Count == 1 ? members[0]
                : Reading.NotCollected<int>($"of its {members.Count.ToString(CultureInfo.InvariantCulture)} processes only systemd knows the main one"),
            Path = path is null ? Reading.None<string>("no file has its name") : path,
            Command = Text(file, one => one.Command is null ? null : ServiceCommand.Of(one.Command, _options.ShowSecrets), "it has no command"),
            Since = Reading.NotCollected<DateTimeOffset>(notTold),
            ExitCode = Reading.NotCollected<int>(notTold),
            ExitSignal = Reading.NotCollected<int>(notTold),
            Result = Reading.NotCollected<string>(notTold),
            User = file.TryGetValue(out UnitFile? unit) ? unit.User ?? "root" : new Reading<string>(file.Status, default, file.Reason),
            Restarts = Reading.NotCollected<long>(notTold),
        };
    }

    private static Reading<string> StartOf(string name, string? path, UnitFolder units, Reading<UnitFile> file) =>
        path is null ? Reading.None<string>("no file has its name")
        : UnitFolder.IsMasked(path) ? "masked"
        : UnitFolder.IsAlias(path) ? "alias"
        : units.IsWanted(name) ? "enabled"
        : file.TryGetValue(out UnitFile? unit) ? unit.CanBeEnabled ? "disabled" : "static"
        : new Reading<string>(file.Status, default, file.Reason);

    private static Reading<string> Text(Reading<UnitFile> file, Func<UnitFile, string?> read, string absent) =>
        !file.TryGetValue(out UnitFile? unit) ? new Reading<string>(file.Status, default, file.Reason)
        : read(unit) is { Length: > 0 } text ? text
        : Reading.None<string>(absent);

    private static Reading<UnitFile> ReadFile(string path)
    {
        try
        {
            return UnitFile.Parse(LibC.ReadFile(path, MaxFileBytes, out _));
        }
        catch (NativeException refused)
        {
            return HostException.Classify(refused.Error) switch
            {
                HostFailure.AccessDenied => Reading.Denied<UnitFile>(refused.Message),
                HostFailure.NotFound => Reading.Gone<UnitFile>(refused.Message),
                _ => Reading.Failed<UnitFile>(refused.Message),
            };
        }
    }
}
