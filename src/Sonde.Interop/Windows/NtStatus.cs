namespace Sonde.Interop.Windows;

// ntstatus.h: the answers that are told apart. Negative numbers are refusals.
internal static class NtStatus
{
    internal const int STATUS_SUCCESS = 0;
    internal const int STATUS_PARTIAL_COPY = unchecked((int)0x8000000D);
    internal const int STATUS_BUFFER_OVERFLOW = unchecked((int)0x80000005);
    internal const int STATUS_NOT_IMPLEMENTED = unchecked((int)0xC0000002);
    internal const int STATUS_INVALID_INFO_CLASS = unchecked((int)0xC0000003);
    internal const int STATUS_INFO_LENGTH_MISMATCH = unchecked((int)0xC0000004);
    internal const int STATUS_INVALID_CID = unchecked((int)0xC000000B);
    internal const int STATUS_INVALID_PARAMETER = unchecked((int)0xC000000D);
    internal const int STATUS_ACCESS_DENIED = unchecked((int)0xC0000022);
    internal const int STATUS_BUFFER_TOO_SMALL = unchecked((int)0xC0000023);
    internal const int STATUS_OBJECT_NAME_NOT_FOUND = unchecked((int)0xC0000034);
    internal const int STATUS_OBJECT_PATH_NOT_FOUND = unchecked((int)0xC000003A);
    internal const int STATUS_PRIVILEGE_NOT_HELD = unchecked((int)0xC0000061);
    internal const int STATUS_NOT_SUPPORTED = unchecked((int)0xC00000BB);
    internal const int STATUS_PROCESS_IS_TERMINATING = unchecked((int)0xC000010A);
    internal const int STATUS_FILE_DELETED = unchecked((int)0xC0000123);
    internal const int STATUS_NOT_FOUND = unchecked((int)0xC0000225);
}
