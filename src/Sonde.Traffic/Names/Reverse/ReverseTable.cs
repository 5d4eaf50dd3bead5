using Sonde.Packets;

namespace Sonde.Traffic.Names.Reverse;

/// <summary>Which addresses were asked about, with what outcome, and which wait for it; of fixed size. Any thread may call.</summary>
internal sealed class ReverseTable(ReverseDnsOptions options, TimeProvider time)
{
    private static readonly TimeSpan s_least = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_most = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_withoutName = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromSeconds(30);

    private readonly object _lock = new();
    private readonly Dictionary<InternetAddress, int> _places = [];
    private readonly Entry[] _entries = new Entry[options.MaxAddresses];
    private readonly Queue<InternetAddress> _waiting = new();
    private int _next;
    private int _pending;
    private long _evicted;
    private long _answered;
    private long _noName;
    private long _failed;
    private long _dropped;

    private enum State
    {
        Waiting = 0,
        Settled,
    }

    /// <summary>How full it is.</summary>
    internal FillLevel FillLevel
    {
        get
        {
            lock (_lock)
            {
                return new FillLevel("names that were asked for", _places.Count, options.MaxAddresses, _evicted);
            }
        }
    }

    /// <summary>The part of the statistics that is kept here.</summary>
    internal ReverseDnsStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new ReverseDnsStatistics { Answered = _answered, NoName = _noName, Failed = _failed, Dropped = _dropped, Pending = _pending };
            }
        }
    }

    /// <summary>The name of an address, if one was told and still holds.</summary>
    internal bool TryFind(InternetAddress address, out string name)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(address, out int place) && _entries[place] is { State: State.Settled, Name: { } known } entry && Holds(entry))
            {
                name = known;
                return true;
            }
        }

        name = string.Empty;
        return false;
    }

    /// <summary>Has an address asked about, unless that is known or under way.</summary>
    /// <returns>Whether it now waits to be asked about.</returns>
    internal bool Want(InternetAddress address)
    {
        lock (_lock)
        {
            bool isKnown = _places.TryGetValue(address, out int place);
            if (isKnown && (_entries[place].State != State.Settled || Holds(_entries[place])))
            {
                return false;
            }

            place = isKnown ? place : Place(address);
            bool isDropped = _waiting.Count >= options.MaxWaiting;
            _entries[place] = isDropped
                ? new Entry { Address = address, IsUsed = true, State = State.Settled, Since = time.GetTimestamp(), Holds = s_afterFailure }
                : new Entry { Address = address, IsUsed = true };
            if (isDropped)
            {
                _dropped++;
                return false;
            }

            _waiting.Enqueue(address);
            _pending++;
            return true;
        }
    }

    /// <summary>The next address to ask about.</summary>
    internal bool TryTake(out InternetAddress address)
    {
        lock (_lock)
        {
            return _waiting.TryDequeue(out address);
        }
    }

    /// <summary>Notes how it ended with an address that was taken.</summary>
    internal void Settle(InternetAddress address, ReverseOutcome outcome, string name = "", int timeToLiveSeconds = 0)
    {
        var holds = TimeSpan.FromSeconds(timeToLiveSeconds);
        lock (_lock)
        {
            _answered += outcome == ReverseOutcome.Named ? 1 : 0;
            _noName += outcome == ReverseOutcome.NoName ? 1 : 0;
            _failed += outcome is ReverseOutcome.Failed or ReverseOutcome.Rejected ? 1 : 0;
            _pending--;
            if (_places.TryGetValue(address, out int place))
            {
                _entries[place] = new Entry
                {
                    Address = address,
                    IsUsed = true,
                    State = State.Settled,
                    Name = outcome == ReverseOutcome.Named ? name : null,
                    Since = time.GetTimestamp(),
                    Holds = outcome == ReverseOutcome.NoName ? s_withoutName
                        : outcome != ReverseOutcome.Named ? s_afterFailure
                        : holds < s_least ? s_least : holds > s_most ? s_most : holds,
                };
            }

            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until nothing is pending.</summary>
    /// <returns>Whether nothing is.</returns>
    internal bool Await(TimeSpan patience)
    {
        long started = time.GetTimestamp();
        lock (_lock)
        {
            while (_pending > 0)
            {
                TimeSpan left = patience - time.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_lock, left))
                {
                    return _pending == 0;
                }
            }
        }

        return true;
    }

    private bool Holds(Entry entry) => time.GetElapsedTime(entry.Since) <= entry.Holds;

    private int Place(InternetAddress address)
    {
        int place = _next;
        _next = (_next + 1) % _entries.Length;
        if (_entries[place].IsUsed)
        {
            _places.Remove(_entries[place].Address);
            _evicted++;
        }

        _places.Add(address, place);
        return place;
    }

    private struct Entry
    {
        internal InternetAddress Address;
        internal bool IsUsed;
        internal State State;
        internal string? Name;
        internal long Since;
        internal TimeSpan Holds;
    }
}
