using System.Runtime.InteropServices;

namespace Sonde.Interop.MacOS;

// sys/codesign.h, sys/csr.h and, without a header of Apple's, libsystem_sandbox and libquarantine.
internal static unsafe partial class LibSystem
{
    /// <summary>0, or -1 with errno set.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int csops(int pid, uint operation, void* buffer, nuint size);

    /// <summary>0, or -1 with errno set.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int csr_get_active_config(uint* config);

    /// <summary>Without an operation: 1 when the process is in a sandbox, 0 when not, -1 when it failed. Private; the "..." behind its type stays empty, so that no argument is variadic.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sandbox_check(int pid, byte* operation, int type);

    /// <summary>The process that answers for another, or -1. Private.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int responsibility_get_pid_responsible_for_pid(int pid);
}
