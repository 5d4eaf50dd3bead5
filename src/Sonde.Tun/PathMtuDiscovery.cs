namespace Sonde.Tun;

/// <summary>Finds the largest packet that a path carries by sending probes (RFC 8899), and notices when a path begins to swallow large packets. Sends nothing itself.</summary>
/// <remarks>
/// The owner of a tunnel asks <see cref="TryTakeProbe"/> when it has a moment (at <see cref="UntilNext"/> at the latest), sends a packet of that size
/// that must not be fragmented, and tells what became of it. One thread at a time; time comes from the provider alone.
/// </remarks>
public sealed class PathMtuDiscovery
{
    private readonly PathMtuOptions _options;
    private readonly TimeProvider _time;
    private int _upper; // the smallest size that is known not to get through, or one above the largest
    private int _probe; // the size that is being tried; 0 when none is
    private int _tries;
    private int _losses;
    private long _sentAt;
    private long _completeAt;
    private bool _isOutstanding;

    /// <summary>Begins with the base size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sizes are not 68 ≤ base ≤ largest ≤ 65535, or a count or time is not positive.</exception>
    public PathMtuDiscovery(PathMtuOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Base, 68, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Base, options.Largest, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Largest, TunBatch.MaxPacketSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Precision, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ProbesPerSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.LossesToBlackHole, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ProbeTimeout, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RaiseInterval, TimeSpan.Zero, nameof(options));
        _options = options;
        _time = time;
        Restart();
    }

    /// <summary>The largest size that is known to get through; the base size until one is.</summary>
    public int Mtu { get; private set; }

    /// <summary>Where the search stands.</summary>
    public PathMtuPhase Phase { get; private set; }

    /// <summary>How often the path was found to swallow large packets.</summary>
    public int BlackHoles { get; private set; }

    /// <summary>Until when nothing is to be done; zero when a probe can be sent now.</summary>
    public TimeSpan UntilNext
    {
        get
        {
            TimeSpan wait = _isOutstanding ? _options.ProbeTimeout - _time.GetElapsedTime(_sentAt)
                : Phase == PathMtuPhase.Complete ? _options.RaiseInterval - _time.GetElapsedTime(_completeAt)
                : TimeSpan.Zero;
            return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
        }
    }

    /// <summary>Begins anew: the path is another one.</summary>
    public void Restart()
    {
        Mtu = _options.Base;
        Phase = PathMtuPhase.Base;
        _upper = _options.Largest + 1;
        _losses = 0;
        Try(_options.Base);
    }

    /// <summary>Whether to send a probe now.</summary>
    /// <param name="size">Of which size, IP header included.</param>
    public bool TryTakeProbe(out int size)
    {
        size = 0;
        if (UntilNext > TimeSpan.Zero)
        {
            return false;
        }

        if (_isOutstanding)
        {
            GiveUpProbe();
        }
        else if (Phase == PathMtuPhase.Complete)
        {
            // The path may carry more than it did.
            _upper = _options.Largest + 1;
            Phase = PathMtuPhase.Searching;
            TryNext();
        }

        if (_probe == 0)
        {
            return false;
        }

        size = _probe;
        _tries++;
        _sentAt = _time.GetTimestamp();
        _isOutstanding = true;
        return true;
    }

    /// <summary>A probe of this size came through; answers that come late count as well.</summary>
    public void OnProbeAcknowledged(int size)
    {
        if (size > _options.Largest || size < _options.Base || (size <= Mtu && Phase is not (PathMtuPhase.Base or PathMtuPhase.Unreachable)))
        {
            return; // an answer to a question that was never asked, or asked long ago
        }

        Mtu = size;
        _losses = 0;
        _upper = Math.Max(_upper, size + 1);
        Phase = PathMtuPhase.Searching;
        TryNext();
    }

    /// <summary>A router said that a packet was too big (ICMP), and what it would take. Such messages can be forged: it is believed only downwards, and never below the base size.</summary>
    public void OnPacketTooBig(int size)
    {
        if (size < _options.Base || size >= _upper)
        {
            return;
        }

        _upper = size + 1;
        if (Mtu > size)
        {
            Mtu = size;
        }

        if (Phase is PathMtuPhase.Searching or PathMtuPhase.Complete)
        {
            Phase = PathMtuPhase.Searching;
            TryNext();
        }
    }

    /// <summary>A packet of this size is known to have arrived.</summary>
    public void OnDelivered(int size)
    {
        if (size > _options.Base)
        {
            _losses = 0;
        }
    }

    /// <summary>A packet of this size is known to be lost. Several large ones in a row while small ones arrive are a black hole: back to the base size.</summary>
    public void OnLost(int size)
    {
        if (size <= _options.Base || size > Mtu || ++_losses < _options.LossesToBlackHole)
        {
            return;
        }

        BlackHoles++;
        int swallowed = Mtu;
        Restart();
        _upper = swallowed;
    }

    private void GiveUpProbe()
    {
        _isOutstanding = false;
        if (_tries < _options.ProbesPerSize)
        {
            return; // the same size again: one loss says nothing
        }

        if (Phase is PathMtuPhase.Base or PathMtuPhase.Unreachable)
        {
            Phase = PathMtuPhase.Unreachable;
            Try(_options.Base);
            return;
        }

        _upper = Math.Min(_upper, _probe);
        TryNext();
    }

    private void TryNext()
    {
        // The largest first: most paths carry it. Then halves.
        int next = _upper > _options.Largest ? _options.Largest : (Mtu + _upper) / 2;
        if (next <= Mtu || (_upper <= _options.Largest && _upper - Mtu <= _options.Precision))
        {
            Phase = PathMtuPhase.Complete;
            _completeAt = _time.GetTimestamp();
            Try(0);
            return;
        }

        Try(next);
    }

    private void Try(int size)
    {
        _probe = size;
        _tries = 0;
        _isOutstanding = false;
    }
}
