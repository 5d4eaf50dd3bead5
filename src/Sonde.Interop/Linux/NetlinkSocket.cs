using System.Buffers;
using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>Takes one netlink message: its type and what follows its header, on loan until the call returns.</summary>
internal delegate void NetlinkMessageHandler(ushort type, ReadOnlySpan<byte> payload);

/// <summary>What came in while listening to multicast groups.</summary>
/// <param name="Messages">Messages handed to the handler.</param>
/// <param name="Overflowed">The kernel dropped messages because nobody read them in time (ENOBUFS): what was known is stale.</param>
internal readonly record struct NetlinkReceipt(int Messages, bool Overflowed);

/// <summary>A netlink socket: requests with acknowledgement, dumps, and multicast notifications.</summary>
/// <remarks>One thread at a time. Only messages from the kernel (port 0) are taken; others may be forged by any local process.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class NetlinkSocket : IDisposable
{
    // A dump fills at most 32 KiB a datagram when the reader offers that much; notifications are far smaller.
    private const int BufferSize = 64 * 1024;

    private readonly FileDescriptor _fd;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private uint _sequence;

    private NetlinkSocket(FileDescriptor fd) => _fd = fd;

    /// <summary>Readable when a notification waits.</summary>
    internal FileDescriptor Descriptor => _fd;

    /// <summary>Messages that were not from the kernel and were left out.</summary>
    internal long Foreign { get; private set; }

    /// <summary>Opens a socket of <paramref name="protocol"/> that listens to the multicast <paramref name="groups"/> (a bit mask).</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static unsafe NetlinkSocket Open(int protocol, uint groups = 0, int receiveBufferBytes = 0)
    {
        FileDescriptor fd = LibC.socket(Netlink.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, protocol);
        if (fd.IsInvalid)
        {
            throw new NativeException("socket(AF_NETLINK)", NativeError.LastErrno());
        }

        try
        {
            int on = 1;

            // SAFETY: each call reads four bytes of a local. All three options are refinements that old kernels lack: a refusal only
            // means shorter error texts (EXT_ACK), longer replies (CAP_ACK) or filters done by the reader (STRICT_CHK).
            LibC.setsockopt(fd, Netlink.SOL_NETLINK, Netlink.NETLINK_EXT_ACK, &on, sizeof(int));
            LibC.setsockopt(fd, Netlink.SOL_NETLINK, Netlink.NETLINK_CAP_ACK, &on, sizeof(int));
            LibC.setsockopt(fd, Netlink.SOL_NETLINK, Netlink.NETLINK_GET_STRICT_CHK, &on, sizeof(int));
            if (receiveBufferBytes > 0)
            {
                // Capped by rmem_max without saying so; a smaller buffer overflows sooner, which is reported when it happens.
                LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_RCVBUF, &receiveBufferBytes, sizeof(int));
            }

            var address = new sockaddr_nl { nl_family = Netlink.AF_NETLINK, nl_groups = groups };
            if (LibC.bind(fd, &address, (uint)sizeof(sockaddr_nl)) != 0)
            {
                throw new NativeException("bind(AF_NETLINK)", NativeError.LastErrno());
            }

            return new NetlinkSocket(fd);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>Asks for a table and hands each entry to <paramref name="handler"/>.</summary>
    /// <returns><see langword="false"/> when the table changed while it was read (NLM_F_DUMP_INTR): entries may be missing or double.</returns>
    /// <exception cref="NativeException">The system refused; the detail is the kernel's own explanation.</exception>
    internal bool Dump(NetlinkRequest request, string operation, NetlinkMessageHandler handler) =>
        Exchange(request, Netlink.NLM_F_DUMP, operation, handler);

    /// <summary>Sends a request and waits for its acknowledgement; an answer before it goes to <paramref name="handler"/>.</summary>
    /// <exception cref="NativeException">The system refused; the detail is the kernel's own explanation.</exception>
    internal void Request(NetlinkRequest request, string operation, NetlinkMessageHandler? handler = null) =>
        Exchange(request, Netlink.NLM_F_ACK, operation, handler);

    /// <summary>Reads every notification that waits now, without blocking.</summary>
    internal NetlinkReceipt ReceivePending(NetlinkMessageHandler handler)
    {
        int messages = 0;
        bool overflowed = false;

        // Bounded: under a storm the caller gets its turn after this many datagrams.
        for (int datagrams = 0; datagrams < 1024; datagrams++)
        {
            int received = ReceiveDatagram(LibC.MSG_DONTWAIT, out bool fromKernel, out NativeError error);
            if (received < 0)
            {
                if (error.Code == Netlink.ENOBUFS)
                {
                    overflowed = true;
                    continue;
                }

                if (error.Code == Netlink.EAGAIN)
                {
                    break;
                }

                throw new NativeException("recvfrom(AF_NETLINK)", error);
            }

            if (!fromKernel)
            {
                continue;
            }

            var reader = new NetlinkMessages(_buffer.AsSpan(0, received));
            while (reader.MoveNext())
            {
                messages++;
                handler(reader.Header.nlmsg_type, reader.Payload);
            }
        }

        return new NetlinkReceipt(messages, overflowed);
    }

    public void Dispose()
    {
        if (!_fd.IsClosed)
        {
            _fd.Dispose();
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private bool Exchange(NetlinkRequest request, ushort flags, string operation, NetlinkMessageHandler? handler)
    {
        uint sequence = ++_sequence;
        Send(request.Finish(sequence, flags), operation);
        bool consistent = true;
        while (true)
        {
            int received = ReceiveDatagram(0, out bool fromKernel, out NativeError error);
            if (received < 0)
            {
                throw new NativeException(operation, error);
            }

            if (!fromKernel)
            {
                continue;
            }

            var reader = new NetlinkMessages(_buffer.AsSpan(0, received));
            while (reader.MoveNext())
            {
                if (reader.Header.nlmsg_seq != sequence)
                {
                    continue; // the tail of an earlier dump that was given up
                }

                consistent &= (reader.Header.nlmsg_flags & Netlink.NLM_F_DUMP_INTR) == 0;
                switch (reader.Header.nlmsg_type)
                {
                    case Netlink.NLMSG_DONE or Netlink.NLMSG_ERROR:
                        NetlinkAnswer answer = NetlinkAnswer.Parse(reader.Header, reader.Payload);
                        return answer.Errno == 0
                            ? consistent
                            : throw new NativeException(operation, new NativeError(NativeErrorDomain.Errno, answer.Errno), answer.Text);
                    case Netlink.NLMSG_NOOP:
                        break;
                    case Netlink.NLMSG_OVERRUN:
                        consistent = false;
                        break;
                    default:
                        handler?.Invoke(reader.Header.nlmsg_type, reader.Payload);
                        break;
                }
            }
        }
    }

    private unsafe void Send(ReadOnlySpan<byte> message, string operation)
    {
        var kernel = new sockaddr_nl { nl_family = Netlink.AF_NETLINK };
        fixed (byte* bytes = message)
        {
            // SAFETY: the message is pinned for the call and the address is a local.
            while (LibC.sendto(_fd, bytes, (nuint)message.Length, 0, &kernel, (uint)sizeof(sockaddr_nl)) < 0)
            {
                NativeError error = NativeError.LastErrno();
                if (error.Code != Unix.LibC.EINTR)
                {
                    throw new NativeException(operation, error);
                }
            }
        }
    }

    private unsafe int ReceiveDatagram(int flags, out bool fromKernel, out NativeError error)
    {
        fixed (byte* bytes = _buffer)
        {
            while (true)
            {
                sockaddr_nl from = default;
                uint fromLength = (uint)sizeof(sockaddr_nl);

                // SAFETY: the buffer is pinned and its true length is given; MSG_TRUNC makes the kernel return the datagram's own length.
                nint received = LibC.recvfrom(_fd, bytes, (nuint)_buffer.Length, flags | LibC.MSG_TRUNC, &from, &fromLength);
                if (received >= 0)
                {
                    fromKernel = from.nl_pid == 0;
                    if (!fromKernel)
                    {
                        Foreign++;
                    }

                    error = default;
                    return received <= _buffer.Length
                        ? (int)received
                        : throw new NativeException($"recvfrom(AF_NETLINK): {received} bytes for a buffer of {_buffer.Length}", new NativeError(NativeErrorDomain.Errno, Netlink.ENOBUFS));
                }

                error = NativeError.LastErrno();
                if (error.Code != Unix.LibC.EINTR)
                {
                    fromKernel = false;
                    return -1;
                }
            }
        }
    }
}

/// <summary>Walks the messages of one netlink datagram; a length that lies ends the walk.</summary>
internal ref struct NetlinkMessages(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    internal nlmsghdr Header { get; private set; }

    /// <summary>What follows the header, without padding.</summary>
    internal ReadOnlySpan<byte> Payload { get; private set; }

    internal bool MoveNext()
    {
        int size = NativeStruct.SizeOf<nlmsghdr>();
        if (!NativeStruct.TryRead(_rest, out nlmsghdr header) || header.nlmsg_len < size || header.nlmsg_len > _rest.Length)
        {
            return false;
        }

        Header = header;
        Payload = _rest[size..(int)header.nlmsg_len];
        _rest = _rest[(int)Math.Min((header.nlmsg_len + 3) & ~3u, (uint)_rest.Length)..];
        return true;
    }
}

/// <summary>The kernel's answer to a request: 0 or an errno, and its explanation where it gives one.</summary>
internal readonly record struct NetlinkAnswer(int Errno, string? Text)
{
    /// <summary>Reads the payload of NLMSG_ERROR or NLMSG_DONE.</summary>
    internal static NetlinkAnswer Parse(nlmsghdr header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < sizeof(int))
        {
            return default; // NLMSG_DONE of old kernels carries nothing
        }

        int errno = -BitConverter.ToInt32(payload);
        if ((header.nlmsg_flags & Netlink.NLM_F_ACK_TLVS) == 0)
        {
            return new NetlinkAnswer(errno, null);
        }

        int skip = sizeof(int);
        if (header.nlmsg_type == Netlink.NLMSG_ERROR)
        {
            // The request's header is echoed, and its body too unless the answer is capped.
            skip = NativeStruct.SizeOf<nlmsgerr>();
            if ((header.nlmsg_flags & Netlink.NLM_F_CAPPED) == 0 && NativeStruct.TryRead(payload[sizeof(int)..], out nlmsghdr request))
            {
                skip = (int)Math.Min(sizeof(int) + (((long)request.nlmsg_len + 3) & ~3L), payload.Length);
            }
        }

        var attributes = new NetlinkAttributes(payload[Math.Min(skip, payload.Length)..]);
        while (attributes.MoveNext())
        {
            if (attributes.Type == Netlink.NLMSGERR_ATTR_MSG)
            {
                return new NetlinkAnswer(errno, Encoding.UTF8.GetString(attributes.Value.TrimEnd((byte)0)));
            }
        }

        return new NetlinkAnswer(errno, null);
    }
}
