using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

// winsvc.h: all services, and how each is set up. Its numbers are in WinSvc.cs.
internal static unsafe partial class AdvApi32
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int EnumServicesStatusExW(
        ServiceHandle manager, uint level, uint types, uint states, byte* buffer, uint size, uint* needed, uint* count, uint* resume, char* group);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int QueryServiceConfigW(ServiceHandle service, byte* buffer, uint size, uint* needed);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int QueryServiceConfig2W(ServiceHandle service, uint level, byte* buffer, uint size, uint* needed);

    /// <summary>Opens the service control manager of this host.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static ServiceHandle OpenServiceManager(uint access)
    {
        ServiceHandle manager = OpenSCManagerW(null, null, access);
        return manager.IsInvalid ? throw Refused(manager, "OpenSCManager") : manager;
    }

    /// <summary>Opens one service.</summary>
    /// <exception cref="NativeException">The system refused, or there is none of that name any more.</exception>
    internal static ServiceHandle OpenService(ServiceHandle manager, string name, uint access)
    {
        ServiceHandle service = OpenServiceW(manager, name, access);
        return service.IsInvalid ? throw Refused(service, $"OpenService({name})") : service;
    }

    private static NativeException Refused(ServiceHandle handle, string operation)
    {
        NativeError error = NativeError.LastWin32();
        handle.Dispose();
        return new NativeException(operation, error);
    }
}

/// <summary>struct SERVICE_STATUS_PROCESS (winsvc.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SERVICE_STATUS_PROCESS
{
    internal uint dwServiceType;
    internal uint dwCurrentState;
    internal uint dwControlsAccepted;
    internal uint dwWin32ExitCode;
    internal uint dwServiceSpecificExitCode;
    internal uint dwCheckPoint;
    internal uint dwWaitHint;
    internal uint dwProcessId;
    internal uint dwServiceFlags;
}

/// <summary>struct ENUM_SERVICE_STATUS_PROCESSW (winsvc.h): a row of the list; its names lie behind all rows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ENUM_SERVICE_STATUS_PROCESSW
{
    internal nint lpServiceName;
    internal nint lpDisplayName;
    internal SERVICE_STATUS_PROCESS ServiceStatusProcess;
}

/// <summary>struct QUERY_SERVICE_CONFIGW (winsvc.h); its texts lie behind it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct QUERY_SERVICE_CONFIGW
{
    internal uint dwServiceType;
    internal uint dwStartType;
    internal uint dwErrorControl;
    internal nint lpBinaryPathName;
    internal nint lpLoadOrderGroup;
    internal uint dwTagId;
    internal nint lpDependencies;
    internal nint lpServiceStartName;
    internal nint lpDisplayName;
}

/// <summary>struct SERVICE_DESCRIPTIONW (winsvc.h); its text lies behind it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SERVICE_DESCRIPTIONW
{
    internal nint lpDescription;
}

/// <summary>struct SERVICE_DELAYED_AUTO_START_INFO (winsvc.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SERVICE_DELAYED_AUTO_START_INFO
{
    internal int fDelayedAutostart;
}
