using System.Runtime.InteropServices;

namespace Sonde.Cli.Frames;

/// <summary>A table of bounded size that forgets the entry seen least recently, and says how much it has forgotten.</summary>
/// <remarks>Looking up an entry allocates nothing once the table has grown to its bound.</remarks>
/// <typeparam name="TKey">What entries are found by.</typeparam>
/// <typeparam name="TValue">What is remembered.</typeparam>
internal sealed class FrameTable<TKey, TValue>
    where TKey : notnull
    where TValue : struct
{
    private const int None = -1;

    private readonly Dictionary<TKey, int> _places = [];
    private readonly int _capacity;
    private Entry[] _entries = new Entry[16];
    private int _oldest = None;
    private int _newest = None;

    internal FrameTable(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <summary>How many entries are remembered.</summary>
    internal int Count => _places.Count;

    /// <summary>How many entries can be remembered.</summary>
    internal int Capacity => _capacity;

    /// <summary>How many entries were forgotten to make room. One that comes back begins anew.</summary>
    internal long Evictions { get; private set; }

    /// <summary>The value of a key, made when it is not there, to be changed in place; it is valid until the next call.</summary>
    internal ref TValue Touch(in TKey key)
    {
        if (_places.TryGetValue(key, out int place))
        {
            if (place != _newest)
            {
                Unlink(place);
                Append(place);
            }

            return ref _entries[place].Value;
        }

        place = Take();
        _places.Add(key, place);
        _entries[place].Key = key;
        _entries[place].Value = default;
        Append(place);
        return ref _entries[place].Value;
    }

    /// <summary>Everything that is remembered, the least recently seen first.</summary>
    internal IEnumerable<KeyValuePair<TKey, TValue>> Entries()
    {
        for (int at = _oldest; at != None; at = _entries[at].Newer)
        {
            yield return new(_entries[at].Key, _entries[at].Value);
        }
    }

    private int Take()
    {
        if (_places.Count < _capacity)
        {
            if (_places.Count == _entries.Length)
            {
                Array.Resize(ref _entries, Math.Min(_entries.Length * 2, Math.Max(_capacity, _entries.Length)));
            }

            return _places.Count;
        }

        int place = _oldest;
        Unlink(place);
        _places.Remove(_entries[place].Key);
        Evictions++;
        return place;
    }

    private void Unlink(int place)
    {
        ref Entry entry = ref _entries[place];
        if (entry.Older == None)
        {
            _oldest = entry.Newer;
        }
        else
        {
            _entries[entry.Older].Newer = entry.Newer;
        }

        if (entry.Newer == None)
        {
            _newest = entry.Older;
        }
        else
        {
            _entries[entry.Newer].Older = entry.Older;
        }
    }

    private void Append(int place)
    {
        ref Entry entry = ref _entries[place];
        entry.Older = _newest;
        entry.Newer = None;
        if (_newest == None)
        {
            _oldest = place;
        }
        else
        {
            _entries[_newest].Newer = place;
        }

        _newest = place;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        internal TKey Key;
        internal TValue Value;
        internal int Older;
        internal int Newer;
    }
}
