namespace Sonde.Host.Sockets.Assembly;

/// <summary>When each socket was seen first, on systems that give it no number of its own: known by all that tells it from others.</summary>
internal sealed class FirstSightings<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, (DateTimeOffset Time, long Reading)> _known = [];
    private long _reading;

    /// <summary>Begins another reading.</summary>
    internal void Begin() => _reading++;

    /// <summary>When a socket that is there now was seen first.</summary>
    internal DateTimeOffset Of(TKey key, DateTimeOffset now)
    {
        DateTimeOffset time = _known.TryGetValue(key, out (DateTimeOffset Time, long Reading) known) ? known.Time : now;
        _known[key] = (time, _reading);
        return time;
    }

    /// <summary>Forgets what is gone, once that is most of it.</summary>
    internal void End(int present)
    {
        if (_known.Count <= (2L * present) + 1024)
        {
            return;
        }

        foreach ((TKey key, (DateTimeOffset Time, long Reading) known) in _known)
        {
            if (known.Reading != _reading)
            {
                _known.Remove(key);
            }
        }
    }
}
