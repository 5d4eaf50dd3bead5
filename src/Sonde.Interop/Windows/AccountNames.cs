using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>Names of privileges and accounts, and back.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class AccountNames
{
    /// <summary>The name of a privilege: "SeDebugPrivilege".</summary>
    /// <exception cref="NativeException">The system knows no such privilege.</exception>
    internal static string OfPrivilege(LUID privilege)
    {
        AddressedBytes name = new Win32Buffer(128).Ask("LookupPrivilegeName", (Span<byte> room, ref uint length) =>
        {
            uint characters = (uint)room.Length / sizeof(char);
            LUID luid = privilege;
            bool found;
            fixed (byte* start = room)
            {
                // SAFETY: characters tells how much room start has.
                found = AdvApi32.LookupPrivilegeNameW(null, &luid, (char*)start, &characters) != 0;
            }

            int error = Marshal.GetLastPInvokeError();
            length = characters * sizeof(char);
            return found ? Win32.ERROR_SUCCESS : error;
        });
        return MemoryMarshal.Cast<byte, char>(name.Bytes).ToString();
    }

    /// <summary>The number of a privilege until the next start of the system.</summary>
    /// <returns><see langword="false"/> for a name that this system does not know.</returns>
    internal static bool TryFindPrivilege(string name, out LUID privilege)
    {
        privilege = default;
        fixed (LUID* found = &privilege)
        {
            // SAFETY: the call writes one LUID.
            return AdvApi32.LookupPrivilegeValueW(null, name, found) != 0;
        }
    }

    /// <summary>Whether this system has a privilege of that name.</summary>
    internal static bool IsPrivilege(string name)
    {
        LUID luid;

        // SAFETY: the call writes one LUID.
        return AdvApi32.LookupPrivilegeValueW(null, name, &luid) != 0;
    }

    /// <summary>The account of a SID: DOMAIN\name, or the name alone where there is no domain.</summary>
    /// <exception cref="NativeException">No account has that SID, or nobody answered for it.</exception>
    internal static string OfAccount(ReadOnlySpan<byte> sid)
    {
        byte[] account = sid.ToArray();
        int domainAt = 0;
        int nameLength = 0;
        int domainLength = 0;

        // One buffer, two halves: the name in the first, the domain in the second.
        AddressedBytes names = new Win32Buffer(1024).Ask("LookupAccountSid", (Span<byte> room, ref uint length) =>
        {
            int half = room.Length / 2 / sizeof(char);
            uint nameRoom = (uint)half;
            uint domainRoom = (uint)half;
            int use;
            bool found;
            fixed (byte* start = room, bytes = account)
            {
                // SAFETY: both halves have room for half characters each; the SID was checked by whoever parsed it.
                found = AdvApi32.LookupAccountSidW(null, bytes, (char*)start, &nameRoom, (char*)start + half, &domainRoom, &use) != 0;
            }

            int error = Marshal.GetLastPInvokeError();
            domainAt = half;
            nameLength = (int)nameRoom;
            domainLength = (int)domainRoom;
            length = found ? (uint)room.Length : Math.Max(nameRoom, domainRoom) * 2 * sizeof(char);
            return found ? Win32.ERROR_SUCCESS : error;
        });
        ReadOnlySpan<char> text = MemoryMarshal.Cast<byte, char>(names.Bytes);
        ReadOnlySpan<char> name = text[..Math.Clamp(nameLength, 0, domainAt)];
        ReadOnlySpan<char> domain = text.Slice(domainAt, Math.Clamp(domainLength, 0, domainAt));
        return domain.IsEmpty ? name.ToString() : $@"{domain}\{name}";
    }
}
