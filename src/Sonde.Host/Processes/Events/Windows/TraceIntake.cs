using System.Collections.Concurrent;
using Sonde.Interop.Windows.Etw;

namespace Sonde.Host.Processes.Events.Windows;

/// <summary>Takes the trace's events apart on its thread and keeps them for ours, so that no reading of a process holds the trace up. Bounded; what finds no room is counted.</summary>
internal sealed class TraceIntake(int capacity = TraceIntake.MostWaiting) : IEtwConsumer, IDisposable
{
    internal const int MostWaiting = 128 * 1024;

    private readonly ConcurrentQueue<(KernelProcessEvent Told, long Timestamp)> _waiting = new();
    private readonly AutoResetEvent _news = new(initialState: false);
    private long _received;
    private long _malformed;
    private long _dropped;
    private volatile bool _isOver;

    /// <summary>Signalled when something came, or the trace is over.</summary>
    internal WaitHandle News => _news;

    internal long Received => Interlocked.Read(ref _received);

    internal long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>Events that came while too many waited.</summary>
    internal long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Whether anything waits.</summary>
    internal bool HasMore => !_waiting.IsEmpty;

    /// <summary>Whether no more will come.</summary>
    internal bool IsOver => _isOver;

    /// <summary>Why no more will come, when nobody here asked for it.</summary>
    internal Exception? Failure { get; private set; }

    public void Take(in EtwRecord record)
    {
        if (!KernelProcessEvent.IsOne(record))
        {
            return; // processes that were there before, frozen ones, and the system's notes about the trace itself
        }

        Interlocked.Increment(ref _received);
        if (!KernelProcessEvent.TryParse(record, out KernelProcessEvent told))
        {
            Interlocked.Increment(ref _malformed);
        }
        else if (_waiting.Count >= capacity)
        {
            Interlocked.Increment(ref _dropped);
        }
        else
        {
            _waiting.Enqueue((told, record.Timestamp));
        }

        _news.Set();
    }

    public void End(Exception? failure)
    {
        Failure = failure;
        _isOver = true;
        _news.Set();
    }

    /// <summary>Takes the next event.</summary>
    internal bool TryTake(out KernelProcessEvent told, out long timestamp)
    {
        bool isThere = _waiting.TryDequeue(out (KernelProcessEvent Told, long Timestamp) next);
        (told, timestamp) = next;
        return isThere;
    }

    public void Dispose() => _news.Dispose();
}
