using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

// sched.h.
[SupportedOSPlatform("linux")]
internal static partial class LibC
{
    internal const int CLONE_NEWNET = 0x40000000;

    // Moves the calling thread, and no other, into the namespace.
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int setns(FileDescriptor fd, int type);
}
