using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Sonde.Interop;

namespace Sonde.Host.Processes.Events;

/// <summary>Tells of processes as they start, execute other programs and end, and says so when it missed something.</summary>
/// <remarks>
/// A thread of its own receives and reads; the caller takes what waits, from any thread. What could not be told is counted in <see cref="Statistics"/> and
/// stands in the stream itself as <see cref="ProcessEventKind.Lost"/>; then the table is read anew, and what nobody had told of follows, marked as found.
/// </remarks>
public abstract class ProcessEventSource : IDisposable
{
    internal const string Part = "events";

    private readonly ProcessEventQueue _queue;
    private readonly StopSignal _stop = StopSignal.Create();
    private readonly Thread _thread;
    private int _isDisposed;

    private protected ProcessEventSource(ProcessEventOptions options, IReadOnlyList<Gap> gaps)
    {
        Gaps = gaps;
        _queue = new ProcessEventQueue(Math.Max(1, options.Capacity));
        _thread = new Thread(RunToTheEnd) { IsBackground = true, Name = "process events" };
    }

    /// <summary>Who tells.</summary>
    public abstract ProcessEventSourceKind Kind { get; }

    /// <summary>What this source cannot see at all, and why better ones do not serve.</summary>
    public IReadOnlyList<Gap> Gaps { get; }

    /// <summary>What was received, told and missed until now.</summary>
    public ProcessEventStatistics Statistics => Count() with
    {
        Events = _queue.Added,
        LostByReader = _queue.Lost,
        Waiting = _queue.Count,
    };

    /// <summary>Whether nothing more will come: the source was disposed, and everything before that was read.</summary>
    public bool IsEnded => _queue.IsOver;

    /// <summary>Opens the source that the options name, or the best that works here. Every process that starts after it returns is told of.</summary>
    /// <exception cref="HostException">None works; the reason is that of the one asked for, or of the best.</exception>
    public static ProcessEventSource Open(ProcessEventOptions? options = null)
    {
        ProcessEventSource source = ProcessEventLadder.Create().Open(options ?? new ProcessEventOptions());
        source.Start();
        return source;
    }

    /// <summary>Tries every source of this system and says what it found, best first.</summary>
    public static IReadOnlyList<BackendStatus> Check() => ProcessEventLadder.Create().Check();

    /// <summary>Takes the next event, and waits for it.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="next">The event.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><see langword="false"/> when the time is over, or nothing more will come: see <see cref="IsEnded"/>.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="HostException">The system stopped telling; comes after all events before it.</exception>
    public bool TryRead(TimeSpan timeout, [NotNullWhen(true)] out ProcessEvent? next, CancellationToken cancellationToken = default) =>
        _queue.TryTake(timeout, out next, cancellationToken);

    /// <summary>The events as they come, until the source is disposed or the token cancelled.</summary>
    /// <exception cref="HostException">The system stopped telling; comes after all events before it.</exception>
    public async IAsyncEnumerable<ProcessEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _queue.TakeAsync(cancellationToken).ConfigureAwait(false) is { } next)
        {
            yield return next;
        }
    }

    /// <summary>Ends the stream and whoever waits for it; may be called from any thread and more than once. What was received before can still be read.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _stop.Signal();
            if (_thread.ThreadState.HasFlag(ThreadState.Unstarted) is false)
            {
                _thread.Join();
            }

            Dispose(disposing: true);
            _queue.Dispose();
            _stop.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Begins to tell; separate, because a constructor must not run what its heir has not finished.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Receives until the stop is signalled.</summary>
    private protected abstract void Run(StopSignal stop);

    /// <summary>Puts an event into the stream.</summary>
    private protected void Emit(ProcessEvent next) => _queue.Add(next);

    /// <summary>What the backend has counted.</summary>
    private protected abstract ProcessEventStatistics Count();

    /// <summary>Closes what the backend opened; its thread has ended.</summary>
    /// <param name="disposing">Always true: backends hold safe handles, not finalizable state.</param>
    protected abstract void Dispose(bool disposing);

    private void RunToTheEnd()
    {
        try
        {
            Run(_stop);
            _queue.End();
        }
        catch (Exception failure)
        {
            // The top of the thread: whatever it is belongs to the reader, who gets it behind the events before it.
            _queue.End(failure);
        }
    }
}
