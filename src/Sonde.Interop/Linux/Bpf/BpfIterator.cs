using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>One walk over objects of the kernel: what the program writes about each comes out as a stream of bytes.</summary>
[SupportedOSPlatform("linux")]
internal static class BpfIterator
{
    /// <summary>Starts a walk. Its results are read with <see cref="Read"/> until that returns 0.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static FileDescriptor Open(BpfLink iterator)
    {
        using var link = new BorrowedDescriptor(iterator.Descriptor);
        var attribute = new bpf_attr_iter_create { link_fd = link.Number };
        FileDescriptor fd = BpfSyscall.Open(BpfAbi.BPF_ITER_CREATE, ref attribute, out NativeError error);
        if (fd.IsInvalid)
        {
            fd.Dispose();
            throw new NativeException("bpf(BPF_ITER_CREATE)", error);
        }

        return fd;
    }

    /// <summary>Reads on; the kernel gives at most 32 KiB at a time, and never a part of what one object wrote unless the buffer is too small for it.</summary>
    /// <returns>How many bytes came; 0 at the end of the walk.</returns>
    /// <exception cref="NativeException">The system refused; E2BIG when a program wrote more about one object than the kernel's buffer holds.</exception>
    internal static unsafe int Read(FileDescriptor walk, Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            NativeError error = default;
            fixed (byte* bytes = buffer)
            {
                // SAFETY: the buffer is pinned for the call and its true length is given.
                count = Unix.LibC.read(walk, bytes, (nuint)buffer.Length);
                if (count < 0)
                {
                    error = NativeError.LastErrno();
                }
            }

            if (count >= 0)
            {
                return (int)count;
            }

            // EAGAIN: the kernel looked at a million objects without output and wants to be asked again.
            if (error.Code is not (Unix.LibC.EINTR or Netlink.EAGAIN))
            {
                throw new NativeException("read(BPF iterator)", error);
            }
        }
    }
}
