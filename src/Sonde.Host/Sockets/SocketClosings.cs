using Sonde.Host.Sockets.Linux;

namespace Sonde.Host.Sockets;

/// <summary>Tells each socket that the system gives up, with its last figures: what lived between two readings of a table is not lost.</summary>
/// <remarks>Linux only, and needs no privilege there. Of the network namespace of the thread that opened it. One thread at a time; a wait may be ended from another through its token.</remarks>
public abstract class SocketClosings : IDisposable
{
    private protected SocketClosings()
    {
    }

    /// <summary>How often the system dropped notices because nobody read them in time.</summary>
    public abstract long Lost { get; }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="HostException">The system refused.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public static SocketClosings Open() => OperatingSystem.IsLinux() ? LinuxSocketClosings.Listen()
        : throw new PlatformNotSupportedException("Only Linux tells which sockets close.");

    /// <summary>Waits for notices.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>Whether there are some to read.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="HostException">The system stopped telling.</exception>
    public abstract bool Wait(TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Reads the notices that are there, without waiting.</summary>
    /// <param name="closed">Takes each socket: on loan, the same object for all. It has both ends, its cookie and TCP's figures; inode, user and owners are gone already.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="HostException">The system stopped telling.</exception>
    public abstract int Read(Action<SocketRecord> closed);

    /// <summary>Stops listening; may be called more than once.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the backend opened.</summary>
    /// <param name="disposing">Always true: backends hold safe handles, not finalizable state.</param>
    protected abstract void Dispose(bool disposing);
}
