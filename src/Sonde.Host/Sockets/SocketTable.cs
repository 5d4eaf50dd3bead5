namespace Sonde.Host.Sockets;

/// <summary>The sockets of this host: both ends, state, owner, and what the system knows of each connection.</summary>
/// <remarks>
/// Needs no privilege; with less of it owners of others' sockets are denied, not missing. On Linux it speaks of the network namespace of the
/// thread that opened it, and of others where the options say so. One thread at a time. Keep it for repeated readings and dispose its
/// snapshots: what is known of a socket is kept, and a reading in which nothing changed allocates nothing.
/// </remarks>
public abstract class SocketTable : IDisposable
{
    internal const string Part = "sockets";

    private protected SocketTable()
    {
    }

    /// <summary>The backend in use: "sock_diag", "procfs", "pcblist_n", "iphlpapi".</summary>
    public abstract string Backend { get; }

    /// <summary>Opens the best backend that works here.</summary>
    /// <exception cref="HostException">No backend works; the reason is that of the best one.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static SocketTable Open(SocketTableOptions? options = null) => SocketLadder.Create().OpenBest(options ?? new SocketTableOptions());

    /// <summary>Tries every backend of this system and says what it found, best first.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static IReadOnlyList<BackendStatus> Check() => SocketLadder.Create().Check();

    /// <summary>Reads all sockets now.</summary>
    /// <returns>A snapshot to dispose after use.</returns>
    /// <exception cref="HostException">The system refused every table; refusals of one are gaps.</exception>
    public abstract SocketSnapshot Read();

    /// <summary>Closes what was opened; may be called more than once. Snapshots stay as they are.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the backend opened.</summary>
    /// <param name="disposing">Always true: backends hold safe handles, not finalizable state.</param>
    protected abstract void Dispose(bool disposing);
}
