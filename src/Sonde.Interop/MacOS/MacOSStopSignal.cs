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
            throw new NativeException("pipe", NativeError.LastDarwinErrno());
        }

        var read = new FileDescriptor();
        var write = new FileDescriptor();
        Marshal.InitHandle(read, ends[0]);
        Marshal.InitHandle(write, ends[1]);
        try
        {
            foreach (FileDescriptor end in (ReadOnlySpan<FileDescriptor>)[read, write])
            {
                LibSystem.CloseOnExec(end);

                // A pipe that is full of unread signals must not hold up the thread that signals once more.
                LibSystem.NonBlocking(end);
            }
        }
        catch
        {
            read.Dispose();
            write.Dispose();
            throw;
        }

        return (read, write);
    }
}
