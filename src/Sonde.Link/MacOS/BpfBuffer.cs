namespace Sonde.Link.MacOS;

/// <summary>The memory of one read and the place in it; frames point into it until it is filled again.</summary>
internal sealed class BpfBuffer(int size)
{
    // Pinned, and touched only as far as the kernel writes: a large buffer costs what flows through it.
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);

    private int _length;
    private int _at;
    private BpfRecord _found;
    private bool _hasFound;

    /// <summary>All of it, for a read that must ask for exactly this much.</summary>
    internal Span<byte> Room => _bytes;

    /// <summary>Whether all that was read was taken.</summary>
    internal bool IsEmpty => !_hasFound && _at >= _length;

    /// <summary>Begins with what a read returned.</summary>
    internal void Begin(int length)
    {
        _length = Math.Clamp(length, 0, _bytes.Length);
        _at = 0;
        _hasFound = false;
    }

    /// <summary>Moves to the next record unless one was found and not taken yet.</summary>
    internal bool TryFind(bool isExtended, out BpfRecord record, out bool isTorn)
    {
        isTorn = false;
        if (!_hasFound)
        {
            _hasFound = BpfRecords.TryTake(_bytes.AsSpan(0, _length), isExtended, ref _at, out _found, out isTorn);
        }

        record = _found;
        return _hasFound;
    }

    /// <summary>The record that was found is taken, or not wanted.</summary>
    internal void Take() => _hasFound = false;

    internal ReadOnlySpan<byte> BytesOf(scoped in BpfRecord record) => _bytes.AsSpan(record.Start, record.Length);
}
