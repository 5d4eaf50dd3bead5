namespace Sonde.Host.Sockets.Linux;

/// <summary>What is remembered of a socket from reading to reading.</summary>
internal sealed class KnownSocket
{
    // Owners as the walk in hand meets them: as long as they are the ones known, nothing is allocated.
    private int _confirmed;
    private List<SocketOwner>? _changed;

    internal DateTimeOffset FirstSeen { get; init; }

    /// <summary>The reading in which it was there last.</summary>
    internal long Generation { get; set; }

    internal IReadOnlyList<SocketOwner>? Owners { get; private set; }

    /// <summary>Since when nobody is found; how often it was looked for.</summary>
    internal int Failures { get; private set; }

    /// <summary>When to look again for the owner of one that has none, in ticks of the clock.</summary>
    internal long NextTry { get; private set; }

    /// <summary>The walk that met it last.</summary>
    internal long Walk { get; private set; }

    /// <summary>A process has it.</summary>
    internal void Meet(long walk, SocketOwner owner)
    {
        if (Walk != walk)
        {
            Walk = walk;
            _confirmed = 0;
            _changed = null;
        }

        if (_changed is null && Owners is { } known && _confirmed < known.Count && ReferenceEquals(known[_confirmed], owner))
        {
            _confirmed++;
            return;
        }

        _changed ??= Owners is { } before ? [.. before.Take(_confirmed)] : [];
        _changed.Add(owner);
    }

    /// <summary>Whether a process of the walk in hand already has it.</summary>
    internal SocketOwner? LastOf(long walk) =>
        Walk != walk ? null
        : _changed is { Count: > 0 } changed ? changed[^1]
        : _confirmed > 0 && Owners is { } known ? known[_confirmed - 1]
        : null;

    /// <summary>The owner it had before with that id, to be used again when nothing changed.</summary>
    internal SocketOwner? Before(int pid)
    {
        if (Owners is { } known)
        {
            for (int at = 0; at < known.Count; at++)
            {
                if (known[at].Pid == pid)
                {
                    return known[at];
                }
            }
        }

        return null;
    }

    /// <summary>A walk ended.</summary>
    /// <param name="walk">Which.</param>
    /// <param name="isWhole">Whether it looked at every process: then who was not met is no owner any more.</param>
    /// <param name="nextTry">When to look again if nobody has it.</param>
    internal void EndWalk(long walk, bool isWhole, long nextTry)
    {
        if (Walk == walk)
        {
            if (_changed is not null)
            {
                Owners = _changed;
                _changed = null;
            }
            else if (isWhole && Owners is { } known && _confirmed < known.Count)
            {
                Owners = [.. known.Take(_confirmed)];
            }

            Failures = 0;
            return;
        }

        if (Owners is null)
        {
            Failures++;
            NextTry = nextTry;
        }
    }
}
