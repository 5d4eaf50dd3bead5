namespace Sonde.Tun.Windows;

/// <summary>Does something once a sender has gone quiet, a clock tick or two after its last packet.</summary>
/// <remarks>What it costs a sender that is busy is one look at a field: the timer finds out by itself whether there was more.</remarks>
internal sealed class IdleNudge : IDisposable
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(2);

    private readonly Lock _lock = new();
    private readonly Action _nudge;
    private readonly Timer _timer;
    private int _isArmed;
    private int _hasSent;
    private bool _isOver;

    internal IdleNudge(Action nudge)
    {
        _nudge = nudge;
        _timer = new Timer(static state => ((IdleNudge)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); // the state is what is given here
    }

    /// <summary>Says that something was sent.</summary>
    internal void Arm()
    {
        Volatile.Write(ref _hasSent, 1);
        if (Volatile.Read(ref _isArmed) == 0 && Interlocked.Exchange(ref _isArmed, 1) == 0)
        {
            lock (_lock)
            {
                if (!_isOver)
                {
                    _timer.Change(s_quiet, Timeout.InfiniteTimeSpan);
                }
            }
        }
    }

    /// <summary>Ends it; no nudge runs any more when this returns.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            _timer.Dispose();
        }
    }

    private void Look()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            if (Interlocked.Exchange(ref _hasSent, 0) != 0)
            {
                _timer.Change(s_quiet, Timeout.InfiniteTimeSpan);
                return;
            }

            // Before the nudge: what is sent from here on has its own.
            Volatile.Write(ref _isArmed, 0);
            _nudge();
        }
    }
}
