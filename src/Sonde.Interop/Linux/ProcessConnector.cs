using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>The socket on which the kernel tells of forks, executions and exits (linux/cn_proc.h), read many datagrams a call.</summary>
/// <remarks>One thread at a time.</remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class ProcessConnector : IDisposable
{
    private const int MaxDatagrams = 64;

    // An event has 76 bytes; what is longer is of a kernel to come, and its head is what we know.
    private const int DatagramBytes = 256;

    private readonly FileDescriptor _fd;
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(MaxDatagrams * DatagramBytes, pinned: true);
    private readonly mmsghdr[] _messages = GC.AllocateArray<mmsghdr>(MaxDatagrams, pinned: true);
    private readonly iovec[] _vectors = GC.AllocateArray<iovec>(MaxDatagrams, pinned: true);
    private readonly sockaddr_nl[] _senders = GC.AllocateArray<sockaddr_nl>(MaxDatagrams, pinned: true);

    private ProcessConnector(FileDescriptor fd) => _fd = fd;

    /// <summary>Readable when an event waits.</summary>
    internal FileDescriptor Descriptor => _fd;

    /// <summary>How large the kernel made the receive buffer, measured as it is asked for; without CAP_NET_ADMIN it may be less than that.</summary>
    internal int BufferBytes { get; private set; }

    /// <summary>Opens the socket; nothing is sent yet.</summary>
    /// <param name="bufferBytes">How large a buffer the kernel should keep for what is not read yet.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static ProcessConnector Open(int bufferBytes)
    {
        FileDescriptor fd = LibC.socket(Netlink.AF_NETLINK, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, Connector.NETLINK_CONNECTOR);
        if (fd.IsInvalid)
        {
            throw new NativeException("socket(NETLINK_CONNECTOR)", NativeError.LastErrno());
        }

        var connector = new ProcessConnector(fd);
        try
        {
            connector.SetBuffer(bufferBytes);
            var address = new sockaddr_nl { nl_family = Netlink.AF_NETLINK, nl_groups = Connector.CN_IDX_PROC };

            // SAFETY: the address is a local.
            return LibC.bind(fd, &address, (uint)sizeof(sockaddr_nl)) == 0
                ? connector
                : throw new NativeException("bind(NETLINK_CONNECTOR)", NativeError.LastErrno());
        }
        catch
        {
            connector.Dispose();
            throw;
        }
    }

    /// <summary>Asks for the events of all processes. The kernel answers with an event of no kind, to everybody who listens.</summary>
    /// <param name="mark">Comes back in the answer, larger by one; its other number comes back only from older kernels.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal void Listen(uint mark)
    {
        var request = new listen_request
        {
            Header = new nlmsghdr { nlmsg_len = (uint)sizeof(listen_request), nlmsg_type = Netlink.NLMSG_DONE },
            Message = new cn_msg { idx = Connector.CN_IDX_PROC, val = Connector.CN_VAL_PROC, seq = mark, ack = mark, len = sizeof(uint) },
            Operation = Connector.PROC_CN_MCAST_LISTEN,
        };
        var kernel = new sockaddr_nl { nl_family = Netlink.AF_NETLINK };

        // SAFETY: both are locals of the lengths given.
        while (LibC.sendto(_fd, (byte*)&request, (nuint)sizeof(listen_request), 0, &kernel, (uint)sizeof(sockaddr_nl)) < 0)
        {
            NativeError error = NativeError.LastErrno();
            if (error.Code != Unix.LibC.EINTR)
            {
                throw new NativeException("send(PROC_CN_MCAST_LISTEN)", error);
            }
        }
    }

    /// <summary>Takes what waits, without blocking.</summary>
    /// <param name="hasOverflowed">Whether the kernel threw events away since the last call, because nobody read them in time.</param>
    /// <returns>How many datagrams there are to look at; 0 when none waited.</returns>
    /// <exception cref="NativeException">The socket is of no use any more.</exception>
    internal int Receive(out bool hasOverflowed)
    {
        hasOverflowed = false;
        fixed (byte* bytes = _bytes)
        fixed (mmsghdr* messages = _messages)
        fixed (iovec* vectors = _vectors)
        fixed (sockaddr_nl* senders = _senders)
        {
            for (int index = 0; index < MaxDatagrams; index++)
            {
                vectors[index] = new iovec { iov_base = bytes + (index * DatagramBytes), iov_len = DatagramBytes };
                messages[index] = new mmsghdr
                {
                    msg_hdr = new msghdr { msg_name = senders + index, msg_namelen = (uint)sizeof(sockaddr_nl), msg_iov = vectors + index, msg_iovlen = 1 },
                };
            }

            while (true)
            {
                // SAFETY: every message points into arrays that are pinned for good, with their true lengths.
                int count = LibC.recvmmsg(_fd, messages, MaxDatagrams, LibC.MSG_DONTWAIT, null);
                if (count >= 0)
                {
                    return count;
                }

                NativeError error = NativeError.LastErrno();
                switch (error.Code)
                {
                    case Unix.LibC.EINTR:
                        break;
                    case Netlink.ENOBUFS:
                        hasOverflowed = true; // told once; what waits is still there
                        break;
                    case Netlink.EAGAIN:
                        return 0;
                    default:
                        throw new NativeException("recvmmsg(NETLINK_CONNECTOR)", error);
                }
            }
        }
    }

    /// <summary>A datagram of the last <see cref="Receive"/>, or nothing when it was not the kernel that sent it.</summary>
    internal ReadOnlySpan<byte> Datagram(int index) => _senders[index].nl_pid == 0
        ? _bytes.AsSpan(index * DatagramBytes, (int)Math.Min(_messages[index].msg_len, DatagramBytes))
        : default;

    public void Dispose() => _fd.Dispose();

    private void SetBuffer(int bytes)
    {
        // SAFETY: each call reads or fills a local of the length given.
        int wanted = bytes;
        if (LibC.setsockopt(_fd, LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, &wanted, sizeof(int)) != 0)
        {
            LibC.setsockopt(_fd, LibC.SOL_SOCKET, LibC.SO_RCVBUF, &wanted, sizeof(int)); // capped by rmem_max without saying so
        }

        // The kernel doubles what it is asked for, to hold its own records too, and tells the double.
        int granted = 0;
        uint length = sizeof(int);
        BufferBytes = LibC.getsockopt(_fd, LibC.SOL_SOCKET, LibC.SO_RCVBUF, &granted, &length) == 0 ? granted / 2 : 0;
    }

    private struct listen_request
    {
        internal nlmsghdr Header;
        internal cn_msg Message;
        internal uint Operation;
    }
}
