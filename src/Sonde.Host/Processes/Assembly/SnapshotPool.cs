namespace Sonde.Host.Processes.Assembly;

/// <summary>Snapshots that were disposed, to be filled again.</summary>
internal sealed class SnapshotPool
{
    // One is shown while the next is read; a third covers a reader that compares two.
    private const int MaxIdle = 3;
    private readonly Lock _lock = new();
    private readonly ProcessSnapshot?[] _idle = new ProcessSnapshot?[MaxIdle];
    private int _count;

    /// <summary>A snapshot that nobody holds.</summary>
    internal ProcessSnapshot Take()
    {
        lock (_lock)
        {
            if (_count > 0)
            {
                ProcessSnapshot idle = _idle[--_count]!; // below the count they are there
                _idle[_count] = null;
                return idle;
            }
        }

        return new ProcessSnapshot(this);
    }

    internal void Return(ProcessSnapshot snapshot)
    {
        lock (_lock)
        {
            if (_count < MaxIdle)
            {
                _idle[_count++] = snapshot;
            }
        }
    }
}
