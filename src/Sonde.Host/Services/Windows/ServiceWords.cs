using System.Globalization;
using Sonde.Interop.Windows;

namespace Sonde.Host.Services.Windows;

/// <summary>The numbers of winsvc.h as words.</summary>
internal static class ServiceWords
{
    internal static ServiceKind KindOf(uint type) =>
        (type & WinSvc.SERVICE_DRIVER) != 0 || (type & WinSvc.SERVICE_ADAPTER) != 0 ? ServiceKind.Driver
        : (type & WinSvc.SERVICE_USER_SERVICE) != 0 ? ServiceKind.Agent
        : (type & WinSvc.SERVICE_WIN32) != 0 ? ServiceKind.Service
        : ServiceKind.Other;

    internal static string KindNameOf(uint type)
    {
        string word = (type & ~(WinSvc.SERVICE_INTERACTIVE_PROCESS | WinSvc.SERVICE_USER_SERVICE | WinSvc.SERVICE_USERSERVICE_INSTANCE)) switch
        {
            WinSvc.SERVICE_KERNEL_DRIVER => "kernel driver",
            WinSvc.SERVICE_FILE_SYSTEM_DRIVER => "file system driver",
            WinSvc.SERVICE_RECOGNIZER_DRIVER => "file system recognizer",
            WinSvc.SERVICE_ADAPTER => "adapter",
            WinSvc.SERVICE_WIN32_OWN_PROCESS => "own process",
            WinSvc.SERVICE_WIN32_SHARE_PROCESS => "share process",
            WinSvc.SERVICE_WIN32 => "own or share process",
            _ => Hexadecimal(type),
        };
        return (type & WinSvc.SERVICE_USERSERVICE_INSTANCE) != 0 ? $"{word} (instance for a user)"
            : (type & WinSvc.SERVICE_USER_SERVICE) != 0 ? $"{word} (template for users)"
            : word;
    }

    internal static Reading<ServiceState> StateOf(uint state, bool endedWithError) => state switch
    {
        WinSvc.SERVICE_STOPPED => endedWithError ? ServiceState.Failed : ServiceState.Stopped,
        WinSvc.SERVICE_START_PENDING or WinSvc.SERVICE_CONTINUE_PENDING => ServiceState.Starting,
        WinSvc.SERVICE_STOP_PENDING => ServiceState.Stopping,
        WinSvc.SERVICE_RUNNING => ServiceState.Running,
        WinSvc.SERVICE_PAUSE_PENDING or WinSvc.SERVICE_PAUSED => ServiceState.Paused,
        _ => Reading.Failed<ServiceState>($"the state {state.ToString(CultureInfo.InvariantCulture)} is not known"),
    };

    internal static string StateNameOf(uint state) => state switch
    {
        WinSvc.SERVICE_STOPPED => "STOPPED",
        WinSvc.SERVICE_START_PENDING => "START_PENDING",
        WinSvc.SERVICE_STOP_PENDING => "STOP_PENDING",
        WinSvc.SERVICE_RUNNING => "RUNNING",
        WinSvc.SERVICE_CONTINUE_PENDING => "CONTINUE_PENDING",
        WinSvc.SERVICE_PAUSE_PENDING => "PAUSE_PENDING",
        WinSvc.SERVICE_PAUSED => "PAUSED",
        _ => state.ToString(CultureInfo.InvariantCulture),
    };

    internal static Reading<ServiceStart> StartOf(uint start, bool isDelayed) => start switch
    {
        WinSvc.SERVICE_BOOT_START => ServiceStart.Boot,
        WinSvc.SERVICE_SYSTEM_START => ServiceStart.System,
        WinSvc.SERVICE_AUTO_START => isDelayed ? ServiceStart.Delayed : ServiceStart.Automatic,
        WinSvc.SERVICE_DEMAND_START => ServiceStart.Manual,
        WinSvc.SERVICE_DISABLED => ServiceStart.Disabled,
        _ => Reading.Failed<ServiceStart>($"the start type {start.ToString(CultureInfo.InvariantCulture)} is not known"),
    };

    internal static string StartNameOf(uint start, bool isDelayed) => start switch
    {
        WinSvc.SERVICE_BOOT_START => "BOOT_START",
        WinSvc.SERVICE_SYSTEM_START => "SYSTEM_START",
        WinSvc.SERVICE_AUTO_START => isDelayed ? "AUTO_START (DELAYED)" : "AUTO_START",
        WinSvc.SERVICE_DEMAND_START => "DEMAND_START",
        WinSvc.SERVICE_DISABLED => "DISABLED",
        _ => start.ToString(CultureInfo.InvariantCulture),
    };

    private static string Hexadecimal(uint value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:X}");
}
