using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Linux;

// net/if.h.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const int IFNAMSIZ = 16;

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial byte* if_indextoname(uint index, byte* name);

    /// <summary>The bytes of the name of an interface of the calling thread's network namespace; empty when there is none of that index.</summary>
    internal static byte[] InterfaceName(int index)
    {
        byte* name = stackalloc byte[IFNAMSIZ];

        // SAFETY: the call writes at most IFNAMSIZ bytes, with a terminating zero.
        return if_indextoname((uint)index, name) is null ? [] : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name).ToArray();
    }
}
