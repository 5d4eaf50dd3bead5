using System.Text;
using Sonde.Packets;

namespace Sonde.Traffic.Names;

/// <summary>The names that clients asked their servers for, by connection; of fixed size. Any thread may call.</summary>
internal sealed class HelloTable(int capacity, TimeProvider time)
{
    // The same endpoints may be another connection by then, one without a hello. Whoever asks on keeps the name.
    private static readonly TimeSpan s_holds = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan s_lately = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<FlowKey, int> _places = [];
    private readonly Entry[] _entries = new Entry[capacity];
    private int _next;
    private long _evicted;

    /// <summary>How full it is.</summary>
    internal FillLevel FillLevel
    {
        get
        {
            lock (_lock)
            {
                return new FillLevel("names in hellos", _places.Count, capacity, _evicted);
            }
        }
    }

    /// <summary>Notes what a client asked for; <paramref name="client"/> has the client's end as the local one.</summary>
    internal void Add(in FlowKey client, string name)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue(client, out int place))
            {
                place = _next;
                _next = (_next + 1) % capacity;
                if (_entries[place].Name is not null)
                {
                    _places.Remove(_entries[place].Client);
                    _evicted++;
                }

                _places.Add(client, place);
            }

            long now = time.GetTimestamp();
            _entries[place] = new Entry { Client = client, Name = name, Heard = now, Used = now };
        }
    }

    /// <summary>Whether just this is known already.</summary>
    internal bool Holds(in FlowKey client, ReadOnlySpan<byte> name)
    {
        lock (_lock)
        {
            return _places.TryGetValue(client, out int place) && Ascii.Equals(name, _entries[place].Name);
        }
    }

    /// <summary>Whether the connection's name was heard within the last seconds.</summary>
    internal bool HeardLately(in FlowKey client)
    {
        lock (_lock)
        {
            return _places.TryGetValue(client, out int place) && time.GetElapsedTime(_entries[place].Heard) < s_lately;
        }
    }

    /// <summary>The name that the client of a connection asked for.</summary>
    /// <param name="flow">The connection, either end as the local one.</param>
    /// <param name="notBefore">When it began, about; what was heard before was of another.</param>
    /// <param name="name">The name.</param>
    /// <param name="isClientLocal">Whether the local end is the client.</param>
    internal bool TryFind(in FlowKey flow, long notBefore, out string name, out bool isClientLocal)
    {
        lock (_lock)
        {
            isClientLocal = _places.TryGetValue(flow, out int place);
            if (isClientLocal || _places.TryGetValue(flow.Reverse(), out place))
            {
                ref Entry entry = ref _entries[place];
                if (entry.Heard >= notBefore && time.GetElapsedTime(entry.Used) <= s_holds)
                {
                    entry.Used = time.GetTimestamp();
                    name = entry.Name!; // an entry that has a place has a name
                    return true;
                }
            }
        }

        name = string.Empty;
        return false;
    }

    private struct Entry
    {
        internal FlowKey Client;
        internal string? Name;
        internal long Heard;
        internal long Used;
    }
}
