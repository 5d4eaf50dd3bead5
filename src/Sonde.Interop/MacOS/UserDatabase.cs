using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

/// <summary>Names of users as the whole system knows them: its own file, and the directory services behind it.</summary>
[SupportedOSPlatform("macos")]
internal static unsafe class UserDatabase
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Asks for the name of a user; may ask a server when the Mac is bound to one.</summary>
    /// <returns>The bytes of the name; null when nobody has this id, or with the error.</returns>
    internal static byte[]? NameOf(uint id, out NativeError error)
    {
        for (int size = 4096; size <= MaxBytes; size *= 4)
        {
            byte[] buffer = new byte[size];
            passwd entry;
            passwd* result;
            fixed (byte* bytes = buffer)
            {
                // SAFETY: the entry is a local, the buffer pinned with its true length; the name lies in the buffer and is copied while it is pinned.
                int code = LibSystem.getpwuid_r(id, &entry, bytes, (nuint)size, &result);
                if (code == 0)
                {
                    error = default;
                    return result is null || result->pw_name is null ? null : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result->pw_name).ToArray();
                }

                error = new NativeError(NativeErrorDomain.DarwinErrno, code);
                if (code is not (Darwin.ERANGE or Darwin.EINTR))
                {
                    return null;
                }
            }
        }

        error = new NativeError(NativeErrorDomain.DarwinErrno, Darwin.ERANGE);
        return null;
    }
}
