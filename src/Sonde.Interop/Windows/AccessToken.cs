using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>An access token: who a process is and what it may do.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class AccessToken : SafeHandle
{
    public AccessToken()
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle is 0 or -1;

    /// <summary>Opens the token of this process.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static AccessToken OpenOwn(uint access)
    {
        if (AdvApi32.OpenProcessToken(AdvApi32.GetCurrentProcess(), access, out AccessToken token) != 0)
        {
            return token;
        }

        NativeError error = NativeError.LastWin32();
        token.Dispose();
        throw new NativeException("OpenProcessToken", error);
    }

    /// <summary>Opens the token of another process.</summary>
    /// <returns>A Win32 error; ERROR_SUCCESS with a token.</returns>
    internal static int TryOpen(ProcessHandle process, uint access, out AccessToken? token)
    {
        if (AdvApi32.OpenProcessToken(process, access, out AccessToken opened) != 0)
        {
            token = opened;
            return Win32.ERROR_SUCCESS;
        }

        int error = Marshal.GetLastPInvokeError();
        opened.Dispose();
        token = null;
        return error;
    }

    /// <summary>Asks for a class whose answer is one value.</summary>
    /// <returns>A Win32 error.</returns>
    internal int TryQuery<T>(TOKEN_INFORMATION_CLASS what, out T value)
        where T : unmanaged
    {
        value = default;
        uint size;
        fixed (T* start = &value)
        {
            // SAFETY: the size tells how much room start has.
            return AdvApi32.GetTokenInformation(this, what, (byte*)start, (uint)sizeof(T), &size) != 0 ? Win32.ERROR_SUCCESS : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Switches a privilege that the token holds.</summary>
    /// <returns>ERROR_SUCCESS; ERROR_NOT_ALL_ASSIGNED for one that it does not hold; another Win32 error.</returns>
    internal int SwitchPrivilege(LUID privilege, bool isOn, out bool wasOn)
    {
        wasOn = false;
        var request = new TOKEN_PRIVILEGES
        {
            PrivilegeCount = 1,
            Privileges = new LUID_AND_ATTRIBUTES { Luid = privilege, Attributes = isOn ? AdvApi32.SE_PRIVILEGE_ENABLED : 0 },
        };
        TOKEN_PRIVILEGES before = default;
        uint size;

        // SAFETY: both structs have room for the one privilege that they speak of.
        int done = AdvApi32.AdjustTokenPrivileges(this, 0, (byte*)&request, (uint)sizeof(TOKEN_PRIVILEGES), (byte*)&before, &size);

        // It succeeds with a remark when the privilege is not held.
        int error = Marshal.GetLastPInvokeError();
        if (done == 0 || error == Win32.ERROR_NOT_ALL_ASSIGNED)
        {
            return error;
        }

        // What did not change is not among the previous state.
        wasOn = before.PrivilegeCount == 0 ? isOn : (before.Privileges.Attributes & AdvApi32.SE_PRIVILEGE_ENABLED) != 0;
        return Win32.ERROR_SUCCESS;
    }

    /// <summary>Asks for <paramref name="what"/>; the answer lies in <paramref name="buffer"/> until its next use.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal AddressedBytes Query(TOKEN_INFORMATION_CLASS what, Win32Buffer buffer) =>
        buffer.Ask($"GetTokenInformation({what})", (Span<byte> room, ref uint length) =>
        {
            uint size = (uint)room.Length;
            fixed (byte* start = room)
            {
                // SAFETY: size tells how much room start has.
                if (AdvApi32.GetTokenInformation(this, what, start, size, &size) != 0)
                {
                    length = size;
                    return Win32.ERROR_SUCCESS;
                }
            }

            int error = Marshal.GetLastPInvokeError();
            length = size;
            return error;
        });

    /// <summary>Removes privileges for good. What could not be removed is seen by reading the privileges again.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal void RemovePrivileges(ReadOnlySpan<LUID> privileges)
    {
        int first = sizeof(TOKEN_PRIVILEGES) - sizeof(LUID_AND_ATTRIBUTES);
        byte[] request = new byte[first + (privileges.Length * sizeof(LUID_AND_ATTRIBUTES))];
        MemoryMarshal.Write(request, (uint)privileges.Length);
        Span<LUID_AND_ATTRIBUTES> rows = MemoryMarshal.Cast<byte, LUID_AND_ATTRIBUTES>(request.AsSpan(first));
        for (int i = 0; i < privileges.Length; i++)
        {
            rows[i] = new LUID_AND_ATTRIBUTES { Luid = privileges[i], Attributes = AdvApi32.SE_PRIVILEGE_REMOVED };
        }

        fixed (byte* start = request)
        {
            // SAFETY: the request holds as many rows as its count says; no previous state is asked for.
            int done = AdvApi32.AdjustTokenPrivileges(this, 0, start, 0, null, null);

            // "Not all assigned" is success with a remark: one of them was not held any more, which is what was wanted.
            NativeError error = NativeError.LastWin32();
            if (done == 0)
            {
                throw new NativeException("AdjustTokenPrivileges(SE_PRIVILEGE_REMOVED)", error);
            }
        }
    }

    protected override bool ReleaseHandle() => AdvApi32.CloseHandle(handle) != 0;
}
