using Sonde.Interop;

namespace Sonde.Link;

/// <summary>The stop that a device's waits look at: signalled by the device's own end, or by the token that the caller waits with.</summary>
/// <remarks>A token is registered once and not at every wait: a loop that waits with one token allocates nothing.</remarks>
internal sealed class DeviceStop : IDisposable
{
    private readonly Lock _lock = new();
    private StopSignal _signal = StopSignal.Create();
    private CancellationToken _token;
    private bool _ended;

    /// <summary>The stop for a wait with this token; only the waiting thread asks, and it stays valid until that thread asks again.</summary>
    internal StopSignal For(CancellationToken token)
    {
        if (token == _token)
        {
            return _signal;
        }

        StopSignal earlier;
        lock (_lock)
        {
            earlier = _signal;
            _signal = StopSignal.Create(token);
            _token = token;
            if (_ended)
            {
                _signal.Signal();
            }
        }

        earlier.Dispose();
        return _signal;
    }

    /// <summary>Ends every present and future wait.</summary>
    internal void End()
    {
        lock (_lock)
        {
            _ended = true;
            _signal.Signal();
        }
    }

    public void Dispose() => _signal.Dispose();
}
