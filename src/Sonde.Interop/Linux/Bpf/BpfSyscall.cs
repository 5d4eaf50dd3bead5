using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux.Bpf;

// bpf(2) and perf_event_open(2): glibc has no functions for them.
[SupportedOSPlatform("linux")]
internal static unsafe partial class BpfSyscall
{
    private const int MaxAttempts = 10;

    /// <summary>The numbers of the two calls on this processor.</summary>
    internal static (nint Bpf, nint PerfEventOpen) Numbers => Architecture.IsX64 ? (321, 298) : (280, 241);

    // syscall(2) is variadic, which on Linux changes nothing about how its arguments travel.
    [LibraryImport(Unix.LibC.Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint syscall(nint number, nint command, void* attribute, nuint size);

    [LibraryImport(Unix.LibC.Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial FileDescriptor syscall_fd(nint number, nint command, void* attribute, nuint size);

    [LibraryImport(Unix.LibC.Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial FileDescriptor perf_event_open(nint number, perf_event_attr* attribute, nint pid, nint cpu, nint group, nuint flags);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    private static partial int ioctl(FileDescriptor fd, nuint request, nuint argument);

    /// <summary>Gives one command of bpf(2).</summary>
    /// <returns>What the kernel returned, or -1 with <paramref name="error"/>.</returns>
    internal static nint Call<T>(int command, ref T attribute, out NativeError error)
        where T : unmanaged
    {
        for (int attempt = 1; ; attempt++)
        {
            nint result;
            fixed (T* pinned = &attribute)
            {
                // SAFETY: the attribute is pinned and its true size is given; what its pointers name is pinned by the caller.
                result = syscall(Numbers.Bpf, command, pinned, (nuint)sizeof(T));
            }

            error = result < 0 ? NativeError.LastErrno() : default;
            if (result >= 0 || !IsTransient(error, attempt))
            {
                return result;
            }
        }
    }

    /// <summary>Gives one command of bpf(2) that answers with a descriptor.</summary>
    /// <returns>The descriptor; invalid, with <paramref name="error"/>, when the kernel refused.</returns>
    internal static FileDescriptor Open<T>(int command, ref T attribute, out NativeError error)
        where T : unmanaged
    {
        for (int attempt = 1; ; attempt++)
        {
            FileDescriptor fd;
            fixed (T* pinned = &attribute)
            {
                // SAFETY: as in Call.
                fd = syscall_fd(Numbers.Bpf, command, pinned, (nuint)sizeof(T));
            }

            error = fd.IsInvalid ? NativeError.LastErrno() : default;
            if (!fd.IsInvalid || !IsTransient(error, attempt))
            {
                return fd;
            }

            fd.Dispose();
        }
    }

    /// <summary>Opens a perf event of the whole system on one processor.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static FileDescriptor OpenPerfEvent(perf_event_attr attribute, int cpu)
    {
        // SAFETY: the attribute is a local of the size that it names.
        FileDescriptor fd = perf_event_open(Numbers.PerfEventOpen, &attribute, -1, cpu, -1, BpfAbi.PERF_FLAG_FD_CLOEXEC);
        return fd.IsInvalid ? throw new NativeException("perf_event_open", NativeError.LastErrno()) : fd;
    }

    /// <summary>Gives a command to a perf event.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static void Control(FileDescriptor perfEvent, uint request, nuint argument, string operation)
    {
        if (ioctl(perfEvent, request, argument) < 0)
        {
            throw new NativeException(operation, NativeError.LastErrno());
        }
    }

    // EAGAIN: the verifier was interrupted by a signal, which the runtime sends to its own threads.
    private static bool IsTransient(NativeError error, int attempt) =>
        error.Code == Unix.LibC.EINTR || (error.Code == Netlink.EAGAIN && attempt < MaxAttempts);
}
