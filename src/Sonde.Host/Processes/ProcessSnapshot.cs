using System.Collections;

namespace Sonde.Host.Processes;

/// <summary>All processes at one moment, in the order of their ids.</summary>
/// <remarks>
/// It never changes while you hold it. Dispose it when you are done: the collector then fills the same objects again, and a cycle allocates nothing.
/// Forgetting to costs memory, not correctness; reading records of a disposed snapshot shows other processes. Any number of threads may read it.
/// </remarks>
public sealed class ProcessSnapshot : IReadOnlyList<ProcessRecord>, IDisposable
{
    private readonly Assembly.SnapshotPool _pool;
    private ProcessRecord[] _records = [];
    private bool _isDisposed;

    internal ProcessSnapshot(Assembly.SnapshotPool pool) => _pool = pool;

    /// <summary>Which run of the system this is.</summary>
    public Guid Boot { get; private set; }

    /// <summary>When the reading began.</summary>
    public DateTimeOffset Time { get; private set; }

    /// <summary>How long the reading took.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Who delivered it.</summary>
    public ProcessEngineKind Engine { get; private set; }

    /// <summary>What was asked for.</summary>
    public ProcessFields Fields { get; private set; }

    /// <summary>How many processes there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many processes ended while they were read, and so are not here.</summary>
    public int Vanished { get; private set; }

    /// <summary>What could not be seen: processes hidden from this user, a foreign pid namespace, a table that was cut.</summary>
    public IReadOnlyList<Gap> Gaps { get; private set; } = [];

    /// <summary>The process at a place, by ascending id.</summary>
    public ProcessRecord this[int index]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _records[index];
        }
    }

    /// <summary>All records without an enumerator: for loops that must be fast.</summary>
    public ReadOnlySpan<ProcessRecord> AsSpan()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _records.AsSpan(0, Count);
    }

    /// <summary>The process that has this id now, or null.</summary>
    public ProcessRecord? Find(int pid)
    {
        ReadOnlySpan<ProcessRecord> records = AsSpan();
        int low = 0;
        int high = records.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int found = records[middle].Pid;
            if (found == pid)
            {
                return records[middle];
            }

            if (found < pid)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return null;
    }

    /// <summary>This very process, or null when it is gone; another one with the same id is not it.</summary>
    public ProcessRecord? Find(ProcessKey key) => Find(key.Pid) is { } found && found.Key == key ? found : null;

    /// <inheritdoc/>
    public IEnumerator<ProcessRecord> GetEnumerator()
    {
        for (int at = 0; at < Count; at++)
        {
            yield return this[at];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Gives the records back to the collector; may be called more than once.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _pool.Return(this);
        }
    }

    /// <summary>A record to fill for the next process.</summary>
    internal ProcessRecord Add()
    {
        if (Count == _records.Length)
        {
            Array.Resize(ref _records, Math.Max(256, _records.Length * 2));
        }

        return _records[Count++] ??= new ProcessRecord();
    }

    /// <summary>Begins anew, keeping what was allocated.</summary>
    internal void Begin(Guid boot, DateTimeOffset time, ProcessEngineKind engine, ProcessFields fields)
    {
        _isDisposed = false;
        Count = 0;
        Boot = boot;
        Time = time;
        Engine = engine;
        Fields = fields;
    }

    /// <summary>Ends the filling: sorts by id where the engine did not.</summary>
    internal void Complete(TimeSpan duration, int vanished, IReadOnlyList<Gap> gaps)
    {
        Duration = duration;
        Vanished = vanished;
        Gaps = gaps;
        for (int at = 1; at < Count; at++)
        {
            if (_records[at - 1].Pid > _records[at].Pid)
            {
                _records.AsSpan(0, Count).Sort(static (left, right) => left.Pid.CompareTo(right.Pid));
                break;
            }
        }
    }
}
