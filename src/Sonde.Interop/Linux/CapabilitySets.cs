using System.Runtime.Versioning;

namespace Sonde.Interop.Linux;

/// <summary>The capability sets of the calling thread.</summary>
internal readonly record struct CapabilitySets(ulong Effective, ulong Permitted, ulong Inheritable)
{
    /// <summary>Asks the kernel.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    [SupportedOSPlatform("linux")]
    internal static unsafe CapabilitySets Read()
    {
        var header = new __user_cap_header_struct { version = LibC._LINUX_CAPABILITY_VERSION_3 };
        __user_cap_data_struct* data = stackalloc __user_cap_data_struct[2];

        // SAFETY: version 3 of the call writes exactly two structs.
        return LibC.capget(&header, data) == 0
            ? new CapabilitySets(
                Join(data[0].effective, data[1].effective),
                Join(data[0].permitted, data[1].permitted),
                Join(data[0].inheritable, data[1].inheritable))
            : throw new NativeException("capget", NativeError.LastErrno());

        static ulong Join(uint low, uint high) => ((ulong)high << 32) | low;
    }
}
