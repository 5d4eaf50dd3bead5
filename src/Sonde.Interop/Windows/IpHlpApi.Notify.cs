using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

// netioapi.h: notifications of changes. The callbacks run on a thread of the system's pool.
internal static unsafe partial class IpHlpApi
{
    [LibraryImport(Library)]
    internal static partial int NotifyIpInterfaceChange(
        ushort family,
        delegate* unmanaged[Stdcall]<nint, void*, int, void> callback,
        nint context,
        byte initialNotification,
        out MibNotification handle);

    [LibraryImport(Library)]
    internal static partial int NotifyUnicastIpAddressChange(
        ushort family,
        delegate* unmanaged[Stdcall]<nint, void*, int, void> callback,
        nint context,
        byte initialNotification,
        out MibNotification handle);

    [LibraryImport(Library)]
    internal static partial int NotifyRouteChange2(
        ushort family,
        delegate* unmanaged[Stdcall]<nint, void*, int, void> callback,
        nint context,
        byte initialNotification,
        out MibNotification handle);

    // Takes a number, not a MibNotification: it is called by the handle's own release.
    [LibraryImport(Library)]
    internal static partial int CancelMibChangeNotify2(nint handle);
}

/// <summary>A registration for change notifications. Its release waits until no callback runs any more.</summary>
[SupportedOSPlatform("windows")]
internal sealed class MibNotification : SafeHandle
{
    public MibNotification()
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => IpHlpApi.CancelMibChangeNotify2(handle) == Win32.ERROR_SUCCESS;
}
