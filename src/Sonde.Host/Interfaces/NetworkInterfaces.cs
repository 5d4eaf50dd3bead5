namespace Sonde.Host.Interfaces;

/// <summary>The network interfaces of this host: what they are, their addresses, gateways, name servers and counters.</summary>
/// <remarks>
/// Needs no privilege on any system. On Linux it speaks of the network namespace of the thread that opened it.
/// One thread at a time; <see cref="WaitForChange"/> may be ended from another thread through its token.
/// </remarks>
public abstract class NetworkInterfaces : IDisposable
{
    internal const string Part = "interfaces";

    private protected NetworkInterfaces()
    {
    }

    /// <summary>The backend in use: "rtnetlink", "procfs", "sysctl", "iphlpapi".</summary>
    public abstract string Backend { get; }

    /// <summary>Opens the best backend that works here.</summary>
    /// <exception cref="HostException">No backend works; the reason is that of the best one.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static NetworkInterfaces Open() => InterfaceLadder.Create().OpenBest();

    /// <summary>Tries every backend of this system and says what it found, best first.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static IReadOnlyList<BackendStatus> Check() => InterfaceLadder.Create().Check();

    /// <summary>Reads all interfaces now.</summary>
    /// <exception cref="HostException">The system refused the list of interfaces itself; refusals of a part become reasons and gaps.</exception>
    public abstract InterfaceSnapshot Collect();

    /// <summary>Blocks until an interface, an address or a default route changes, or <paramref name="timeout"/> is over.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>What changed; <see cref="InterfaceChange.None"/> when the time was over.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="HostException">The system stopped telling.</exception>
    public abstract InterfaceChange WaitForChange(TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Closes what was opened; may be called more than once.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the backend opened.</summary>
    /// <param name="disposing">Always true: backends hold safe handles, not finalizable state.</param>
    protected abstract void Dispose(bool disposing);
}
