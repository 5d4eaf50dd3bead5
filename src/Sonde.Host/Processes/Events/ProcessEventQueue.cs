using System.Diagnostics.CodeAnalysis;

namespace Sonde.Host.Processes.Events;

/// <summary>What waits for the reader: bounded; when it is full the oldest goes, is counted, and the reader is told before the next event.</summary>
internal sealed class ProcessEventQueue(int capacity) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<ProcessEvent> _events = new();

    // One permit an event, and one more for good once the end is reached. It holds nothing native as long as nobody asks for its handle.
    private readonly SemaphoreSlim _permits = new(0);
    private long _sequence;
    private long _untold;
    private ProcessEvent? _lastLost;
    private Exception? _failure;
    private bool _isEnded;

    /// <summary>How many events were thrown away.</summary>
    internal long Lost { get; private set; }

    /// <summary>How many were added.</summary>
    internal long Added => Interlocked.Read(ref _sequence);

    /// <summary>How many wait.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _events.Count;
            }
        }
    }

    /// <summary>Whether nothing more will come, and all that came was taken.</summary>
    internal bool IsOver
    {
        get
        {
            lock (_lock)
            {
                return _isEnded && _events.Count == 0 && _untold == 0;
            }
        }
    }

    /// <summary>Adds an event and gives it its number.</summary>
    internal void Add(ProcessEvent next)
    {
        bool isOneMore = true;
        lock (_lock)
        {
            if (_isEnded)
            {
                return;
            }

            next.Sequence = Interlocked.Increment(ref _sequence);
            if (_events.Count >= capacity)
            {
                _lastLost = _events.Dequeue();
                _untold++;
                Lost++;
                isOneMore = false;
            }

            _events.Enqueue(next);
        }

        if (isOneMore)
        {
            _permits.Release();
        }
    }

    /// <summary>Says that nothing more will come.</summary>
    /// <param name="failure">Why, when it is not the end that was asked for; the reader gets it behind the events before it.</param>
    internal void End(Exception? failure = null)
    {
        lock (_lock)
        {
            if (_isEnded)
            {
                return;
            }

            _isEnded = true;
            _failure = failure;
        }

        _permits.Release();
    }

    /// <summary>Takes the next event, and waits for it.</summary>
    /// <returns><see langword="false"/> when the time is over, or the end is reached.</returns>
    internal bool TryTake(TimeSpan timeout, [NotNullWhen(true)] out ProcessEvent? next, CancellationToken cancellationToken)
    {
        next = null;
        return _permits.Wait(timeout, cancellationToken) && TryTakePermitted(out next);
    }

    /// <summary>Takes the next event, and waits for it.</summary>
    /// <returns>Null when the end is reached.</returns>
    internal async ValueTask<ProcessEvent?> TakeAsync(CancellationToken cancellationToken)
    {
        await _permits.WaitAsync(cancellationToken).ConfigureAwait(false);
        return TryTakePermitted(out ProcessEvent? next) ? next : null;
    }

    public void Dispose() => End(); // the semaphore may still have readers, and holds nothing

    private bool TryTakePermitted([NotNullWhen(true)] out ProcessEvent? next)
    {
        lock (_lock)
        {
            if (_untold > 0)
            {
                // The permit was for the event behind it.
                _permits.Release();
                next = LostByReader(_lastLost!, _untold); // there is a last one when any was lost
                _untold = 0;
                _lastLost = null;
                return true;
            }

            if (_events.TryDequeue(out next))
            {
                return true;
            }

            _permits.Release(); // the end stays reached, for every reader
            return _failure is null ? false : throw new HostException(HostFailure.System, "read", "process events", 0, _failure.Message, _failure);
        }
    }

    private ProcessEvent LostByReader(ProcessEvent last, long count) => new()
    {
        Kind = ProcessEventKind.Lost,
        Sequence = last.Sequence,
        Time = last.Time,
        Monotonic = last.Monotonic,
        LostCount = count,
        LostBefore = last.LostBefore,
        Reason = $"they were not read in time: only {capacity} events wait for a reader",
    };
}
