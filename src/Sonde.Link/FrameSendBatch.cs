namespace Sonde.Link;

/// <summary>Frames to be sent together, in one block of memory that is filled, sent and filled again.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class FrameSendBatch
{
    private readonly byte[] _bytes;
    private readonly int[] _ends;

    /// <summary>Reserves the memory.</summary>
    /// <param name="maxFrames">The most frames of a batch.</param>
    /// <param name="capacity">The most bytes of all frames of a batch together.</param>
    public FrameSendBatch(int maxFrames = 64, int capacity = 64 * 2048)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxFrames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);

        // Pinned: the kernel is given addresses into it, frame by frame, without pinning each time.
        _bytes = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
        _ends = new int[maxFrames];
    }

    /// <summary>How many frames wait.</summary>
    public int Count { get; private set; }

    /// <summary>The most frames that fit.</summary>
    public int MaxFrames => _ends.Length;

    /// <summary>All frames that wait, one behind the other.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Count == 0 ? 0 : _ends[Count - 1]);

    /// <summary>Where in <see cref="Bytes"/> each of them ends.</summary>
    internal ReadOnlySpan<int> Ends => _ends.AsSpan(0, Count);

    /// <summary>A frame that waits.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            int start = index == 0 ? 0 : _ends[index - 1];
            return _bytes.AsSpan(start, _ends[index] - start);
        }
    }

    /// <summary>Adds a frame by copying it.</summary>
    /// <returns><see langword="false"/> when the batch has no room for it.</returns>
    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        if (!TryReserve(frame.Length, out Span<byte> room))
        {
            return false;
        }

        frame.CopyTo(room);
        return true;
    }

    /// <summary>Adds a frame that the caller writes in place; what it holds before is undefined.</summary>
    /// <returns><see langword="false"/> when the batch has no room for it.</returns>
    public bool TryReserve(int length, out Span<byte> frame)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int start = Count == 0 ? 0 : _ends[Count - 1];
        if (Count == _ends.Length || length > _bytes.Length - start)
        {
            frame = default;
            return false;
        }

        _ends[Count++] = start + length;
        frame = _bytes.AsSpan(start, length);
        return true;
    }

    /// <summary>Forgets all frames.</summary>
    public void Clear() => Count = 0;
}
