using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>What the security authority knows of a logon session.</summary>
/// <param name="Type">SECURITY_LOGON_TYPE (ntsecapi.h).</param>
/// <param name="Package">Which package vouched for the user.</param>
[SupportedOSPlatform("windows")]
internal readonly unsafe partial record struct LogonSession(uint Type, string Package)
{
    private const int LongestName = 512; // bytes

    /// <summary>Asks for a session, which takes its own user or an administrator.</summary>
    /// <returns>A status of ntdll.</returns>
    internal static int Read(ulong id, out LogonSession session)
    {
        session = default;
        var luid = new LUID { LowPart = (uint)id, HighPart = (int)(id >> 32) };
        SECURITY_LOGON_SESSION_DATA* data = null;

        // SAFETY: the call reads one LUID and writes one pointer.
        int status = LsaGetLogonSessionData(&luid, &data);
        if (status < 0 || data == null)
        {
            return status < 0 ? status : NtStatus.STATUS_NOT_SUPPORTED;
        }

        // SAFETY: on success there is a whole struct, whose text has the length it says; it is freed after its last use.
        UNICODE_STRING package = data->AuthenticationPackage;
        session = new LogonSession(
            data->LogonType, package.Buffer == 0 ? string.Empty : new string((char*)package.Buffer, 0, Math.Min(package.Length, (ushort)LongestName) / sizeof(char)));
        _ = LsaFreeReturnBuffer(data);
        return NtStatus.STATUS_SUCCESS;
    }

    [LibraryImport("secur32.dll")]
    private static partial int LsaGetLogonSessionData(LUID* id, SECURITY_LOGON_SESSION_DATA** data);

    [LibraryImport("secur32.dll")]
    private static partial int LsaFreeReturnBuffer(void* buffer);
}

/// <summary>struct SECURITY_LOGON_SESSION_DATA (ntsecapi.h), as far as it is read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SECURITY_LOGON_SESSION_DATA
{
    internal uint Size;
    internal LUID LogonId;
    internal UNICODE_STRING UserName;
    internal UNICODE_STRING LogonDomain;
    internal UNICODE_STRING AuthenticationPackage;
    internal uint LogonType;
    internal uint Session;
}
