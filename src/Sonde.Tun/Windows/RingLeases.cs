namespace Sonde.Tun.Windows;

/// <summary>The received packets that are on loan from a ring, oldest first: the ring gets room back only up to the oldest of them.</summary>
/// <remarks>One thread adds; any may return.</remarks>
internal sealed class RingLeases
{
    /// <summary>The most packets on loan at a time.</summary>
    internal const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly Entry[] _entries = new Entry[Capacity];
    private int _oldest;
    private int _count; // from the oldest on, with those among them that were returned already

    /// <summary>The bytes of ring that are held, when so many bytes of it have been received altogether.</summary>
    /// <param name="position">The bytes received so far, as they lie in the ring.</param>
    /// <param name="isFull">Whether no further packet can be lent.</param>
    internal long Held(long position, out bool isFull)
    {
        lock (_lock)
        {
            isFull = _count == Capacity;
            return _count == 0 ? 0 : position - _entries[_oldest].Position;
        }
    }

    /// <summary>Notes a packet.</summary>
    /// <param name="slot">Where it is.</param>
    /// <param name="position">The bytes received before it.</param>
    /// <returns>Its number, for <see cref="Take"/>.</returns>
    internal nint Add(nint slot, long position)
    {
        lock (_lock)
        {
            int index = (_oldest + _count) % Capacity;
            _entries[index] = new Entry { Slot = slot, Position = position };
            _count++;
            return index;
        }
    }

    /// <summary>Strikes a packet out.</summary>
    /// <returns>Where it is.</returns>
    /// <exception cref="InvalidOperationException">It was returned already.</exception>
    internal nint Take(nint number)
    {
        lock (_lock)
        {
            ref Entry entry = ref _entries[number];
            nint slot = entry.Slot;
            if (slot == 0)
            {
                throw new InvalidOperationException("This lease was given back already.");
            }

            entry.Slot = 0;
            while (_count > 0 && _entries[_oldest].Slot == 0)
            {
                _oldest = (_oldest + 1) % Capacity;
                _count--;
            }

            return slot;
        }
    }

    private struct Entry
    {
        internal nint Slot; // 0 once returned
        internal long Position;
    }
}
