using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Unix;

namespace Sonde.Tun.Unix;

/// <summary>A watch over a socket on which the system tells of changes.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
internal abstract class UnixTunWatch(string device) : TunWatch
{
    /// <summary>The socket.</summary>
    private protected abstract FileDescriptor Notifications { get; }

    private protected sealed override bool TryWaitCore(TimeSpan timeout, [NotNullWhen(true)] out TunChange? change, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using var stop = (UnixStopSignal)StopSignal.Create(cancellationToken); // of descriptors on every Unix
        try
        {
            while (!TryTake(out change))
            {
                TimeSpan left = timeout < TimeSpan.Zero ? timeout : timeout - Stopwatch.GetElapsedTime(started);
                if (timeout >= TimeSpan.Zero && left < TimeSpan.Zero)
                {
                    left = TimeSpan.Zero;
                }

                switch (Poller.Wait(Notifications, stop.Waitable, left))
                {
                    case WaitResult.Stopped:
                        cancellationToken.ThrowIfCancellationRequested();
                        break;
                    case WaitResult.TimedOut:
                        return false;
                    default:
                        Receive();
                        break;
                }
            }

            return true;
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, device);
        }
    }

    /// <summary>Takes the next change that is known.</summary>
    private protected abstract bool TryTake([NotNullWhen(true)] out TunChange? change);

    /// <summary>Reads what the socket has.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    private protected abstract void Receive();
}
