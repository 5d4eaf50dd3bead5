using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

// processthreadsapi.h, securitybaseapi.h, winbase.h and winnt.h: access tokens and privileges.
[SupportedOSPlatform("windows")]
internal static unsafe partial class AdvApi32
{
    internal const string Library = "advapi32.dll";

    internal const uint TOKEN_QUERY = 0x0008;
    internal const uint TOKEN_ADJUST_PRIVILEGES = 0x0020;

    internal const uint SE_PRIVILEGE_ENABLED_BY_DEFAULT = 0x00000001;
    internal const uint SE_PRIVILEGE_ENABLED = 0x00000002;
    internal const uint SE_PRIVILEGE_REMOVED = 0x00000004;

    internal const uint SE_GROUP_ENABLED = 0x00000004;
    internal const uint SE_GROUP_USE_FOR_DENY_ONLY = 0x00000010;

    internal const int TokenElevationTypeDefault = 1;
    internal const int TokenElevationTypeFull = 2;
    internal const int TokenElevationTypeLimited = 3;

    // kernel32: a constant pseudo handle that needs no closing; asked for all the same, as its value is not documented as fixed.
    [LibraryImport("kernel32.dll")]
    internal static partial nint GetCurrentProcess();

    [LibraryImport("kernel32.dll")]
    internal static partial int CloseHandle(nint handle);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int OpenProcessToken(nint process, uint access, out AccessToken token);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int OpenProcessToken(ProcessHandle process, uint access, out AccessToken token);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int GetTokenInformation(AccessToken token, TOKEN_INFORMATION_CLASS what, byte* buffer, uint size, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int AdjustTokenPrivileges(AccessToken token, int disableAll, byte* newState, uint size, byte* previous, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int LookupPrivilegeNameW(char* system, LUID* luid, char* name, uint* length);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial int LookupPrivilegeValueW(string? system, string name, LUID* luid);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int LookupAccountSidW(char* system, byte* sid, char* name, uint* nameLength, char* domain, uint* domainLength, int* use);
}

/// <summary>enum TOKEN_INFORMATION_CLASS (winnt.h): the classes read here.</summary>
internal enum TOKEN_INFORMATION_CLASS
{
    TokenUser = 1,
    TokenGroups = 2,
    TokenPrivileges = 3,
    TokenStatistics = 10,
    TokenSessionId = 12,
    TokenElevationType = 18,
    TokenElevation = 20,
    TokenVirtualizationEnabled = 24,
    TokenIntegrityLevel = 25,
    TokenUIAccess = 26,
    TokenIsAppContainer = 29,
    TokenAppContainerSid = 31,
}

/// <summary>struct LUID (winnt.h): a number that names a privilege until the next start of the system.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LUID
{
    internal uint LowPart;
    internal int HighPart;
}

/// <summary>struct LUID_AND_ATTRIBUTES (winnt.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LUID_AND_ATTRIBUTES
{
    internal LUID Luid;
    internal uint Attributes;
}

/// <summary>struct SID_AND_ATTRIBUTES (winnt.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SID_AND_ATTRIBUTES
{
    internal nint Sid;
    internal uint Attributes;
}

/// <summary>struct TOKEN_USER (winnt.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TOKEN_USER
{
    internal SID_AND_ATTRIBUTES User;
}

/// <summary>struct TOKEN_MANDATORY_LABEL (winnt.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TOKEN_MANDATORY_LABEL
{
    internal SID_AND_ATTRIBUTES Label;
}

/// <summary>struct TOKEN_GROUPS (winnt.h): a count, then groups; declared for the place of the first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TOKEN_GROUPS
{
    internal uint GroupCount;
    internal SID_AND_ATTRIBUTES Groups;
}

/// <summary>struct TOKEN_PRIVILEGES (winnt.h): a count, then privileges; declared for the place of the first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TOKEN_PRIVILEGES
{
    internal uint PrivilegeCount;
    internal LUID_AND_ATTRIBUTES Privileges;
}

/// <summary>struct TOKEN_ELEVATION (winnt.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TOKEN_ELEVATION
{
    internal uint TokenIsElevated;
}

/// <summary>struct TOKEN_APPCONTAINER_INFORMATION (winnt.h): a null pointer outside of app containers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TOKEN_APPCONTAINER_INFORMATION
{
    internal nint TokenAppContainer;
}

/// <summary>struct TOKEN_STATISTICS (winnt.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TOKEN_STATISTICS
{
    internal LUID TokenId;
    internal LUID AuthenticationId; // the logon session
    internal long ExpirationTime;
    internal int TokenType;
    internal int ImpersonationLevel;
    internal uint DynamicCharged;
    internal uint DynamicAvailable;
    internal uint GroupCount;
    internal uint PrivilegeCount;
    internal LUID ModifiedId;
}
