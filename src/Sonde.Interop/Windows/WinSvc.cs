namespace Sonde.Interop.Windows;

// winsvc.h and winnt.h: the numbers of services, which are read on every system.
internal static class WinSvc
{
    internal const uint SC_MANAGER_ENUMERATE_SERVICE = 0x0004;
    internal const uint SERVICE_QUERY_CONFIG = 0x0001;

    internal const uint SERVICE_KERNEL_DRIVER = 0x01;
    internal const uint SERVICE_FILE_SYSTEM_DRIVER = 0x02;
    internal const uint SERVICE_ADAPTER = 0x04;
    internal const uint SERVICE_RECOGNIZER_DRIVER = 0x08;
    internal const uint SERVICE_DRIVER = SERVICE_KERNEL_DRIVER | SERVICE_FILE_SYSTEM_DRIVER | SERVICE_RECOGNIZER_DRIVER;
    internal const uint SERVICE_WIN32_OWN_PROCESS = 0x10;
    internal const uint SERVICE_WIN32_SHARE_PROCESS = 0x20;
    internal const uint SERVICE_WIN32 = SERVICE_WIN32_OWN_PROCESS | SERVICE_WIN32_SHARE_PROCESS;
    internal const uint SERVICE_USER_SERVICE = 0x40;
    internal const uint SERVICE_USERSERVICE_INSTANCE = 0x80;
    internal const uint SERVICE_INTERACTIVE_PROCESS = 0x100;

    internal const uint SERVICE_ACTIVE = 1;
    internal const uint SERVICE_STATE_ALL = 3;

    internal const uint SERVICE_STOPPED = 1;
    internal const uint SERVICE_START_PENDING = 2;
    internal const uint SERVICE_STOP_PENDING = 3;
    internal const uint SERVICE_RUNNING = 4;
    internal const uint SERVICE_CONTINUE_PENDING = 5;
    internal const uint SERVICE_PAUSE_PENDING = 6;
    internal const uint SERVICE_PAUSED = 7;

    internal const uint SERVICE_BOOT_START = 0;
    internal const uint SERVICE_SYSTEM_START = 1;
    internal const uint SERVICE_AUTO_START = 2;
    internal const uint SERVICE_DEMAND_START = 3;
    internal const uint SERVICE_DISABLED = 4;

    internal const uint SERVICE_CONFIG_DESCRIPTION = 1;
    internal const uint SERVICE_CONFIG_DELAYED_AUTO_START_INFO = 3;

    internal const uint SC_ENUM_PROCESS_INFO = 0;
}
