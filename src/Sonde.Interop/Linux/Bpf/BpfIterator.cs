using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>Takes what an iterator's program wrote, piece by piece, on loan until the call returns.</summary>
internal interface IBpfIteratorSink
{
    /// <summary>Takes the next piece; what one object wrote is never torn apart as long as the buffer is at least <see cref="BpfIterator.BufferSize"/>.</summary>
    public void Take(ReadOnlySpan<byte> piece);
}

/// <summary>Walks over objects of the kernel: what a program writes about each comes out as a stream of bytes.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class BpfIterator
{
    /// <summary>What the kernel gives at most in one read (its own buffer: eight pages).</summary>
    internal static int BufferSize { get; } = 8 * Environment.SystemPageSize;

    // A walk cannot be rewound: each takes a new descriptor, which lives inside Walk alone. As a number, for a SafeHandle would be garbage of
    // every cycle, and a cycle allocates nothing.
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nuint count);

    /// <summary>Does one walk from beginning to end.</summary>
    /// <param name="iterator">From <see cref="BpfLink.AttachIterator"/>.</param>
    /// <param name="buffer">At least <see cref="BufferSize"/> long.</param>
    /// <param name="sink">What takes the bytes.</param>
    /// <exception cref="NativeException">The system refused; E2BIG when the program wrote more about one object than the kernel's buffer holds.</exception>
    internal static void Walk<TSink>(BpfLink iterator, Span<byte> buffer, TSink sink)
        where TSink : IBpfIteratorSink
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer.Length, BufferSize, nameof(buffer));
        using var link = new BorrowedDescriptor(iterator.Descriptor);
        var attribute = new bpf_attr_iter_create { link_fd = link.Number };
        int fd = (int)BpfSyscall.Call(BpfAbi.BPF_ITER_CREATE, ref attribute, out NativeError error);
        if (fd < 0)
        {
            throw new NativeException("bpf(BPF_ITER_CREATE)", error);
        }

        try
        {
            int count;
            while ((count = Read(fd, buffer)) > 0)
            {
                sink.Take(buffer[..count]);
            }
        }
        finally
        {
            Unix.LibC.close(fd);
        }
    }

    private static int Read(int fd, Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* bytes = buffer)
            {
                // SAFETY: the buffer is pinned for the call and its true length is given.
                count = read(fd, bytes, (nuint)buffer.Length);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            // EAGAIN: the kernel looked at a million objects about which nothing was written, and wants to be asked again.
            NativeError error = NativeError.LastErrno();
            if (error.Code is not (Unix.LibC.EINTR or Netlink.EAGAIN))
            {
                throw new NativeException("read(BPF iterator)", error);
            }
        }
    }
}
