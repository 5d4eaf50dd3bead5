using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Sonde.Tun;

/// <summary>Tells what changes about one device: up, down, MTU, addresses, name, end. Made by <see cref="TunDevice.Watch()"/>; one thread at a time.</summary>
/// <remarks>
/// A backend implements <see cref="TryWaitCore"/> on the system's own notifications (netlink multicast, PF_ROUTE, Notify*Change) and never polls.
/// Changes that were made since the watch was opened are not missed; when the system dropped some, one <see cref="TunChangeKind.Unknown"/> says so.
/// </remarks>
public abstract class TunWatch : IDisposable
{
    private protected TunWatch()
    {
    }

    /// <summary>Changes that <see cref="ReadAllAsync"/> dropped because nobody took them in time.</summary>
    public long Dropped { get; private set; }

    /// <summary>Blocks until the next change.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="change">What changed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><see langword="false"/> when the time was over.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="TunException">The system stopped telling.</exception>
    public bool TryWait(TimeSpan timeout, [NotNullWhen(true)] out TunChange? change, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TryWaitCore(timeout, out change, cancellationToken);
    }

    /// <summary>The changes as they come, read by a thread of its own; ends after <see cref="TunChangeKind.Removed"/>.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<TunChange> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var changes = Channel.CreateBounded<TunChange>(
            new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true },
            _ => Dropped++);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var thread = new Thread(() => Pump(changes.Writer, stop.Token)) { IsBackground = true, Name = "tun watch" };
        thread.Start();
        try
        {
            await foreach (TunChange change in changes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            thread.Join();
        }
    }

    /// <summary>Stops watching; may be called more than once.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits as <see cref="TryWait"/> promises.</summary>
    private protected abstract bool TryWaitCore(TimeSpan timeout, [NotNullWhen(true)] out TunChange? change, CancellationToken cancellationToken);

    /// <summary>Closes what the backend opened.</summary>
    /// <param name="disposing">Always true: backends hold safe handles, not finalizable state.</param>
    protected abstract void Dispose(bool disposing);

    private void Pump(ChannelWriter<TunChange> changes, CancellationToken stop)
    {
        try
        {
            while (TryWait(Timeout.InfiniteTimeSpan, out TunChange? change, stop))
            {
                changes.TryWrite(change);
                if (change.Kind == TunChangeKind.Removed)
                {
                    break;
                }
            }

            changes.Complete();
        }
        catch (Exception failure)
        {
            // The top of a thread: whatever ended it reaches the reader through the channel.
            changes.Complete(failure is OperationCanceledException ? null : failure);
        }
    }
}
