using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Unix;

// What Linux and macOS declare alike: unistd.h, poll.h, sys/mman.h.
[UnsupportedOSPlatform("windows")]
internal static unsafe partial class LibC
{
    /// <summary>The C library: the loader knows it by this name on Linux (libc.so.6) and on macOS (libSystem).</summary>
    internal const string Library = "libc";

    internal const short POLLIN = 0x0001;
    internal const short POLLOUT = 0x0004;
    internal const short POLLERR = 0x0008;
    internal const short POLLHUP = 0x0010;
    internal const short POLLNVAL = 0x0020;

    internal const int PROT_READ = 0x1;
    internal const int PROT_WRITE = 0x2;
    internal const int PROT_EXEC = 0x4;
    internal const int MAP_SHARED = 0x01;
    internal const int MAP_PRIVATE = 0x02;

    // The same numbers on both.
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int EINTR = 4;
    internal const int EBADF = 9;
    internal const int ENOMEM = 12;
    internal const int EACCES = 13;
    internal const int EBUSY = 16;
    internal const int ENODEV = 19;
    internal const int EINVAL = 22;

    // Takes a number, not a FileDescriptor: it is called by the handle's own release.
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(FileDescriptor fd, byte* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(FileDescriptor fd, byte* buffer, nuint count);

    // poll(2). nfds_t is unsigned long on Linux and unsigned int on macOS: both take a small count in one register.
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll(pollfd* fds, nuint count, int timeoutMilliseconds);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, FileDescriptor fd, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int mprotect(nint address, nuint length, int protection);

    [LibraryImport(Library)]
    internal static partial uint geteuid();

    [LibraryImport(Library)]
    internal static partial uint getuid();
}

/// <summary>struct pollfd (poll.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct pollfd
{
    internal int fd;
    internal short events;
    internal short revents;
}
