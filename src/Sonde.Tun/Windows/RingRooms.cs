namespace Sonde.Tun.Windows;

/// <summary>The rooms in a ring that were given away to be filled.</summary>
internal sealed class RingRooms
{
    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private readonly List<(nint Slot, int Length)> _rooms = [];

    /// <summary>Notes a room.</summary>
    /// <returns>Its number, for <see cref="Take"/>.</returns>
    internal nint Add(nint slot, int length)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out int index))
            {
                index = _rooms.Count;
                _rooms.Add(default);
            }

            _rooms[index] = (slot, length);
            return index;
        }
    }

    /// <summary>Strikes a room out.</summary>
    /// <exception cref="InvalidOperationException">It was given back already.</exception>
    internal (nint Slot, int Length) Take(nint number)
    {
        lock (_lock)
        {
            (nint Slot, int Length) room = _rooms[(int)number];
            if (room.Slot == 0)
            {
                throw new InvalidOperationException("This lease was given back already.");
            }

            _rooms[(int)number] = default;
            _free.Push((int)number);
            return room;
        }
    }
}
