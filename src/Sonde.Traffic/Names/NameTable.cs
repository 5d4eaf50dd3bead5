using Sonde.Packets;

namespace Sonde.Traffic.Names;

/// <summary>The names that were heard for addresses: the last for each, for as long as it holds; of fixed size. Any thread may call.</summary>
internal sealed class NameTable(int capacity, TimeProvider time)
{
    // Programs keep addresses for longer than they should, and connections outlive them.
    private static readonly TimeSpan s_least = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_most = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<InternetAddress, int> _places = [];
    private readonly Entry[] _entries = new Entry[capacity];
    private int _next;

    /// <summary>How full it is.</summary>
    internal FillLevel FillLevel
    {
        get
        {
            lock (_lock)
            {
                return new FillLevel("heard names", _places.Count, capacity, Evicted);
            }
        }
    }

    internal long Evicted { get; private set; }

    /// <summary>Notes a name. The same again allocates nothing.</summary>
    internal void Add(InternetAddress address, ReadOnlySpan<char> name, int timeToLiveSeconds, NameSource source)
    {
        var holds = TimeSpan.FromSeconds(timeToLiveSeconds);
        holds = holds < s_least ? s_least : holds > s_most ? s_most : holds;
        lock (_lock)
        {
            if (!_places.TryGetValue(address, out int place))
            {
                place = _next;
                _next = (_next + 1) % capacity;
                Vacate(place);
                _places.Add(address, place);
            }

            ref Entry entry = ref _entries[place];
            entry.Address = address;
            entry.Text = entry.Text is not null && entry.Text.AsSpan().SequenceEqual(name) ? entry.Text : name.ToString();
            entry.Source = source;
            entry.Learnt = time.GetTimestamp();
            entry.Holds = holds;
        }
    }

    /// <summary>The name of an address, if one was heard and still holds.</summary>
    internal bool TryFind(InternetAddress address, out RemoteName name)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(address, out int place) && _entries[place] is { Text: { } text } entry && time.GetElapsedTime(entry.Learnt) <= entry.Holds)
            {
                name = new RemoteName(text, entry.Source);
                return true;
            }
        }

        name = default;
        return false;
    }

    // The one that was heard first of all makes room.
    private void Vacate(int place)
    {
        ref Entry entry = ref _entries[place];
        if (entry.Text is not null)
        {
            _places.Remove(entry.Address);
            entry = default;
            Evicted++;
        }
    }

    private struct Entry
    {
        internal InternetAddress Address;
        internal string? Text;
        internal NameSource Source;
        internal long Learnt;
        internal TimeSpan Holds;
    }
}
