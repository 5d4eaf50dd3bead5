using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;

namespace Sonde.Tun.MacOS;

/// <summary>Changes of one interface: the routing socket tells that something has changed, and a look tells what.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSTunWatch : TunWatch
{
    private readonly string _name;
    private readonly int _index;
    private readonly RouteSocket _notifications;
    private readonly TunStateChanges _changes;

    /// <summary>Listens first and looks then, so that nothing falls between the two.</summary>
    /// <exception cref="TunException">The system refused, or there is no such interface.</exception>
    internal MacOSTunWatch(string name)
    {
        _name = name;
        try
        {
            _notifications = RouteSocket.Open();
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, name);
        }

        try
        {
            (_index, TunState state) = MacOSTunConfiguration.Find(name)
                ?? throw new TunException(TunFailure.NotFound, "getifaddrs", name, 0, "there is no such interface");
            _changes = new TunStateChanges(name, state);
        }
        catch
        {
            _notifications.Dispose();
            throw;
        }
    }

    protected override void Dispose(bool disposing) => _notifications.Dispose();

    private protected override bool TryWaitCore(TimeSpan timeout, [NotNullWhen(true)] out TunChange? change, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using var stop = (UnixStopSignal)StopSignal.Create(cancellationToken); // of descriptors on every Unix
        try
        {
            while (!_changes.TryTake(out change))
            {
                TimeSpan left = timeout < TimeSpan.Zero ? timeout : timeout - Stopwatch.GetElapsedTime(started);
                if (timeout >= TimeSpan.Zero && left < TimeSpan.Zero)
                {
                    left = TimeSpan.Zero;
                }

                switch (Poller.Wait(_notifications.Descriptor, stop.Waitable, left))
                {
                    case WaitResult.Stopped:
                        cancellationToken.ThrowIfCancellationRequested();
                        break;
                    case WaitResult.TimedOut:
                        return false;
                    default:
                        Look();
                        break;
                }
            }

            return true;
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, _name);
        }
    }

    private void Look()
    {
        bool mustLook = false;
        bool overflowed = _notifications.ReceivePending(datagram => mustLook |= MacOSTunBytes.Concerns(datagram, _index));

        // What was dropped may have been about this interface: a look finds it all the same.
        if (mustLook || overflowed)
        {
            _changes.Look(_name, MacOSTunConfiguration.Find(_name) is { } found && found.Index == _index ? found.State : null);
        }
    }
}
