using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

/// <summary>What libproc says of one process. A refusal is an error number, never an exception, and nothing allocates.</summary>
[SupportedOSPlatform("macos")]
internal static unsafe class ProcessInfo
{
    /// <summary>Also of a process that has ended and waits for its parent; only some flavors know it.</summary>
    internal const ulong AlsoEnded = 1;

    /// <summary>Reads one flavor of proc_pidinfo.</summary>
    /// <returns><see langword="false"/> with the error when the system refused or gave less than the whole struct (EMSGSIZE).</returns>
    internal static bool TryRead<T>(int pid, int flavor, ulong argument, out T value, out NativeError error)
        where T : unmanaged
    {
        T result = default;

        // SAFETY: the result is a local and its true size is given.
        int length = LibSystem.proc_pidinfo(pid, flavor, argument, &result, sizeof(T));
        error = length == sizeof(T) ? default
            : length <= 0 ? LastError()
            : new NativeError(NativeErrorDomain.DarwinErrno, Darwin.EMSGSIZE);
        value = length == sizeof(T) ? result : default;
        return length == sizeof(T);
    }

    /// <summary>Counts open descriptors; <paramref name="buffer"/> grows until they fit and is used again.</summary>
    /// <returns>How many, or -1 with the error.</returns>
    internal static int CountDescriptors(int pid, ref byte[] buffer, out NativeError error)
    {
        const int MaxBytes = 64 * 1024 * 1024;
        if (buffer.Length == 0)
        {
            buffer = new byte[1024 * Darwin.PROC_PIDLISTFD_SIZE];
        }

        while (true)
        {
            int length;
            fixed (byte* bytes = buffer)
            {
                // SAFETY: the buffer is pinned and its true length is given.
                length = LibSystem.proc_pidinfo(pid, Darwin.PROC_PIDLISTFDS, 0, bytes, buffer.Length);
            }

            if (length <= 0)
            {
                // A process without descriptors is nothing and no error.
                error = NativeError.LastDarwinErrno();
                return error.Code == 0 ? 0 : -1;
            }

            // A full buffer says that there may be more; the kernel does not.
            if (length < buffer.Length || buffer.Length >= MaxBytes)
            {
                error = default;
                return Math.Min(length, buffer.Length) / Darwin.PROC_PIDLISTFD_SIZE;
            }

            buffer = new byte[buffer.Length * 2];
        }
    }

    /// <summary>Reads how much a process used.</summary>
    internal static bool TryReadUsage(int pid, int version, out rusage_info_v6 usage, out NativeError error)
    {
        rusage_info_v6 result = default;

        // SAFETY: the result is a local, and at least as large as every version that is asked for.
        bool isRead = LibSystem.proc_pid_rusage(pid, version, &result) == 0;
        error = isRead ? default : LastError();
        usage = isRead ? result : default;
        return isRead;
    }

    /// <summary>The session of a process, or -1 with the error.</summary>
    internal static int SessionOf(int pid, out NativeError error)
    {
        int session = LibSystem.getsid(pid);
        error = session >= 0 ? default : LastError();
        return session;
    }

    /// <summary>The path of the file that a process runs from, into <paramref name="buffer"/> of PROC_PIDPATHINFO_MAXSIZE bytes.</summary>
    internal static bool TryReadPath(int pid, Span<byte> buffer, out int length, out NativeError error)
    {
        fixed (byte* bytes = buffer)
        {
            // SAFETY: the buffer is pinned and its true length is given.
            length = LibSystem.proc_pidpath(pid, bytes, (uint)buffer.Length);
        }

        error = length > 0 ? default : LastError();
        length = Math.Clamp(length, 0, buffer.Length);
        return length > 0;
    }

    /// <summary>How long a Mach tick is, in nanoseconds, as a fraction; 1/1 when the system does not say.</summary>
    internal static mach_timebase_info Timebase()
    {
        mach_timebase_info info = default;

        // SAFETY: the result is a local.
        bool isRead = LibSystem.mach_timebase_info(&info) == Darwin.KERN_SUCCESS && info is { numer: > 0, denom: > 0 };
        return isRead ? info : new mach_timebase_info { numer = 1, denom = 1 };
    }

    // Nothing without a reason is a failure too, and never a value.
    private static NativeError LastError()
    {
        NativeError error = NativeError.LastDarwinErrno();
        return error.Code != 0 ? error : new NativeError(NativeErrorDomain.DarwinErrno, Darwin.EIO);
    }
}
