using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

/// <summary>The packet capture devices /dev/bpfN, as far as asking whether this process may open one.</summary>
[SupportedOSPlatform("macos")]
internal static class BpfDevice
{
    /// <summary>macOS makes no more of them (net.bpf_maxdevices).</summary>
    internal const int MaxDevices = 256;

    internal static string PathOf(int number) => $"/dev/bpf{number}";

    /// <summary>Opens the device for reading and writing and closes it again.</summary>
    internal static bool TryOpen(int number, out NativeError error)
    {
        while (true)
        {
            using FileDescriptor fd = LibSystem.open(PathOf(number), LibSystem.O_RDWR | LibSystem.O_NONBLOCK | LibSystem.O_CLOEXEC);
            if (!fd.IsInvalid)
            {
                error = default;
                return true;
            }

            error = NativeError.LastDarwinErrno();
            if (error.Code != Darwin.EINTR)
            {
                return false;
            }
        }
    }
}
