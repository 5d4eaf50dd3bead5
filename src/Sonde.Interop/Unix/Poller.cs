using System.Diagnostics;
using System.Runtime.Versioning;

namespace Sonde.Interop.Unix;

/// <summary>What ended a wait.</summary>
internal enum WaitResult
{
    /// <summary>The time ran out.</summary>
    TimedOut,

    /// <summary>The descriptor has something to read (or an error to read).</summary>
    Ready,

    /// <summary>The stop was signalled; it outranks readiness.</summary>
    Stopped,
}

/// <summary>poll(2) over a descriptor and a stop.</summary>
[UnsupportedOSPlatform("windows")]
internal static class Poller
{
    /// <summary>Waits until <paramref name="fd"/> is readable, <paramref name="stop"/> is signalled or the time is over.</summary>
    /// <param name="fd">The descriptor to read from next.</param>
    /// <param name="stop">What ends the wait early, or null.</param>
    /// <param name="timeout">How long at most; negative waits for ever.</param>
    internal static WaitResult Wait(FileDescriptor fd, FileDescriptor? stop, TimeSpan timeout) => Wait(fd, LibC.POLLIN, stop, timeout);

    /// <summary>Waits until <paramref name="fd"/> takes data, <paramref name="stop"/> is signalled or the time is over.</summary>
    /// <param name="fd">The descriptor to write to next.</param>
    /// <param name="stop">What ends the wait early, or null.</param>
    /// <param name="timeout">How long at most; negative waits for ever.</param>
    internal static WaitResult WaitWritable(FileDescriptor fd, FileDescriptor? stop, TimeSpan timeout) => Wait(fd, LibC.POLLOUT, stop, timeout);

    /// <summary>Waits until whoever read the standard output has gone, or the time is over.</summary>
    /// <returns>Whether nobody reads any more: a write would fail. False for an output that is closed here, and for files.</returns>
    internal static unsafe bool WaitForLostReader(TimeSpan timeout)
    {
        const int StandardOutput = 1;
        pollfd output = new() { fd = StandardOutput };

        // SAFETY: the structure is on this stack; a number that is no descriptor is answered with POLLNVAL.
        int count = LibC.poll(&output, 1, (int)Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue));
        if (count < 0)
        {
            NativeError error = NativeError.LastErrno();
            return error.Code == LibC.EINTR ? false : throw new NativeException("poll", error);
        }

        return (output.revents & (LibC.POLLERR | LibC.POLLHUP)) != 0;
    }

    private static unsafe WaitResult Wait(FileDescriptor fd, short events, FileDescriptor? stop, TimeSpan timeout)
    {
        bool fdHeld = false;
        bool stopHeld = false;
        try
        {
            fd.DangerousAddRef(ref fdHeld);
            stop?.DangerousAddRef(ref stopHeld);

            // SAFETY: both descriptors are held open above for as long as the array names them by number.
            pollfd* fds = stackalloc pollfd[2];
            fds[0] = new pollfd { fd = (int)fd.DangerousGetHandle(), events = events };
            fds[1] = new pollfd { fd = stop is null ? -1 : (int)stop.DangerousGetHandle(), events = LibC.POLLIN };

            long started = Stopwatch.GetTimestamp();
            while (true)
            {
                int milliseconds = -1;
                if (timeout >= TimeSpan.Zero)
                {
                    TimeSpan left = timeout - Stopwatch.GetElapsedTime(started);

                    // Rounded up: waking a millisecond early would spin until the time is really over.
                    milliseconds = (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 0, int.MaxValue);
                }

                int count = LibC.poll(fds, 2, milliseconds);
                if (count < 0)
                {
                    NativeError error = NativeError.LastErrno();
                    if (error.Code == LibC.EINTR)
                    {
                        continue;
                    }

                    throw new NativeException("poll", error);
                }

                return fds[1].revents != 0 ? WaitResult.Stopped
                    : fds[0].revents != 0 ? WaitResult.Ready
                    : WaitResult.TimedOut;
            }
        }
        finally
        {
            if (stopHeld)
            {
                stop!.DangerousRelease(); // held only when it is not null
            }

            if (fdHeld)
            {
                fd.DangerousRelease();
            }
        }
    }
}
