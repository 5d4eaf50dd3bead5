using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Linux;

// linux/capability.h, sys/prctl.h.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
    internal const int PR_GET_NO_NEW_PRIVS = 39;
    internal const int PR_SET_NO_NEW_PRIVS = 38;
    internal const int PR_CAP_AMBIENT = 47;
    internal const int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    /// <summary>Reads the calling thread's capabilities: data points to two structs, the low and the high 32 bits.</summary>
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int capget(__user_cap_header_struct* header, __user_cap_data_struct* data);

    // prctl(2) is variadic: right as declared on Linux, where variadic arguments travel like others.
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}

/// <summary>struct __user_cap_header_struct (linux/capability.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct __user_cap_header_struct
{
    internal uint version;
    internal int pid;
}

/// <summary>struct __user_cap_data_struct (linux/capability.h): 32 of the 64 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct __user_cap_data_struct
{
    internal uint effective;
    internal uint permitted;
    internal uint inheritable;
}
