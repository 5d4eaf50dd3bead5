using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

/// <summary>A part of a block of memory, and how much of it was filled.</summary>
internal record struct UtunSlot(int Offset, int Length);

/// <summary>Reads and writes of one batch: the descriptor is held once for all of them. None blocks, none throws; each returns a count or -1 with the errno.</summary>
[SupportedOSPlatform("macos")]
internal readonly unsafe ref struct UtunTransfer : IDisposable
{
    /// <summary>The most packets of one batched call; the kernel's own limit is 256 (kern.ipc.maxrecvmsgx).</summary>
    internal const int MaxPackets = 64;

    private readonly FileDescriptor _descriptor;
    private readonly int _fd;
    private readonly bool _isHeld;

    internal UtunTransfer(FileDescriptor descriptor)
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
            while ((count = LibSystem.read_held(_fd, buffer, (nuint)target.Length)) < 0)
            {
                errno = NativeError.LastDarwinErrno().Code;
                if (errno != Darwin.EINTR)
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
            while ((count = LibSystem.write_held(_fd, buffer, (nuint)packet.Length)) < 0)
            {
                errno = NativeError.LastDarwinErrno().Code;
                if (errno != Darwin.EINTR)
                {
                    return -1;
                }
            }
        }

        errno = 0;
        return (int)count;
    }

    /// <summary>Reads several packets, each with its header, into parts of a block; their lengths are written into the slots.</summary>
    internal int ReadMany(byte[] block, Span<UtunSlot> slots, out int errno) => Move(block, slots, isSend: false, out errno);

    /// <summary>Writes several packets, each with its header, out of parts of a block.</summary>
    internal int WriteMany(byte[] block, Span<UtunSlot> slots, out int errno) => Move(block, slots, isSend: true, out errno);

    public void Dispose()
    {
        if (_isHeld)
        {
            _descriptor.DangerousRelease();
        }
    }

    private int Move(byte[] block, Span<UtunSlot> slots, bool isSend, out int errno)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots.Length, MaxPackets, nameof(slots));
        msghdr_x* messages = stackalloc msghdr_x[MaxPackets];
        iovec* vectors = stackalloc iovec[MaxPackets];
        nint count;
        fixed (byte* start = block)
        {
            for (int i = 0; i < slots.Length; i++)
            {
                UtunSlot slot = slots[i];
                if ((uint)slot.Offset > (uint)block.Length || (uint)slot.Length > (uint)(block.Length - slot.Offset))
                {
                    throw new ArgumentOutOfRangeException(nameof(slots));
                }

                vectors[i] = new iovec { iov_base = start + slot.Offset, iov_len = (nuint)slot.Length };
                messages[i] = new msghdr_x { msg_iov = vectors + i, msg_iovlen = 1 };
            }

            // SAFETY: the block is pinned, every slot was checked to lie inside it, and messages and vectors are locals of this call.
            do
            {
                count = isSend
                    ? LibSystem.sendmsg_x(_fd, messages, (uint)slots.Length, Darwin.MSG_DONTWAIT)
                    : LibSystem.recvmsg_x(_fd, messages, (uint)slots.Length, Darwin.MSG_DONTWAIT);
                errno = count < 0 ? NativeError.LastDarwinErrno().Code : 0;
            }
            while (count < 0 && errno == Darwin.EINTR && !isSend); // a send that was interrupted may have sent some
        }

        for (int i = 0; !isSend && i < count; i++)
        {
            slots[i].Length = (int)Math.Min(messages[i].msg_datalen, (nuint)slots[i].Length);
        }

        return (int)count;
    }
}
