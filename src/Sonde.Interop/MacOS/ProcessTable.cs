using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

/// <summary>The table of processes by sysctl(3), which everybody may read, and what it takes to read it without allocating.</summary>
[SupportedOSPlatform("macos")]
internal static unsafe class ProcessTable
{
    private const int Attempts = 12;
    private const int MaxArgumentBytes = 1024 * 1024; // ARG_MAX: the kernel refuses a larger buffer with EINVAL

    /// <summary>Reads a row of every process into <paramref name="buffer"/>, which grows until they fit and is used again.</summary>
    /// <returns>How many bytes of it are rows.</returns>
    /// <exception cref="NativeException">The system refused, or the table outgrew every buffer.</exception>
    internal static int ReadAll(ref byte[] buffer)
    {
        const string Operation = "sysctl(KERN_PROC_ALL)";
        int* name = stackalloc int[4] { Darwin.CTL_KERN, Darwin.KERN_PROC, Darwin.KERN_PROC_ALL, 0 };
        NativeError error = new(NativeErrorDomain.DarwinErrno, Darwin.ENOMEM);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            nuint length = (nuint)buffer.Length;
            if (length > 0)
            {
                fixed (byte* bytes = buffer)
                {
                    // SAFETY: the name is on the stack, the buffer pinned, and their true lengths are given.
                    if (LibSystem.sysctl(name, 4, bytes, &length, null, 0) == 0)
                    {
                        return (int)Math.Min(length, (nuint)buffer.Length);
                    }
                }

                error = NativeError.LastDarwinErrno();
                if (error.Code == Darwin.EINTR)
                {
                    continue;
                }

                if (error.Code != Darwin.ENOMEM)
                {
                    throw new NativeException(Operation, error);
                }
            }

            length = 0;

            // SAFETY: without a buffer only the length, a local, is written.
            if (LibSystem.sysctl(name, 4, null, &length, null, 0) != 0)
            {
                throw new NativeException(Operation, NativeError.LastDarwinErrno());
            }

            if (length > Sysctl.MaxTableBytes)
            {
                throw new NativeException($"{Operation}: {length} bytes", new NativeError(NativeErrorDomain.DarwinErrno, Darwin.ENOMEM));
            }

            // Room for those that start between the two calls, more of it each time; never less than before, for the kernel's estimate may be.
            ulong wanted = length + (length >> 3 << attempt) + 16384;
            buffer = new byte[(int)Math.Min(Math.Max(wanted, (ulong)buffer.Length), Sysctl.MaxTableBytes)];
        }

        throw new NativeException($"{Operation}: the table grew faster than it could be read", error);
    }

    /// <summary>Reads the row of one process; ESRCH when there is none.</summary>
    internal static bool TryReadOne(int pid, out kinfo_proc row, out NativeError error)
    {
        if (Sysctl.TryRead([Darwin.CTL_KERN, Darwin.KERN_PROC, Darwin.KERN_PROC_PID, pid], out row, out error))
        {
            return true;
        }

        // No process is no error to the kernel: it gives no bytes.
        error = error.Code == Darwin.EMSGSIZE ? new NativeError(NativeErrorDomain.DarwinErrno, Darwin.ESRCH) : error;
        row = default;
        return false;
    }

    /// <summary>Reads command line and environment of a process into <paramref name="buffer"/>, which is made once, for the longest that there can be: a shorter one would get their end, not their beginning.</summary>
    internal static bool TryReadArguments(int pid, ref byte[] buffer, out ReadOnlySpan<byte> text, out NativeError error)
    {
        if (buffer.Length == 0)
        {
            bool isKnown = Sysctl.TryRead([Darwin.CTL_KERN, Darwin.KERN_ARGMAX], out int longest, out _);
            buffer = new byte[sizeof(int) + (isKnown ? Math.Clamp(longest, 4096, MaxArgumentBytes) : MaxArgumentBytes)];
        }

        int* name = stackalloc int[3] { Darwin.CTL_KERN, Darwin.KERN_PROCARGS2, pid };
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                nuint length = (nuint)buffer.Length;

                // SAFETY: the name is on the stack, the buffer pinned, and their true lengths are given.
                if (LibSystem.sysctl(name, 3, bytes, &length, null, 0) == 0)
                {
                    text = buffer.AsSpan(0, (int)Math.Min(length, (nuint)buffer.Length));
                    error = default;
                    return true;
                }

                error = NativeError.LastDarwinErrno();
                if (error.Code != Darwin.EINTR)
                {
                    text = default;
                    return false;
                }
            }
        }
    }

    /// <summary>The name in a row, up to its first zero.</summary>
    internal static ReadOnlySpan<byte> NameOf(ref readonly kinfo_proc row)
    {
        ReadOnlySpan<byte> name = row.p_comm;
        int end = name.IndexOf((byte)0);
        return end < 0 ? name : name[..end];
    }
}
