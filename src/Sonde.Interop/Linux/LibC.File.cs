using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

// fcntl.h.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const int O_RDONLY = 0;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_CLOEXEC = 0x80000;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
    internal const int F_DUPFD_CLOEXEC = 1030;

    // open(2) is variadic, but only its mode is, and that is not passed without O_CREAT.
    [LibraryImport(Unix.LibC.Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial FileDescriptor open(string path, int flags);

    // fcntl(2) is variadic: right as declared on Linux.
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int fcntl(FileDescriptor fd, int command, int argument);

    // F_DUPFD_CLOEXEC, of a number that a foreign handle holds.
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial FileDescriptor fcntl(int fd, int command, int argument);

    /// <summary>Reads a whole file, at most <paramref name="maxBytes"/> of it, never waiting for a writer (a FIFO reads as empty).</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Where to stop.</param>
    /// <param name="truncated">Whether there was more.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static byte[] ReadFile(string path, int maxBytes, out bool truncated)
    {
        using FileDescriptor file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (file.IsInvalid)
        {
            throw new NativeException("open", NativeError.LastErrno());
        }

        byte[] bytes = new byte[Math.Min(maxBytes + 1, 4096)];
        int length = 0;
        while (true)
        {
            if (length == bytes.Length)
            {
                if (length > maxBytes)
                {
                    break;
                }

                Array.Resize(ref bytes, (int)Math.Min((long)bytes.Length * 2, maxBytes + 1L));
            }

            nint count;
            fixed (byte* target = &bytes[length])
            {
                // SAFETY: the rest of the pinned array is offered with its true length.
                count = Unix.LibC.read(file, target, (nuint)(bytes.Length - length));
            }

            if (count == 0)
            {
                break;
            }

            if (count < 0)
            {
                NativeError error = NativeError.LastErrno();
                if (error.Code == Unix.LibC.EINTR)
                {
                    continue;
                }

                throw new NativeException("read", error);
            }

            length += (int)count;
        }

        truncated = length > maxBytes;
        Array.Resize(ref bytes, Math.Min(length, maxBytes));
        return bytes;
    }
}
