using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Unix;

/// <summary>Memory that the kernel maps for us, shared with a descriptor; it leaves as spans that must not outlive it.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class MappedMemory : SafeHandle
{
    private readonly nuint _length;

    private MappedMemory(nint address, nuint length)
        : base(invalidHandleValue: -1, ownsHandle: true)
    {
        SetHandle(address);
        _length = length;
    }

    public override bool IsInvalid => handle == -1; // MAP_FAILED

    /// <summary>How many bytes are mapped.</summary>
    internal long Length => (long)_length;

    /// <summary>Maps <paramref name="length"/> bytes of <paramref name="fd"/> from its start, readable and writable, shared.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static MappedMemory Map(FileDescriptor fd, long length) =>
        Map(fd, 0, length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED);

    /// <summary>Maps a part of <paramref name="fd"/>, readable and writable, shared.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static MappedMemory Map(FileDescriptor fd, long offset, long length) =>
        Map(fd, offset, length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED);

    /// <summary>Maps a part of <paramref name="fd"/> for reading; writing through a slice of it ends the process.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static MappedMemory MapReadOnly(FileDescriptor fd, long offset, long length, bool isShared) =>
        Map(fd, offset, length, LibC.PROT_READ, isShared ? LibC.MAP_SHARED : LibC.MAP_PRIVATE);

    private static MappedMemory Map(FileDescriptor fd, long offset, long length, int protection, int flags)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        nint address = LibC.mmap(0, (nuint)length, protection, flags, fd, offset);
        return address == -1
            ? throw new NativeException("mmap", NativeError.LastErrno())
            : new MappedMemory(address, (nuint)length);
    }

    /// <summary>A part of the mapping, valid until this is disposed.</summary>
    internal unsafe Span<byte> Slice(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, (long)_length - count);

        // SAFETY: offset and count lie inside the mapping (checked above), which stays until the release of this handle.
        return new Span<byte>((byte*)handle + offset, count);
    }

    protected override bool ReleaseHandle() => LibC.munmap(handle, _length) == 0;
}
