using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

// sys/eventfd.h.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const int EFD_CLOEXEC = 0x80000;
    internal const int EFD_NONBLOCK = 0x800;

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial FileDescriptor eventfd(uint initial, int flags);

    /// <summary>A new eventfd, not inherited by child processes, never blocking its writer.</summary>
    internal static FileDescriptor OpenEvent()
    {
        FileDescriptor fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        return fd.IsInvalid ? throw new NativeException("eventfd", NativeError.LastErrno()) : fd;
    }
}
