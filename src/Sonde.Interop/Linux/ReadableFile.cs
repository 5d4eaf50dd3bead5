using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>A file that is read from its beginning, and looked at through the descriptor itself: it cannot be exchanged for another one meanwhile.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class ReadableFile : IDisposable
{
    private readonly FileDescriptor _file;

    private ReadableFile(FileDescriptor file) => _file = file;

    /// <summary>Opens a file, through a link when it is one; never waits for a writer (a FIFO reads as empty).</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static ReadableFile Open(string path)
    {
        FileDescriptor file = LibC.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC | LibC.O_NONBLOCK);
        if (!file.IsInvalid)
        {
            return new ReadableFile(file);
        }

        NativeError error = NativeError.LastErrno();
        file.Dispose();
        throw new NativeException("open", error);
    }

    /// <summary>Looks at it.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal statx Stat()
    {
        byte empty = 0;
        statx facts = default;

        // SAFETY: an empty terminated path and a struct of the size that the call fills.
        return statx_call(_file, &empty, LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, &facts) == 0
            ? facts
            : throw new NativeException("statx", NativeError.LastErrno());
    }

    /// <summary>Reads on.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    /// <exception cref="NativeException">The system failed to read.</exception>
    internal int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* target = buffer)
            {
                // SAFETY: the pinned span is offered with its true length.
                count = Unix.LibC.read(_file, target, (nuint)buffer.Length);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            NativeError error = NativeError.LastErrno();
            if (error.Code != Unix.LibC.EINTR)
            {
                throw new NativeException("read", error);
            }
        }
    }

    public void Dispose() => _file.Dispose();

    [LibraryImport(Unix.LibC.Library, EntryPoint = "statx", SetLastError = true)]
    private static partial int statx_call(FileDescriptor directory, byte* path, int flags, uint mask, statx* result);
}
