using System.Runtime.Versioning;
using Sonde.Host.Services.Assembly;
using Sonde.Host.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Services.Windows;

/// <summary>Services and drivers as the service control manager of Windows lists them.</summary>
/// <remarks>Listing needs what every user has who is logged on; the setup of a single service may be hidden by its own access list.</remarks>
[SupportedOSPlatform("windows")]
internal sealed class WindowsServices : SystemServices
{
    internal const string BackendName = "scm";

    private const string NoTimes = "the service control manager keeps no times";
    private const string NoSignals = "Windows ends processes with a code only";
    private const string NoRestarts = "the service control manager does not tell how often it started a service again";
    private const string NoLoadState = "what the service control manager lists it has read";

    private readonly ServiceOptions _options;
    private readonly ServiceManager _manager;

    private WindowsServices(ServiceOptions options, ServiceManager manager)
    {
        _options = options;
        _manager = manager;
    }

    public override string Backend => BackendName;

    /// <summary>Opens the manager.</summary>
    /// <exception cref="HostException">The system refused.</exception>
    internal static WindowsServices OpenManager(ServiceOptions options)
    {
        try
        {
            return new WindowsServices(options, ServiceManager.Open());
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    internal override ServiceSnapshot CollectServices()
    {
        var entries = new List<ServiceEntry>();
        var gaps = new List<Gap>();
        int skipped = 0;
        try
        {
            if (!_manager.Enumerate(WinSvc.SERVICE_WIN32 | WinSvc.SERVICE_DRIVER, WinSvc.SERVICE_STATE_ALL, (page, count) => ServiceEntry.Parse(page, count, entries, ref skipped)))
            {
                gaps.Add(new Gap("services", ReadingStatus.Failed, "the list did not end"));
            }
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        if (skipped > 0)
        {
            gaps.Add(new Gap("services", ReadingStatus.Failed, "rows of the list that could not be read", skipped));
        }

        ServiceLimit.Apply(entries, _options.MaxServices, gaps);
        var buffer = new Win32Buffer(8 * 1024);
        return new ServiceSnapshot(BackendName, [.. entries.OrderBy(static entry => entry.Name, StringComparer.OrdinalIgnoreCase).Select(entry => Describe(entry, buffer))], gaps);
    }

    protected override void Dispose(bool disposing)
    {
        _manager.Dispose();
        base.Dispose(disposing);
    }

    private ServiceRecord Describe(ServiceEntry entry, Win32Buffer buffer)
    {
        Reading<ServiceConfig> config;
        Reading<string> description;
        bool isDelayed = false;
        try
        {
            using ServiceHandle service = _manager.OpenService(entry.Name);
            config = ServiceConfig.Parse(ServiceManager.QueryConfig(service, buffer)) is { } found ? found : Reading.Failed<ServiceConfig>("QueryServiceConfig: the answer is too short");
            isDelayed = IsDelayed(service, buffer);
            description = ReadDescription(service, buffer);
        }
        catch (NativeException refused)
        {
            config = Win32Reading.From<ServiceConfig>(refused);
            description = Win32Reading.From<string>(refused);
        }

        bool isDriver = ServiceWords.KindOf(entry.Type) == ServiceKind.Driver;
        return new ServiceRecord
        {
            Name = entry.Name,
            DisplayName = entry.DisplayName.Length > 0 ? entry.DisplayName : Reading.None<string>(),
            Description = description,
            Kind = ServiceWords.KindOf(entry.Type),
            KindName = ServiceWords.KindNameOf(entry.Type),
            State = ServiceWords.StateOf(entry.State, entry.HasFailed),
            StateName = ServiceWords.StateNameOf(entry.State),
            LoadState = Reading.Unsupported<string>(NoLoadState),
            Start = config.TryGetValue(out ServiceConfig? settings) ? ServiceWords.StartOf(settings.Start, isDelayed) : config.Select(static _ => ServiceStart.Manual),
            StartName = config.Select(one => ServiceWords.StartNameOf(one.Start, isDelayed)),
            ProcessId = entry.ProcessId != 0 ? entry.ProcessId
                : Reading.None<int>(isDriver ? "a driver is part of the kernel" : "it does not run"),
            Path = $@"HKLM\SYSTEM\CurrentControlSet\Services\{entry.Name}",
            Command = settings is null ? config.Select(static one => one.Command)
                : settings.Command.Length > 0 ? ServiceCommand.Of(settings.Command, _options.ShowSecrets)
                : Reading.None<string>("no program is set"),
            Since = Reading.Unsupported<DateTimeOffset>(NoTimes),
            ExitCode = entry.Exit,
            ExitSignal = Reading.Unsupported<int>(NoSignals),
            Result = entry.Result,
            User = settings is null ? config.Select(static one => one.Account)
                : isDriver ? Reading.None<string>("a driver is part of the kernel")
                : settings.Account.Length > 0 ? settings.Account
                : Reading.None<string>("no account is set"),
            Restarts = Reading.Unsupported<long>(NoRestarts),
        };
    }

    // A system that does not know the question has no services that start later.
    private static bool IsDelayed(ServiceHandle service, Win32Buffer buffer)
    {
        try
        {
            return ServiceConfig.ParseDelayed(ServiceManager.QueryConfig2(service, WinSvc.SERVICE_CONFIG_DELAYED_AUTO_START_INFO, buffer).Bytes);
        }
        catch (NativeException unknown) when (unknown.Error.Code == Win32.ERROR_INVALID_LEVEL)
        {
            return false;
        }
    }

    private static Reading<string> ReadDescription(ServiceHandle service, Win32Buffer buffer)
    {
        try
        {
            return ServiceConfig.ParseDescription(ServiceManager.QueryConfig2(service, WinSvc.SERVICE_CONFIG_DESCRIPTION, buffer)) is { Length: > 0 } text
                ? text
                : Reading.None<string>("it has none");
        }
        catch (NativeException refused)
        {
            return Win32Reading.From<string>(refused);
        }
    }
}
