using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>A part of a block of memory.</summary>
internal readonly record struct BlockSlice(int Offset, int Length);

/// <summary>Reads and writes of one batch: the descriptor is held once for all of them. None blocks, none throws; each returns a length or -1 with the errno.</summary>
[SupportedOSPlatform("linux")]
internal readonly unsafe ref struct TunTransfer : IDisposable
{
    private readonly FileDescriptor _descriptor;
    private readonly int _fd;
    private readonly bool _isHeld;

    internal TunTransfer(FileDescriptor descriptor)
    {
        _descriptor = descriptor;
        _descriptor.DangerousAddRef(ref _isHeld);
        _fd = (int)descriptor.DangerousGetHandle();
    }

    /// <summary>Reads one packet, with its header.</summary>
    internal int Read(Span<byte> target, out int errno)
    {
        nint count;
        fixed (byte* buffer = target)
        {
            // SAFETY: the descriptor is held until Dispose, the target is pinned and offered with its true length.
            while ((count = LibC.read(_fd, buffer, (nuint)target.Length)) < 0)
            {
                errno = NativeError.LastErrno().Code;
                if (errno != Unix.LibC.EINTR)
                {
                    return -1;
                }
            }
        }

        errno = 0;
        return (int)count;
    }

    /// <summary>Writes one packet, with its header.</summary>
    internal int Write(ReadOnlySpan<byte> packet, out int errno)
    {
        nint count;
        fixed (byte* buffer = packet)
        {
            // SAFETY: as for Read.
            while ((count = LibC.write(_fd, buffer, (nuint)packet.Length)) < 0)
            {
                errno = NativeError.LastErrno().Code;
                if (errno != Unix.LibC.EINTR)
                {
                    return -1;
                }
            }
        }

        errno = 0;
        return (int)count;
    }

    /// <summary>Writes one packet out of a head and of parts of a block, without putting them together first.</summary>
    /// <param name="head">Headers, at the front.</param>
    /// <param name="block">What the parts are of.</param>
    /// <param name="parts">At most <see cref="LibC.IOV_MAX"/> - 1.</param>
    /// <param name="errno">Why not.</param>
    internal int WriteGather(ReadOnlySpan<byte> head, byte[] block, ReadOnlySpan<BlockSlice> parts, out int errno)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(parts.Length, LibC.IOV_MAX, nameof(parts));
        iovec* vector = stackalloc iovec[parts.Length + 1];
        nint count;
        fixed (byte* front = head)
        fixed (byte* start = block)
        {
            vector[0] = new iovec { iov_base = front, iov_len = (nuint)head.Length };
            for (int i = 0; i < parts.Length; i++)
            {
                BlockSlice part = parts[i];
                if ((uint)part.Offset > (uint)block.Length || (uint)part.Length > (uint)(block.Length - part.Offset))
                {
                    throw new ArgumentOutOfRangeException(nameof(parts));
                }

                vector[i + 1] = new iovec { iov_base = start + part.Offset, iov_len = (nuint)part.Length };
            }

            // SAFETY: head and block are pinned, and every part was checked to lie inside the block.
            while ((count = LibC.writev(_fd, vector, parts.Length + 1)) < 0)
            {
                errno = NativeError.LastErrno().Code;
                if (errno != Unix.LibC.EINTR)
                {
                    return -1;
                }
            }
        }

        errno = 0;
        return (int)count;
    }

    public void Dispose()
    {
        if (_isHeld)
        {
            _descriptor.DangerousRelease();
        }
    }
}
