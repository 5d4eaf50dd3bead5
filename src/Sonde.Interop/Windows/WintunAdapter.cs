using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>An adapter of Wintun. Closing the handle that made it removes it; sessions hold it open.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WintunAdapter : SafeHandle
{
    private readonly Wintun _library;

    internal WintunAdapter(Wintun library, nint adapter)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        _library = library;
        SetHandle(adapter);
        Luid = library.ReadLuid(adapter);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>What the IP Helper functions know it by.</summary>
    internal ulong Luid { get; }

    /// <summary>Starts the exchange of packets; the adapter counts as connected from now on, until the session ends.</summary>
    /// <param name="capacity">The bytes of each of the two rings.</param>
    /// <exception cref="NativeException">The system refused: ERROR_ALREADY_INITIALIZED when there is a session already.</exception>
    internal WintunSession StartSession(int capacity)
    {
        bool isHeld = false;
        DangerousAddRef(ref isHeld);
        try
        {
            nint session = _library.StartSession(handle, (uint)capacity, out nint readEvent);
            return new WintunSession(_library, this, session, readEvent);
        }
        catch
        {
            DangerousRelease();
            throw;
        }
    }

    // SAFETY: no session is left: each holds a reference.
    protected override bool ReleaseHandle()
    {
        _library.WintunCloseAdapter(handle);
        return true;
    }
}
