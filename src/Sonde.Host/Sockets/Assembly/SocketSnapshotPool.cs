namespace Sonde.Host.Sockets.Assembly;

/// <summary>Snapshots that were disposed, to be filled again.</summary>
internal sealed class SocketSnapshotPool(SocketReasons reasons)
{
    // One is shown while the next is read; a third covers a reader that compares two.
    private const int MaxIdle = 3;
    private readonly Lock _lock = new();
    private readonly SocketSnapshot?[] _idle = new SocketSnapshot?[MaxIdle];
    private int _count;

    /// <summary>A snapshot that nobody holds.</summary>
    internal SocketSnapshot Take()
    {
        lock (_lock)
        {
            if (_count > 0)
            {
                SocketSnapshot idle = _idle[--_count]!; // below the count they are there
                _idle[_count] = null;
                return idle;
            }
        }

        return new SocketSnapshot(this, reasons);
    }

    internal void Return(SocketSnapshot snapshot)
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
