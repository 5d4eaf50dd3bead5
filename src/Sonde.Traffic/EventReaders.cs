using System.Threading.Channels;

namespace Sonde.Traffic;

/// <summary>Those who read the stream of connection events: each has a queue of its own, which drops its oldest when it is full, and counts that.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class EventReaders
{
    private const int Capacity = 16_384;

    private readonly Lock _lock = new();
    private readonly List<Reader> _readers = [];

    internal bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _readers.Count == 0;
            }
        }
    }

    internal Reader Add()
    {
        var reader = new Reader(Capacity);
        lock (_lock)
        {
            _readers.Add(reader);
        }

        return reader;
    }

    internal void Remove(Reader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
        }
    }

    internal void Send(ConnectionEvent one)
    {
        lock (_lock)
        {
            foreach (Reader reader in _readers)
            {
                reader.Write(one);
            }
        }
    }

    internal void Complete(Exception? failure)
    {
        lock (_lock)
        {
            foreach (Reader reader in _readers)
            {
                reader.Complete(failure);
            }
        }
    }

    internal sealed class Reader
    {
        private readonly Channel<ConnectionEvent> _channel;
        private long _missed;

        internal Reader(int capacity) => _channel = Channel.CreateBounded<ConnectionEvent>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _missed));

        internal IAsyncEnumerable<ConnectionEvent> ReadAllAsync(CancellationToken cancellationToken) => _channel.Reader.ReadAllAsync(cancellationToken);

        /// <summary>The event, with how many were dropped before it.</summary>
        internal ConnectionEvent Stamp(ConnectionEvent one) => Interlocked.Exchange(ref _missed, 0) is > 0 and var missed ? one with { Missed = missed } : one;

        internal void Write(ConnectionEvent one) => _channel.Writer.TryWrite(one);

        internal void Complete(Exception? failure) => _channel.Writer.TryComplete(failure);
    }
}
