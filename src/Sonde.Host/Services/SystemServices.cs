using Sonde.Host.Services.Assembly;

namespace Sonde.Host.Services;

/// <summary>The services of this host, as the system's own service manager knows them: systemd, launchd, the service control manager of Windows.</summary>
/// <remarks>Needs no right; with less of them there are fewer fields, each with its reason. It starts, stops and changes nothing. One thread at a time.</remarks>
public abstract class SystemServices : IDisposable
{
    internal const string Part = "services";

    private protected SystemServices()
    {
    }

    /// <summary>Who answers: "systemd", "unit files", "launchd", "scm".</summary>
    public abstract string Backend { get; }

    /// <summary>Opens the best backend that works here.</summary>
    /// <exception cref="HostException">None works; the reason is that of the best one.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static SystemServices Open(ServiceOptions? options = null) => ServiceLadder.Create().OpenBest(options ?? new ServiceOptions());

    /// <summary>Tries every backend of this system and says what it found, best first.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static IReadOnlyList<BackendStatus> Check() => ServiceLadder.Create().Check();

    /// <summary>Asks for all services now, and joins the names of their processes.</summary>
    /// <exception cref="HostException">The manager refused the list itself; refusals of a part become reasons and gaps.</exception>
    public ServiceSnapshot Collect() => ServiceProcesses.Join(CollectServices());

    /// <summary>Closes what was opened; may be called more than once.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Asks for all services; without looking at processes.</summary>
    internal abstract ServiceSnapshot CollectServices();

    /// <summary>Closes what the backend opened.</summary>
    /// <param name="disposing">Always true: backends hold safe handles, not finalizable state.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
