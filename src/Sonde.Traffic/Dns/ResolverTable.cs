using Sonde.Packets;

namespace Sonde.Traffic.Dns;

/// <summary>The resolvers that were asked, in the order of when they were last; of fixed size.</summary>
internal sealed class ResolverTable(int capacity)
{
    private readonly Dictionary<(DnsKind Kind, FlowEndpoint Endpoint), TrackedResolver> _all = [];
    private TrackedResolver? _newest;
    private TrackedResolver? _oldest;

    internal int Count => _all.Count;

    internal int Capacity => capacity;

    internal long Evicted { get; private set; }

    internal IReadOnlyCollection<TrackedResolver> All => _all.Values;

    /// <summary>One that was asked before; null for others.</summary>
    internal TrackedResolver? Find(DnsKind kind, FlowEndpoint endpoint) => _all.GetValueOrDefault((kind, endpoint));

    /// <summary>One that is asked now.</summary>
    internal TrackedResolver Use(DnsKind kind, FlowEndpoint endpoint)
    {
        if (!_all.TryGetValue((kind, endpoint), out TrackedResolver? one))
        {
            if (_all.Count >= capacity && _oldest is { } oldest)
            {
                Unlink(oldest);
                _all.Remove((oldest.Kind, oldest.Endpoint));
                Evicted++;
            }

            one = new TrackedResolver(kind, endpoint);
            _all.Add((kind, endpoint), one);
        }
        else if (one == _newest)
        {
            return one;
        }
        else
        {
            Unlink(one);
        }

        one.Older = _newest;
        one.Newer = null;
        _newest?.Newer = one;
        _newest = one;
        _oldest ??= one;
        return one;
    }

    private void Unlink(TrackedResolver one)
    {
        one.Newer?.Older = one.Older;
        one.Older?.Newer = one.Newer;
        _newest = _newest == one ? one.Older : _newest;
        _oldest = _oldest == one ? one.Newer : _oldest;
    }
}
