using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Unix;

/// <summary>A Unix file descriptor from the call that made it to its close.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class FileDescriptor : SafeHandle
{
    public FileDescriptor()
        : base(invalidHandleValue: -1, ownsHandle: true)
    {
    }

    // The C functions return an int, and the upper half of the register that becomes this handle is whatever they left there: often zeros.
    public override bool IsInvalid => (int)handle < 0;

    // close(2): after EINTR the descriptor is gone on Linux and in an unknown state on macOS, so it is never retried.
    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
