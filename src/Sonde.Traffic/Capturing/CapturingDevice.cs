using Sonde.Link;

namespace Sonde.Traffic.Capturing;

/// <summary>A device with the thread that empties it, again and again.</summary>
internal sealed class CapturingDevice(FrameDevice device) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly object _passes = new();
    private Thread? _thread;
    private TimeProvider _time = TimeProvider.System;
    private LinkException? _failure;
    private long _lastPass;
    private DateTimeOffset _emptyAt;
    private bool _hasEnded;

    /// <summary>When it was last found empty, all frames before then having been handed over.</summary>
    internal DateTimeOffset EmptyAt
    {
        get
        {
            lock (_passes)
            {
                return _emptyAt;
            }
        }
    }

    internal FrameDevice Device => device;

    /// <summary>Why it ended; null while it lives.</summary>
    internal LinkException? Failure => Volatile.Read(ref _failure);

    /// <summary>Begins to empty it.</summary>
    /// <param name="drain">Takes what is ready; called by one thread.</param>
    /// <param name="time">The clock by which passes are told.</param>
    internal void Start(FrameDrain drain, TimeProvider time)
    {
        _time = time;
        _lastPass = time.GetTimestamp();
        _thread = new Thread(() => Run(drain)) { IsBackground = true, Name = $"sonde packets {device.Name}" };
        _thread.Start();
    }

    /// <summary>Waits until everything that had come when it is called was handed over.</summary>
    /// <param name="enough">How long after it came a frame may be handed over.</param>
    /// <param name="patience">How long to wait at most.</param>
    internal void AwaitPass(TimeSpan enough, TimeSpan patience)
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
        device.Dispose();
        _thread?.Join();
    }

    private void Run(FrameDrain drain)
    {
        try
        {
            while (true)
            {
                long started = _time.GetTimestamp();
                DateTimeOffset startedAt = _time.GetUtcNow();
                if (!drain(device))
                {
                    continue;
                }

                lock (_passes)
                {
                    _lastPass = started;
                    _emptyAt = startedAt;
                    Monitor.PulseAll(_passes);
                }

                if (device.Wait(s_pause) == FrameWait.Stopped)
                {
                    return;
                }
            }
        }
        catch (LinkException failure)
        {
            // The top of a thread: whoever asks next is told.
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
