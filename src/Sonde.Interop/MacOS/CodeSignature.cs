using System.Buffers.Binary;
using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

/// <summary>What the kernel says of the signature of code that runs (csops), and of the protections around it. Everybody may ask.</summary>
[SupportedOSPlatform("macos")]
internal static unsafe class CodeSignature
{
    private const int HeaderBytes = 8; // a magic number and the length of all, both with the most significant byte first

    // A system does not come to export what it lacked: an exception for each process would cost more than the answer.
    private static bool s_lacksSandboxCheck;
    private static bool s_lacksResponsibility;

    /// <summary>Reads a number: CS_OPS_STATUS or CS_OPS_VALIDATION_CATEGORY.</summary>
    internal static bool TryReadNumber(int pid, uint operation, out uint value, out NativeError error)
    {
        uint result = 0;

        // SAFETY: the result is a local and its true size is given.
        bool isRead = LibSystem.csops(pid, operation, &result, sizeof(uint)) == 0;
        error = isRead ? default : NativeError.LastDarwinErrno();
        value = isRead ? result : 0;
        return isRead;
    }

    /// <summary>Reads the hash of the code directory into CS_CDHASH_LEN bytes.</summary>
    internal static bool TryReadHash(int pid, Span<byte> hash, out NativeError error)
    {
        bool isRead;
        fixed (byte* bytes = hash)
        {
            // SAFETY: the buffer is pinned and its true length is given.
            isRead = LibSystem.csops(pid, Darwin.CS_OPS_CDHASH, bytes, (nuint)hash.Length) == 0;
        }

        error = isRead ? default : NativeError.LastDarwinErrno();
        return isRead;
    }

    /// <summary>Reads what stands behind a header: identifier, team, entitlements.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="operation">CS_OPS_IDENTITY, CS_OPS_TEAMID, CS_OPS_ENTITLEMENTS_BLOB or CS_OPS_DER_ENTITLEMENTS_BLOB.</param>
    /// <param name="buffer">Used again; grows to what is needed, never above <paramref name="maxBytes"/>.</param>
    /// <param name="maxBytes">What is believed at most; more is refused with EMSGSIZE.</param>
    /// <param name="content">What stands behind the header; empty when there is nothing.</param>
    /// <param name="error">Why not.</param>
    internal static bool TryReadBlob(int pid, uint operation, ref byte[] buffer, int maxBytes, out ReadOnlySpan<byte> content, out NativeError error)
    {
        content = default;
        if (buffer.Length < HeaderBytes)
        {
            buffer = new byte[512];
        }

        // Twice: the first answer may be how much it takes.
        for (int attempt = 0; attempt < 2; attempt++)
        {
            // Where there is nothing, success leaves the buffer as it was.
            buffer.AsSpan(0, HeaderBytes).Clear();
            bool isRead;
            fixed (byte* bytes = buffer)
            {
                // SAFETY: the buffer is pinned and its true length is given.
                isRead = LibSystem.csops(pid, operation, bytes, (nuint)buffer.Length) == 0;
            }

            error = isRead ? default : NativeError.LastDarwinErrno();
            uint length = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(4));
            if (isRead)
            {
                content = length <= HeaderBytes ? default : buffer.AsSpan(HeaderBytes, (int)Math.Min(length, (uint)buffer.Length) - HeaderBytes);
                return true;
            }

            if (error.Code != Darwin.ERANGE || length <= buffer.Length)
            {
                return false;
            }

            if (length > maxBytes)
            {
                break;
            }

            buffer = new byte[length];
        }

        error = new NativeError(NativeErrorDomain.DarwinErrno, Darwin.EMSGSIZE);
        return false;
    }

    /// <summary>Reads what system integrity protection lets pass (CSR_ALLOW_…); 0 is all of it on.</summary>
    internal static bool TryReadSystemIntegrity(out uint allowed, out NativeError error)
    {
        uint result = 0;

        // SAFETY: the result is a local.
        bool isRead = LibSystem.csr_get_active_config(&result) == 0;
        error = isRead ? default : NativeError.LastDarwinErrno();
        allowed = isRead ? result : 0;
        return isRead;
    }

    /// <summary>Asks the sandbox about a process.</summary>
    /// <returns>1 in a sandbox, 0 in none, -1 with the error; null when this system lacks the private call.</returns>
    internal static int? CheckSandbox(int pid, out NativeError error)
    {
        error = default;
        if (s_lacksSandboxCheck)
        {
            return null;
        }

        try
        {
            int result = LibSystem.sandbox_check(pid, null, 0);
            error = result >= 0 ? default : NativeError.LastDarwinErrno();
            return result;
        }
        catch (EntryPointNotFoundException)
        {
            s_lacksSandboxCheck = true;
            return null;
        }
    }

    /// <summary>Asks who answers for a process.</summary>
    /// <returns>Its id, -1 with the error; null when this system lacks the private call.</returns>
    internal static int? ResponsibleFor(int pid, out NativeError error)
    {
        error = default;
        if (s_lacksResponsibility)
        {
            return null;
        }

        try
        {
            int result = LibSystem.responsibility_get_pid_responsible_for_pid(pid);
            error = result >= 0 ? default : NativeError.LastDarwinErrno();
            return result;
        }
        catch (EntryPointNotFoundException)
        {
            s_lacksResponsibility = true;
            return null;
        }
    }
}
