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

    // C returns an int: its -1 need not fill the upper half of the register that the handle is read from.
    public override bool IsInvalid => (int)handle == -1;

    // close(2): after EINTR the descriptor is gone on Linux and in an unknown state on macOS, so it is never retried.
    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
