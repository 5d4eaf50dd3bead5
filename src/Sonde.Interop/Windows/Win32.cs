namespace Sonde.Interop.Windows;

// winerror.h: the errors that are told apart.
internal static class Win32
{
    internal const int ERROR_SUCCESS = 0;
    internal const int ERROR_FILE_NOT_FOUND = 2;
    internal const int ERROR_PATH_NOT_FOUND = 3;
    internal const int ERROR_ACCESS_DENIED = 5;
    internal const int ERROR_NOT_ENOUGH_MEMORY = 8;
    internal const int ERROR_INVALID_DATA = 13;
    internal const int ERROR_NO_MORE_FILES = 18;
    internal const int ERROR_BAD_UNIT = 20;
    internal const int ERROR_GEN_FAILURE = 31;
    internal const int ERROR_HANDLE_EOF = 38;
    internal const int ERROR_NOT_SUPPORTED = 50;
    internal const int ERROR_INVALID_PARAMETER = 87;
    internal const int ERROR_BUFFER_OVERFLOW = 111;
    internal const int ERROR_INSUFFICIENT_BUFFER = 122;
    internal const int ERROR_INVALID_LEVEL = 124;
    internal const int ERROR_MOD_NOT_FOUND = 126;
    internal const int ERROR_PROC_NOT_FOUND = 127;
    internal const int ERROR_ALREADY_EXISTS = 183;
    internal const int ERROR_BAD_EXE_FORMAT = 193;
    internal const int ERROR_NO_DATA = 232;
    internal const int ERROR_MORE_DATA = 234;
    internal const int ERROR_NO_MORE_ITEMS = 259;
    internal const int ERROR_NO_SUCH_DEVICE = 433;
    internal const int ERROR_SERVICE_DOES_NOT_EXIST = 1060;
    internal const int ERROR_NOT_FOUND = 1168;
    internal const int ERROR_ALREADY_INITIALIZED = 1247;
    internal const int ERROR_NOT_ALL_ASSIGNED = 1300;
    internal const int ERROR_NO_SUCH_PRIVILEGE = 1313;
    internal const int ERROR_NONE_MAPPED = 1332;
    internal const int ERROR_NO_SYSTEM_RESOURCES = 1450;
    internal const int ERROR_DEVICE_REMOVED = 1617;
    internal const int ERROR_WMI_INSTANCE_NOT_FOUND = 4201;
    internal const int ERROR_OBJECT_ALREADY_EXISTS = 5010;

    /// <summary>A Win32 error that a function returned (the IP Helper functions return theirs).</summary>
    internal static NativeError Error(int code) => new(NativeErrorDomain.Win32, code);

    /// <summary>Whether an exception says that this Windows lacks the function or its DLL.</summary>
    internal static bool IsMissing(Exception exception) => exception is EntryPointNotFoundException or DllNotFoundException;

    /// <summary>The refusal of a function that this Windows does not have.</summary>
    internal static NativeException Missing(string operation, Exception missing) =>
        new(operation, Error(ERROR_PROC_NOT_FOUND), missing is DllNotFoundException ? "this system lacks the DLL" : "this system's DLL lacks the function");
}
