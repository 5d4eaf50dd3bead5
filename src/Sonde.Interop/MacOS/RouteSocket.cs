using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

/// <summary>Takes one datagram of the routing socket, on loan until the call returns.</summary>
internal delegate void RouteMessageHandler(ReadOnlySpan<byte> messages);

/// <summary>A PF_ROUTE socket: the kernel tells every change of links, addresses and routes. Listening needs no right.</summary>
/// <remarks>One thread at a time.</remarks>
[SupportedOSPlatform("macos")]
internal sealed class RouteSocket : IDisposable
{
    // The kernel gives 8 KiB unless asked, some sixty messages, and drops what does not fit without a word.
    private const int ReceiveBytes = 256 * 1024;

    // rtm_msglen is 16 bits wide, so no message is longer.
    private readonly byte[] _buffer = new byte[ushort.MaxValue + 1];
    private readonly FileDescriptor _socket;

    private RouteSocket(FileDescriptor socket) => _socket = socket;

    /// <summary>Readable when a message waits.</summary>
    internal FileDescriptor Descriptor => _socket;

    /// <summary>Opens a socket that listens from now on.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static unsafe RouteSocket Open()
    {
        FileDescriptor fd = LibSystem.socket(Darwin.PF_ROUTE, Darwin.SOCK_RAW, Darwin.AF_UNSPEC);
        if (fd.IsInvalid)
        {
            NativeError error = NativeError.LastDarwinErrno();
            fd.Dispose();
            throw new NativeException("socket(PF_ROUTE)", error);
        }

        try
        {
            LibSystem.CloseOnExec(fd);
            int bytes = ReceiveBytes;

            // SAFETY: four bytes of a local. A refusal (a limit below this) leaves a smaller buffer, which works as well until it is full.
            LibSystem.setsockopt(fd, LibSystem.SOL_SOCKET, LibSystem.SO_RCVBUF, &bytes, sizeof(int));
            return new RouteSocket(fd);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>Reads every message that waits now, without blocking.</summary>
    /// <returns>Whether the kernel says that it dropped messages (ENOBUFS).</returns>
    /// <exception cref="NativeException">The socket broke.</exception>
    internal unsafe bool ReceivePending(RouteMessageHandler handler)
    {
        bool overflowed = false;

        // Bounded: under a storm the caller gets its turn after this many datagrams.
        for (int datagrams = 0; datagrams < 1024; datagrams++)
        {
            nint received;
            fixed (byte* bytes = _buffer)
            {
                // SAFETY: the buffer is pinned and its true length is given.
                received = LibSystem.recv(_socket, bytes, (nuint)_buffer.Length, Darwin.MSG_DONTWAIT);
            }

            if (received >= 0)
            {
                handler(_buffer.AsSpan(0, (int)received));
                continue;
            }

            NativeError error = NativeError.LastDarwinErrno();
            switch (error.Code)
            {
                case Darwin.EINTR:
                    break;
                case Darwin.ENOBUFS:
                    overflowed = true;
                    break;
                case Darwin.EAGAIN:
                    return overflowed;
                default:
                    throw new NativeException("recv(PF_ROUTE)", error);
            }
        }

        return overflowed;
    }

    /// <summary>Sends one request; what the kernel answers is the error of the call, and a copy of the message that nobody has to read.</summary>
    internal unsafe bool TrySend(ReadOnlySpan<byte> message, out NativeError error)
    {
        fixed (byte* bytes = message)
        {
            // SAFETY: the message is pinned and its true length is given.
            while (LibSystem.write(_socket, bytes, (nuint)message.Length) < 0)
            {
                error = NativeError.LastDarwinErrno();
                if (error.Code != Darwin.EINTR)
                {
                    return false;
                }
            }
        }

        error = default;
        return true;
    }

    public void Dispose() => _socket.Dispose();
}
