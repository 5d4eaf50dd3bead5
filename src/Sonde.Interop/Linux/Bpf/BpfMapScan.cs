using System.Runtime.Versioning;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>Reads a whole hash map in batches into buffers of its own, used again for every scan; optionally empties it on the way.</summary>
/// <remarks>
/// What programs insert or remove during a scan may be seen or missed, once or not at all. What a taking scan reads is gone from the map, so
/// that every count is seen exactly once; but a program that holds the old value at that moment may still add to it unseen (for hashes without
/// per-CPU values: one update at most on each processor). Where the kernel has no batches (before 5.6) it goes key by key.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class BpfMapScan
{
    private readonly BpfMap _map;
    private readonly byte[] _position;
    private readonly bool _take;
    private byte[] _keys;
    private byte[] _values;
    private int _capacity;
    private bool _first = true;
    private bool _finished;
    private long _steps;

    internal BpfMapScan(BpfMap map, int batch, bool take)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        _map = map;
        _take = take;
        _position = new byte[Math.Max(map.KeySize, sizeof(uint))];
        _capacity = Math.Min(batch, map.MaxEntries);
        _keys = new byte[checked(_capacity * map.KeySize)];
        _values = new byte[checked(_capacity * map.ValueSize)];
    }

    /// <summary>Entries in the current batch.</summary>
    internal int Count { get; private set; }

    /// <summary>Whether the kernel reads many entries in one call; known after the first batch.</summary>
    internal bool UsesBatches { get; private set; } = true;

    /// <summary>The key of entry <paramref name="index"/>, valid until the next batch.</summary>
    internal ReadOnlySpan<byte> Key(int index) => _keys.AsSpan(index * _map.KeySize, _map.KeySize);

    /// <summary>The value of entry <paramref name="index"/>, valid until the next batch.</summary>
    internal ReadOnlySpan<byte> Value(int index) => _values.AsSpan(index * _map.ValueSize, _map.ValueSize);

    /// <summary>Begins again at the start of the map.</summary>
    internal void Reset()
    {
        Count = 0;
        _first = true;
        _finished = false;
        _steps = 0;
    }

    /// <summary>Reads the next batch.</summary>
    /// <returns><see langword="false"/> when the map is read to its end.</returns>
    /// <exception cref="NativeException">The system refused.</exception>
    internal bool MoveNext()
    {
        Count = 0;
        while (!_finished && Count == 0)
        {
            if (UsesBatches)
            {
                NextBatch();
            }
            else
            {
                NextByKey();
            }
        }

        return Count > 0;
    }

    private void NextBatch()
    {
        int count = _capacity;
        NativeError error = _map.Batch(_take, _position, _first, _keys, _values, ref count);
        switch (error.Code)
        {
            case 0:
                _first = false;
                Count = count;
                break;
            case Unix.LibC.ENOENT:
                _finished = true;
                Count = count;
                break;
            case BpfAbi.ENOSPC when _capacity < _map.MaxEntries:
                // One bucket of the hash holds more entries than there is room for.
                Grow(Math.Min(_capacity * 2, _map.MaxEntries));
                break;
            case Unix.LibC.EINVAL or BpfAbi.ENOTSUPP when _first:
                UsesBatches = false;
                break;
            default:
                throw new NativeException(_take ? "bpf(BPF_MAP_LOOKUP_AND_DELETE_BATCH)" : "bpf(BPF_MAP_LOOKUP_BATCH)", error);
        }
    }

    private void NextByKey()
    {
        Span<byte> position = _position.AsSpan(0, _map.KeySize);
        while (Count < _capacity)
        {
            Span<byte> key = _keys.AsSpan(Count * _map.KeySize, _map.KeySize);

            // After taking an entry its key is gone, and the walk would start over: which is right, for what is left is what is wanted.
            // A program that keeps removing the key this stands on would make it start over for ever: after two rounds enough is enough.
            if (_steps++ > 2L * _map.MaxEntries || !_map.TryNextKey(_first ? [] : position, key))
            {
                _finished = true;
                return;
            }

            Span<byte> value = _values.AsSpan(Count * _map.ValueSize, _map.ValueSize);
            bool read = _map.TryLookup(key, value) && (!_take || _map.Remove(key));
            _first = _take;
            key.CopyTo(position);
            Count += read ? 1 : 0;
        }
    }

    private void Grow(int capacity)
    {
        _capacity = capacity;
        _keys = new byte[checked(capacity * _map.KeySize)];
        _values = new byte[checked(capacity * _map.ValueSize)];
    }
}
