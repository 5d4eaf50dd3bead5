using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

/// <summary>stat(2) in the form of the processor.</summary>
[SupportedOSPlatform("macos")]
internal static unsafe class FileStatus
{
    /// <summary>Reads what a path leads to.</summary>
    /// <param name="path">The path, with its zero at the end.</param>
    /// <param name="facts">What is there.</param>
    /// <param name="error">Why not.</param>
    internal static bool TryRead(ReadOnlySpan<byte> path, out stat facts, out NativeError error)
    {
        facts = default;
        if (path.IsEmpty || path[^1] != 0)
        {
            error = new NativeError(NativeErrorDomain.DarwinErrno, Darwin.EINVAL);
            return false;
        }

        stat result = default;
        int code;
        fixed (byte* name = path)
        {
            do
            {
                // SAFETY: the path is pinned and ends with a zero, the result is a local.
                code = Architecture.IsX64 ? LibSystem.stat_x64(name, &result) : LibSystem.stat_arm64(name, &result);
                error = code == 0 ? default : NativeError.LastDarwinErrno();
            }
            while (code != 0 && error.Code == Darwin.EINTR);
        }

        facts = code == 0 ? result : default;
        return code == 0;
    }
}
