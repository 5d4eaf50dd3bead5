using Sonde.Link;

namespace Sonde.Traffic.Sources.Wire;

/// <summary>A device whose frames a thread of its own adds up.</summary>
internal sealed class PacketTap : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly FrameDevice _device;
    private readonly PacketCounter _counter;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly object _passes = new();
    private LinkException? _failure;
    private long _lastPass;
    private bool _hasEnded;

    internal PacketTap(FrameDevice device, PacketCounter counter, TimeProvider time)
    {
        _device = device;
        _counter = counter;
        _time = time;
        _thread = new Thread(Run) { IsBackground = true, Name = "sonde-packets" };
        _thread.Start();
    }

    /// <summary>Which interface, by name; or all.</summary>
    internal string Name => _device.Name;

    /// <summary>How frames come.</summary>
    internal string Way => _device.Backend;

    /// <summary>Why no more frames come, or null.</summary>
    internal LinkException? Failure => Volatile.Read(ref _failure);

    /// <summary>What became of the frames.</summary>
    /// <exception cref="LinkException">The system does not tell.</exception>
    internal FrameStatistics Statistics => _device.Statistics;

    /// <summary>Waits until everything that had come when it is called has been added up.</summary>
    /// <param name="enough">How long after it came a frame may be handed over.</param>
    /// <param name="patience">How long to wait at most.</param>
    internal void CatchUp(TimeSpan enough, TimeSpan patience)
    {
        long started = _time.GetTimestamp();
        lock (_passes)
        {
            while (!_hasEnded && _time.GetElapsedTime(started, _lastPass) < enough)
            {
                TimeSpan left = patience - _time.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_passes, left))
                {
                    return;
                }
            }
        }
    }

    public void Dispose()
    {
        _device.Dispose();
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                long started = _time.GetTimestamp();
                if (!_counter.Add(_device))
                {
                    continue;
                }

                lock (_passes)
                {
                    _lastPass = started;
                    Monitor.PulseAll(_passes);
                }

                if (_device.Wait(s_pause) == FrameWait.Stopped)
                {
                    return;
                }
            }
        }
        catch (LinkException failure)
        {
            // The top of a thread: the next reading throws it, or lets go of the interface.
            Volatile.Write(ref _failure, failure);
        }
        finally
        {
            lock (_passes)
            {
                _hasEnded = true;
                Monitor.PulseAll(_passes);
            }
        }
    }
}
