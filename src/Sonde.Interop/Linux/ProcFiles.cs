using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>Reads a mounted proc file system by plain system calls into buffers of its own: no allocation a file, no path looked up twice.</summary>
/// <remarks>
/// Answers are lengths, or negative error numbers, because a process that ended is no exception here. What is read lies in one buffer and is
/// gone with the next call. One thread at a time.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class ProcFiles : IDisposable
{
    private const int DirectoryBytes = 32 * 1024;
    private const int FirstBytes = 8 * 1024;
    private const int ShortPath = 256;
    private const int None = -1;

    private readonly FileDescriptor _root;
    private readonly int _rootNumber;
    private readonly byte[] _directory = GC.AllocateUninitializedArray<byte>(DirectoryBytes, pinned: true);
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(FirstBytes, pinned: true);
    private int[] _ids = new int[1024];
    private int _process = None;
    private bool _isDisposed;

    private ProcFiles(FileDescriptor root)
    {
        _root = root;
        bool isHeld = false;
        root.DangerousAddRef(ref isHeld); // until Dispose: the number below stays valid as long as this object
        _rootNumber = (int)root.DangerousGetHandle();
    }

    /// <summary>Opens the folder where a proc file system is mounted.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static ProcFiles Open(string root)
    {
        FileDescriptor folder = LibC.open(root, LibC.O_RDONLY | LibC.O_CLOEXEC);
        if (!folder.IsInvalid)
        {
            return new ProcFiles(folder);
        }

        NativeError error = NativeError.LastErrno();
        folder.Dispose();
        throw new NativeException("open", error);
    }

    /// <summary>The ids of all processes, in the order in which the kernel lists them; good until the next list.</summary>
    /// <exception cref="NativeException">The folder cannot be listed.</exception>
    internal ReadOnlySpan<int> ListIds()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lseek(_rootNumber, 0, LibC.SEEK_SET);
        int count = 0;
        while (true)
        {
            nint length;
            fixed (byte* target = _directory)
            {
                // SAFETY: the pinned array is offered with its true length.
                length = getdents64(_rootNumber, target, (nuint)_directory.Length);
            }

            if (length == 0)
            {
                return _ids.AsSpan(0, count);
            }

            if (length < 0)
            {
                NativeError error = NativeError.LastErrno();
                if (error.Code == Unix.LibC.EINTR)
                {
                    continue;
                }

                throw new NativeException("getdents64", error);
            }

            AddIds(_directory.AsSpan(0, (int)length), ref count);
        }
    }

    /// <summary>Opens the folder of a process: all that is read until <see cref="Leave"/> is of this very process, or an error when it ended.</summary>
    /// <returns>0, or a negative error number.</returns>
    internal int Enter(int pid)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Leave();
        Span<byte> path = stackalloc byte[ShortPath];
        Utf8Formatter.TryFormat(pid, path, out int length);
        int folder = OpenAt(_rootNumber, path[..length], LibC.O_PATH | LibC.O_CLOEXEC);
        if (folder < 0)
        {
            return folder;
        }

        _process = folder;
        return 0;
    }

    /// <summary>Closes the folder that <see cref="Enter"/> opened.</summary>
    internal void Leave()
    {
        if (_process != None)
        {
            _ = Unix.LibC.close(_process);
            _process = None;
        }
    }

    /// <summary>Reads a file of the process that was entered.</summary>
    /// <param name="file">Its name: "status".</param>
    /// <param name="text">What it holds, at most <paramref name="maxBytes"/> of it.</param>
    /// <param name="maxBytes">Where to stop.</param>
    /// <param name="isWhole">Whether the kernel gives all of the file to one call that has room for it, as it does for most.</param>
    /// <returns>The length, or a negative error number. A length of <paramref name="maxBytes"/> says that there may be more.</returns>
    internal int Read(ReadOnlySpan<byte> file, out ReadOnlySpan<byte> text, int maxBytes = 1024 * 1024, bool isWhole = true) =>
        ReadAt(_process, file, out text, maxBytes, isWhole);

    /// <summary>Reads one file of a process without entering it.</summary>
    /// <returns>The length, or a negative error number.</returns>
    internal int ReadOne(int pid, ReadOnlySpan<byte> file, out ReadOnlySpan<byte> text, int maxBytes = FirstBytes)
    {
        Span<byte> path = stackalloc byte[ShortPath];
        Utf8Formatter.TryFormat(pid, path, out int length);
        path[length++] = (byte)'/';
        file.CopyTo(path[length..]);
        return ReadAt(_rootNumber, path[..(length + file.Length)], out text, maxBytes, isWhole: true);
    }

    /// <summary>Reads a file of the root: "uptime", "self/mountinfo".</summary>
    /// <returns>The length, or a negative error number.</returns>
    internal int ReadRoot(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> text, int maxBytes = 1024 * 1024) =>
        ReadAt(_rootNumber, path, out text, maxBytes, isWhole: false);

    /// <summary>Counts what a folder of the process that was entered holds, by listing it.</summary>
    /// <returns>The number of entries, or a negative error number.</returns>
    internal int CountEntries(ReadOnlySpan<byte> folder)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        int directory = OpenAt(_process, folder, LibC.O_RDONLY | LibC.O_CLOEXEC);
        if (directory < 0)
        {
            return directory;
        }

        int count = 0;
        nint length;
        do
        {
            fixed (byte* target = _directory)
            {
                // SAFETY: the pinned array is offered with its true length.
                length = getdents64(directory, target, (nuint)_directory.Length);
            }

            count += CountRecords(_directory.AsSpan(0, Math.Max((int)length, 0)));
        }
        while (length > 0);
        int error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Unix.LibC.close(directory);
        return error != 0 ? -error : count - 2; // without . and ..
    }

    /// <summary>Reads a link of the process that was entered.</summary>
    /// <returns>The length of its target, or a negative error number.</returns>
    internal int ReadLink(ReadOnlySpan<byte> file, out ReadOnlySpan<byte> target) => ReadLinkAt(_process, file, out target);

    /// <summary>Reads a link of the root: "self/ns/pid".</summary>
    /// <returns>The length of its target, or a negative error number.</returns>
    internal int ReadRootLink(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> target) => ReadLinkAt(_rootNumber, path, out target);

    /// <summary>Looks at a file of the process that was entered, through a link when it is one.</summary>
    /// <returns>0, or a negative error number.</returns>
    internal int Stat(ReadOnlySpan<byte> file, out statx facts) => StatAt(_process, file, out facts);

    /// <summary>Looks at a file of this process's own root.</summary>
    /// <returns>0, or a negative error number.</returns>
    internal static int StatOwn(ReadOnlySpan<byte> path, out statx facts) => StatAt(LibC.AT_FDCWD, path, out facts);

    /// <summary>Reads an extended attribute of a file of a process, through a link when it is one.</summary>
    /// <returns>The length, or a negative error number.</returns>
    internal static int ReadAttribute(string path, string name, Span<byte> value)
    {
        fixed (byte* target = value)
        {
            // SAFETY: the pinned span is offered with its true length.
            nint length = getxattr(path, name, target, (nuint)value.Length);
            return length >= 0 ? (int)length : -Marshal.GetLastPInvokeError();
        }
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Leave();
            _root.DangerousRelease();
            _root.Dispose();
        }
    }

    // struct linux_dirent64: inode, offset, length of the record at 16, type at 18, name at 19.
    private void AddIds(ReadOnlySpan<byte> entries, ref int count)
    {
        const int NameOffset = 19;
        while (entries.Length > NameOffset)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(entries[16..]);
            if (length <= NameOffset || length > entries.Length)
            {
                return;
            }

            if (entries[NameOffset] is >= (byte)'1' and <= (byte)'9'
                && Utf8Parser.TryParse(entries[NameOffset..length], out int id, out int used)
                && NameOffset + used < length
                && entries[NameOffset + used] == 0)
            {
                if (count == _ids.Length)
                {
                    Array.Resize(ref _ids, count * 2);
                }

                _ids[count++] = id;
            }

            entries = entries[length..];
        }
    }

    private static int CountRecords(ReadOnlySpan<byte> entries)
    {
        int count = 0;
        while (entries.Length > 18 && BinaryPrimitives.ReadUInt16LittleEndian(entries[16..]) is > 18 and var length && length <= entries.Length)
        {
            count++;
            entries = entries[length..];
        }

        return count;
    }

    private int ReadAt(int directory, scoped ReadOnlySpan<byte> path, out ReadOnlySpan<byte> text, int maxBytes, bool isWhole)
    {
        text = default;
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        int file = OpenAt(directory, path, LibC.O_RDONLY | LibC.O_CLOEXEC);
        if (file < 0)
        {
            return file;
        }

        int length = 0;
        while (true)
        {
            nint count;
            fixed (byte* target = &_buffer[length])
            {
                // SAFETY: the rest of the array is offered with its true length.
                count = read(file, target, (nuint)(Math.Min(_buffer.Length, maxBytes) - length));
            }

            if (count < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == Unix.LibC.EINTR)
                {
                    continue;
                }

                _ = Unix.LibC.close(file);
                return -error;
            }

            length += (int)count;
            bool isFull = length == Math.Min(_buffer.Length, maxBytes);
            if (count == 0 || length >= maxBytes || (isWhole && !isFull))
            {
                break;
            }

            if (isFull)
            {
                byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(_buffer.Length * 4L, Math.Max(maxBytes, FirstBytes)), pinned: true);
                _buffer.AsSpan(0, length).CopyTo(larger);
                _buffer = larger;
            }
        }

        _ = Unix.LibC.close(file);
        text = _buffer.AsSpan(0, length);
        return length;
    }

    private int ReadLinkAt(int directory, scoped ReadOnlySpan<byte> path, out ReadOnlySpan<byte> target)
    {
        target = default;
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Span<byte> terminated = path.Length < ShortPath ? stackalloc byte[ShortPath] : new byte[path.Length + 1];
        Terminate(path, terminated);
        nint length;
        fixed (byte* name = terminated)
        fixed (byte* text = _buffer)
        {
            // SAFETY: a terminated path, and the buffer with its true length.
            length = readlinkat(directory, name, text, (nuint)_buffer.Length);
        }

        if (length < 0)
        {
            return -Marshal.GetLastPInvokeError();
        }

        target = _buffer.AsSpan(0, (int)length);
        return (int)length;
    }

    private static int StatAt(int directory, ReadOnlySpan<byte> path, out statx facts)
    {
        facts = default;
        Span<byte> terminated = path.Length < ShortPath ? stackalloc byte[ShortPath] : new byte[path.Length + 1];
        Terminate(path, terminated);
        fixed (byte* name = terminated)
        fixed (statx* result = &facts)
        {
            // SAFETY: a terminated path and a struct of the size that the call fills.
            return statx_call(directory, name, 0, LibC.STATX_BASIC_STATS, result) == 0 ? 0 : -Marshal.GetLastPInvokeError();
        }
    }

    private static int OpenAt(int directory, ReadOnlySpan<byte> path, int flags)
    {
        if (path.Length >= ShortPath)
        {
            return -LibC.ENAMETOOLONG; // names in /proc are short; what is longer was never made by us
        }

        Span<byte> terminated = stackalloc byte[ShortPath];
        Terminate(path, terminated);
        while (true)
        {
            fixed (byte* name = terminated)
            {
                // SAFETY: a terminated path on the stack.
                int file = openat(directory, name, flags);
                if (file >= 0)
                {
                    return file;
                }
            }

            int error = Marshal.GetLastPInvokeError();
            if (error != Unix.LibC.EINTR)
            {
                return -error;
            }
        }
    }

    private static void Terminate(ReadOnlySpan<byte> path, Span<byte> target)
    {
        path.CopyTo(target);
        target[path.Length] = 0;
    }

    // By numbers of descriptors, because a handle object a file would be garbage ten thousand times a cycle. They never leave this class.
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    private static partial int openat(int directory, byte* path, int flags); // variadic only in its mode, which is not passed without O_CREAT

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    private static partial nint getdents64(int directory, byte* buffer, nuint count);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    private static partial long lseek(int fd, long offset, int whence);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    private static partial nint readlinkat(int directory, byte* path, byte* buffer, nuint count);

    [LibraryImport(Unix.LibC.Library, EntryPoint = "statx", SetLastError = true)]
    private static partial int statx_call(int directory, byte* path, int flags, uint mask, statx* result);

    [LibraryImport(Unix.LibC.Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getxattr(string path, string name, byte* value, nuint size);
}
