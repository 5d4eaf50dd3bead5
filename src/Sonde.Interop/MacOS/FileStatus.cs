using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

/// <summary>stat(2) in the form of the processor, and names of devices.</summary>
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

    /// <summary>The name below /dev of a character device; null when it has none.</summary>
    internal static byte[]? NameOfDevice(uint device)
    {
        const ushort CharacterDevice = 0x2000; // S_IFCHR
        Span<byte> name = stackalloc byte[128];
        name.Clear();
        fixed (byte* bytes = name)
        {
            // SAFETY: the buffer is on the stack and its true length is given; one byte stays zero behind what is written.
            if (LibSystem.devname_r(device, CharacterDevice, bytes, name.Length - 1) is null)
            {
                return null;
            }
        }

        name = name[..name.IndexOf((byte)0)];
        return name.IsEmpty || name.SequenceEqual("??"u8) ? null : name.ToArray();
    }
}
