using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

// unistd.h and fcntl.h of libSystem.
[SupportedOSPlatform("macos")]
internal static unsafe partial class LibSystem
{
    internal const string Library = Unix.LibC.Library;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int pipe(int* descriptors);
}
