using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>What the system told of.</summary>
[Flags]
internal enum MibChange
{
    None = 0,
    Interface = 1,
    Address = 2,
    Route = 4,
}

/// <summary>Change notifications of the IP Helper functions, gathered for a thread that waits.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class MibChangeWatch : IDisposable
{
    private readonly AutoResetEvent _event = new(initialState: false);
    private readonly List<MibNotification> _registrations = [];
    private GCHandle<MibChangeWatch> _self;
    private int _pending;
    private bool _disposed;

    private MibChangeWatch() => _self = new GCHandle<MibChangeWatch>(this);

    /// <summary>Signalled when <see cref="Take"/> has something to give; may be signalled once too often.</summary>
    internal WaitHandle Waitable => _event;

    /// <summary>Whether the system gave a handle for every registration. Wine accepts registrations, gives none and never calls.</summary>
    internal bool IsLive { get; private set; }

    /// <summary>Starts to listen to interfaces, addresses and routes of both families.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static MibChangeWatch Start()
    {
        var watch = new MibChangeWatch();
        bool started = false;
        try
        {
            watch.Register();
            started = true;
            return watch;
        }
        finally
        {
            if (!started)
            {
                watch.Dispose();
            }
        }
    }

    /// <summary>What was told since the last time.</summary>
    internal MibChange Take() => (MibChange)Interlocked.Exchange(ref _pending, 0);

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;

        // Cancelling waits for callbacks that run, so nobody holds the context or the event when they go.
        foreach (MibNotification registration in _registrations)
        {
            registration.Dispose();
        }

        _self.Dispose();
        _event.Dispose();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static void OnInterface(nint context, void* row, int type) => Tell(context, MibChange.Interface);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static void OnAddress(nint context, void* row, int type) => Tell(context, MibChange.Address);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static void OnRoute(nint context, void* row, int type) => Tell(context, MibChange.Route);

    private static void Tell(nint context, MibChange change)
    {
        MibChangeWatch watch = GCHandle<MibChangeWatch>.FromIntPtr(context).Target;
        Interlocked.Or(ref watch._pending, (int)change);
        watch._event.Set();
    }

    private void Register()
    {
        nint context = GCHandle<MibChangeWatch>.ToIntPtr(_self);
        try
        {
            // SAFETY: the context is a handle that is freed only after every registration was cancelled (Dispose).
            Keep("NotifyIpInterfaceChange", IpHlpApi.NotifyIpInterfaceChange(IpHlpApi.AF_UNSPEC, &OnInterface, context, 0, out MibNotification handle), handle);
            Keep("NotifyUnicastIpAddressChange", IpHlpApi.NotifyUnicastIpAddressChange(IpHlpApi.AF_UNSPEC, &OnAddress, context, 0, out handle), handle);
            Keep("NotifyRouteChange2", IpHlpApi.NotifyRouteChange2(IpHlpApi.AF_UNSPEC, &OnRoute, context, 0, out handle), handle);
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            throw Win32.Missing("NotifyIpInterfaceChange", missing);
        }

        IsLive = _registrations.TrueForAll(static registration => !registration.IsInvalid);
    }

    private void Keep(string operation, int error, MibNotification registration)
    {
        _registrations.Add(registration);
        if (error != Win32.ERROR_SUCCESS)
        {
            throw new NativeException(operation, Win32.Error(error));
        }
    }
}
