using Sonde.Link;

namespace Sonde.Traffic.Capturing;

/// <summary>A device with the thread that empties it.</summary>
internal sealed class CapturingDevice(FrameDevice device) : IDisposable
{
    private readonly object _passes = new();
    private Thread? _thread;
    private TimeProvider _time = TimeProvider.System;
    private LinkException? _failure;
    private long _lastPass;
    private bool _hasEnded;

    internal FrameDevice Device => device;

    /// <summary>Why it ended; null while it lives.</summary>
    internal LinkException? Failure => Volatile.Read(ref _failure);

    internal void Start(FrameTaker take, TimeProvider time, TimeSpan pause)
    {
        _time = time;
        _lastPass = time.GetTimestamp();
        _thread = new Thread(() => Run(take, pause)) { IsBackground = true, Name = $"sonde names {device.Name}" };
        _thread.Start();
    }

    /// <summary>Waits until the device was found empty at least so long after now.</summary>
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

    private void Run(FrameTaker take, TimeSpan pause)
    {
        try
        {
            do
            {
                long started = _time.GetTimestamp();
                foreach (Frame frame in device.Receive())
                {
                    take(frame);
                }

                lock (_passes)
                {
                    _lastPass = started;
                    Monitor.PulseAll(_passes);
                }
            }
            while (device.Wait(pause) != FrameWait.Stopped);
        }
        catch (LinkException failure)
        {
            // The top of a thread: whoever asks for names next is told.
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
