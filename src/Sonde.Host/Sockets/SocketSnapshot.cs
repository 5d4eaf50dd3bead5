using System.Collections;
using Sonde.Host.Sockets.Assembly;
using Sonde.Packets;

namespace Sonde.Host.Sockets;

/// <summary>All sockets as they were read in one go, in the order in which the system tells them.</summary>
/// <remarks>
/// It never changes while you hold it. Dispose it when you are done: the table then fills the same objects again. Forgetting to costs memory,
/// not correctness; reading records of a disposed snapshot shows other sockets. Any number of threads may read it.
/// </remarks>
public sealed class SocketSnapshot : IReadOnlyList<SocketRecord>, IDisposable
{
    private readonly SocketSnapshotPool _pool;
    private readonly SocketReasons _reasons;
    private readonly SocketIndex _index = new();
    private SocketRecord[] _records = [];
    private bool _isDisposed;

    internal SocketSnapshot(SocketSnapshotPool pool, SocketReasons reasons)
    {
        _pool = pool;
        _reasons = reasons;
    }

    /// <summary>The backend that read it.</summary>
    public string Backend { get; private set; } = string.Empty;

    /// <summary>When the reading began.</summary>
    public DateTimeOffset Time { get; private set; }

    /// <summary>When the reading began, in ticks of <see cref="TimeProvider.GetTimestamp"/>: rates come from the difference of two.</summary>
    public long Timestamp { get; private set; }

    /// <summary>How long the reading took, owners included.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>How many sockets there are.</summary>
    public int Count { get; private set; }

    /// <summary>What could not be seen; empty when nothing is missing.</summary>
    public IReadOnlyList<Gap> Gaps { get; private set; } = [];

    /// <summary>The socket at a place.</summary>
    public SocketRecord this[int index]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _records[index];
        }
    }

    /// <summary>All records without an enumerator: for loops that must be fast.</summary>
    public ReadOnlySpan<SocketRecord> AsSpan()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _records.AsSpan(0, Count);
    }

    /// <summary>The socket that packets of a flow belong to: of both ends, else of the local end alone, else whoever listens there.</summary>
    /// <param name="flow">Protocol, local and remote end; IPv4 addresses find the dual-stack socket as well.</param>
    /// <param name="match">How surely it is the one.</param>
    /// <param name="networkNamespace">Linux: the inode of the namespace that the packet was seen in; 0 is the one the table was opened in.</param>
    /// <returns>The socket, or null.</returns>
    public SocketRecord? Find(FlowKey flow, out SocketMatch match, ulong networkNamespace = 0) => _index.Find(AsSpan(), flow, networkNamespace, out match);

    /// <summary>Linux: the socket that the kernel and its BPF programs know by this number, or null.</summary>
    public SocketRecord? FindCookie(ulong cookie) => _index.FindCookie(AsSpan(), cookie);

    /// <inheritdoc/>
    public IEnumerator<SocketRecord> GetEnumerator()
    {
        for (int at = 0; at < Count; at++)
        {
            yield return this[at];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Gives the records back to the table; may be called more than once.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _pool.Return(this);
        }
    }

    /// <summary>A record to fill for the next socket.</summary>
    internal SocketRecord Add()
    {
        if (Count == _records.Length)
        {
            Array.Resize(ref _records, Math.Max(256, _records.Length * 2));
        }

        return _records[Count++] ??= new SocketRecord(_reasons);
    }

    /// <summary>Takes back what was added after <paramref name="count"/>.</summary>
    internal void CutTo(int count) => Count = count;

    /// <summary>Begins anew, keeping what was allocated.</summary>
    internal void Begin(string backend, DateTimeOffset time, long timestamp)
    {
        _isDisposed = false;
        Count = 0;
        Backend = backend;
        Time = time;
        Timestamp = timestamp;
        Gaps = [];
    }

    /// <summary>Builds the index and tells the directions: nothing is added after it.</summary>
    /// <returns>How many sockets were told twice and were taken out.</returns>
    internal int Index(ulong ownNamespace)
    {
        Span<SocketRecord> records = _records.AsSpan(0, Count);
        int left = _index.Build(records, ownNamespace);
        int doubles = Count - left;
        Count = left;
        foreach (SocketRecord record in records[..left])
        {
            record.Direction = _index.DirectionOf(records[..left], record);
        }

        return doubles;
    }

    /// <summary>Ends the filling.</summary>
    internal void Complete(TimeSpan duration, IReadOnlyList<Gap> gaps)
    {
        Duration = duration;
        Gaps = gaps;
    }
}
