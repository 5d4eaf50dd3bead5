using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Tun.Windows;

/// <summary>Changes of one adapter by Notify…Change: the notification says that something of the kind has changed, a look says what.</summary>
/// <remarks>What changed and changed back between two looks was never there.</remarks>
[SupportedOSPlatform("windows")]
internal sealed class WindowsTunWatch : TunWatch
{
    private readonly MibChangeWatch _notifications;
    private readonly WindowsTunConfiguration _configuration;
    private readonly TunStateChanges _changes;
    private readonly string _device;
    private readonly ulong _luid;

    /// <summary>Listens first and looks then, so that nothing falls between the two.</summary>
    /// <exception cref="TunException">The system refused, or does not tell.</exception>
    internal WindowsTunWatch(ulong luid, string device)
    {
        _device = device;
        _luid = luid;
        _configuration = new WindowsTunConfiguration(luid, device);
        try
        {
            _notifications = MibChangeWatch.Start();
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, device);
        }

        try
        {
            if (!_notifications.IsLive)
            {
                throw new TunException(TunFailure.Unavailable, "NotifyIpInterfaceChange", device, 0, "this system takes the registration and never tells of a change");
            }

            _changes = new TunStateChanges(device, _configuration.ReadState());
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
        WaitHandle[] waitables = [cancellationToken.WaitHandle, _notifications.Waitable];
        while (!_changes.TryTake(out change))
        {
            TimeSpan left = timeout < TimeSpan.Zero ? timeout : timeout - Stopwatch.GetElapsedTime(started);
            int milliseconds = timeout < TimeSpan.Zero ? Timeout.Infinite : (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 0, int.MaxValue);
            switch (WaitHandle.WaitAny(waitables, milliseconds))
            {
                case 0:
                    cancellationToken.ThrowIfCancellationRequested();
                    break;
                case WaitHandle.WaitTimeout:
                    return false;
                default:
                    if ((_notifications.Take() & (MibChange.Interface | MibChange.Address)) != MibChange.None)
                    {
                        Look();
                    }

                    break;
            }
        }

        return true;
    }

    private void Look()
    {
        try
        {
            TunState state = _configuration.ReadState();
            _changes.Look(IpHlpApi.ReadInterfaceAlias(_luid), state);
        }
        catch (TunException refused) when (refused.Failure == TunFailure.Gone)
        {
            _changes.Look(_device, state: null);
        }
        catch (NativeException)
        {
            // It went between the two questions.
            _changes.Look(_device, state: null);
        }
    }
}
