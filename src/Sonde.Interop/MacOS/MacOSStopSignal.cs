using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

/// <summary>A stop made of a pipe: macOS has no eventfd.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSStopSignal : UnixStopSignal
{
    internal MacOSStopSignal()
        : this(OpenPipe())
    {
    }

    private MacOSStopSignal((FileDescriptor Read, FileDescriptor Write) pipe)
        : base(pipe.Read, pipe.Write)
    {
    }

    private static unsafe (FileDescriptor Read, FileDescriptor Write) OpenPipe()
    {
        int* ends = stackalloc int[2];

        // SAFETY: pipe(2) writes exactly two ints.
        if (LibSystem.pipe(ends) != 0)
        {
            throw new NativeException("pipe", NativeError.LastErrno());
        }

        var read = new FileDescriptor();
        var write = new FileDescriptor();
        Marshal.InitHandle(read, ends[0]);
        Marshal.InitHandle(write, ends[1]);
        return (read, write);
    }
}
