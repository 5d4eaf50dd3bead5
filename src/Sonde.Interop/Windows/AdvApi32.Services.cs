using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

// winsvc.h: whether a service, or a driver, runs.
internal static unsafe partial class AdvApi32
{
    internal const uint SERVICE_RUNNING = 4;

    private const uint SC_MANAGER_CONNECT = 0x0001;
    private const uint SERVICE_QUERY_STATUS = 0x0004;

    [LibraryImport(Library, SetLastError = true)]
    private static partial ServiceHandle OpenSCManagerW(char* machine, char* database, uint access);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial ServiceHandle OpenServiceW(ServiceHandle manager, string name, uint access);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int QueryServiceStatus(ServiceHandle service, SERVICE_STATUS* status);

    [LibraryImport(Library)]
    internal static partial int CloseServiceHandle(nint handle);

    /// <summary>The state of a service or driver, as everybody may ask for it.</summary>
    /// <exception cref="NativeException">The system refused; ERROR_SERVICE_DOES_NOT_EXIST when there is none of that name.</exception>
    internal static uint QueryServiceState(string name)
    {
        using ServiceHandle manager = OpenSCManagerW(null, null, SC_MANAGER_CONNECT);
        if (manager.IsInvalid)
        {
            throw new NativeException("OpenSCManager", NativeError.LastWin32());
        }

        using ServiceHandle service = OpenServiceW(manager, name, SERVICE_QUERY_STATUS);
        if (service.IsInvalid)
        {
            throw new NativeException($"OpenService({name})", NativeError.LastWin32());
        }

        SERVICE_STATUS status = default;

        // SAFETY: the call writes exactly one struct.
        return QueryServiceStatus(service, &status) != 0
            ? status.dwCurrentState
            : throw new NativeException($"QueryServiceStatus({name})", NativeError.LastWin32());
    }
}

/// <summary>A handle of the service control manager.</summary>
[SupportedOSPlatform("windows")]
internal sealed class ServiceHandle : SafeHandle
{
    public ServiceHandle()
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => AdvApi32.CloseServiceHandle(handle) != 0;
}

/// <summary>struct SERVICE_STATUS (winsvc.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SERVICE_STATUS
{
    internal uint dwServiceType;
    internal uint dwCurrentState;
    internal uint dwControlsAccepted;
    internal uint dwWin32ExitCode;
    internal uint dwServiceSpecificExitCode;
    internal uint dwCheckPoint;
    internal uint dwWaitHint;
}
