using System.Buffers.Binary;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>A packet socket (packet(7)), made with protocol 0: it receives nothing before it is bound.</summary>
/// <remarks>One thread may receive while another sends. It belongs to the network namespace of the thread that opened it.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class PacketSocket : IDisposable
{
    // What one call hands to the kernel at most: 5 KiB of stack, and long enough that the call itself costs nothing per frame.
    private const int MaxMessages = 64;

    private readonly FileDescriptor _fd;

    private PacketSocket(FileDescriptor fd) => _fd = fd;

    /// <summary>Readable when there are frames, or an error to take.</summary>
    internal FileDescriptor Descriptor => _fd;

    /// <summary>Opens a socket that sees nothing yet.</summary>
    /// <param name="cooked">Whether frames come without their link header.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static PacketSocket Open(bool cooked)
    {
        FileDescriptor fd = LibC.socket(Packet.AF_PACKET, (cooked ? LibC.SOCK_DGRAM : LibC.SOCK_RAW) | LibC.SOCK_CLOEXEC, 0);
        if (!fd.IsInvalid)
        {
            return new PacketSocket(fd);
        }

        var refused = new NativeException("socket(AF_PACKET)", NativeError.LastErrno());
        fd.Dispose();
        throw refused;
    }

    /// <summary>Sets an option of the packet layer.</summary>
    internal unsafe bool TrySet<T>(int option, in T value, out NativeError error)
        where T : unmanaged => TrySet(Packet.SOL_PACKET, option, value, out error);

    /// <summary>Sets an option.</summary>
    internal unsafe bool TrySet<T>(int level, int option, in T value, out NativeError error)
        where T : unmanaged
    {
        fixed (T* bytes = &value)
        {
            // SAFETY: the value is pinned and its true size is given.
            bool done = LibC.setsockopt(_fd, level, option, (void*)bytes, (uint)sizeof(T)) == 0;
            error = done ? default : NativeError.LastErrno();
            return done;
        }
    }

    /// <summary>Attaches a program; what it turned away is never seen.</summary>
    internal unsafe bool TryAttach(ReadOnlySpan<sock_filter> program, out NativeError error)
    {
        fixed (sock_filter* instructions = program)
        {
            var request = new sock_fprog { len = checked((ushort)program.Length), filter = instructions };

            // SAFETY: the kernel copies the pinned program before the call returns.
            bool done = LibC.setsockopt(_fd, LibC.SOL_SOCKET, LibC.SO_ATTACH_FILTER, (void*)&request, (uint)sizeof(sock_fprog)) == 0;
            error = done ? default : NativeError.LastErrno();
            return done;
        }
    }

    /// <summary>Starts reception of an EtherType, ETH_P_ALL, or 0 for none, on an interface, 0 for all.</summary>
    internal unsafe bool TryBind(ushort protocol, int interfaceIndex, out NativeError error)
    {
        var address = new sockaddr_ll
        {
            sll_family = Packet.AF_PACKET,
            sll_protocol = BinaryPrimitives.ReverseEndianness(protocol),
            sll_ifindex = interfaceIndex,
        };

        // SAFETY: the address is a local of the size that is given.
        bool done = LibC.bind(_fd, &address, (uint)sizeof(sockaddr_ll)) == 0;
        error = done ? default : NativeError.LastErrno();
        return done;
    }

    /// <summary>The index of the interface that the socket is bound to; -1 when it was removed since.</summary>
    internal unsafe int ReadBoundInterface()
    {
        sockaddr_ll address = default;
        uint length = (uint)sizeof(sockaddr_ll);

        // SAFETY: the kernel writes at most the length that is given.
        return LibC.getsockname(_fd, &address, &length) == 0
            ? address.sll_ifindex
            : throw new NativeException("getsockname(AF_PACKET)", NativeError.LastErrno());
    }

    /// <summary>Takes the error that waits at the socket; 0 when there is none.</summary>
    internal unsafe int TakeError()
    {
        int error = 0;
        uint length = sizeof(int);

        // SAFETY: four bytes of a local.
        return LibC.getsockopt(_fd, LibC.SOL_SOCKET, LibC.SO_ERROR, &error, &length) == 0
            ? error
            : throw new NativeException("getsockopt(SO_ERROR)", NativeError.LastErrno());
    }

    /// <summary>Takes the counts since they were taken last: the kernel starts again at zero.</summary>
    internal unsafe tpacket_stats_v3 TakeStatistics()
    {
        tpacket_stats_v3 counts = default;
        uint length = (uint)sizeof(tpacket_stats_v3);

        // SAFETY: the kernel writes at most the length that is given.
        return LibC.getsockopt(_fd, Packet.SOL_PACKET, Packet.PACKET_STATISTICS, &counts, &length) == 0
            ? counts
            : throw new NativeException("getsockopt(PACKET_STATISTICS)", NativeError.LastErrno());
    }

    /// <summary>Asks one question about an interface; the answer stands in <paramref name="request"/>.</summary>
    internal unsafe bool TryAsk(uint command, ref ifreq request, out NativeError error)
    {
        fixed (ifreq* argument = &request)
        {
            // SAFETY: every command that is asked this way reads and writes one ifreq, which is pinned here.
            bool done = LibC.ioctl(_fd, command, argument) == 0;
            error = done ? default : NativeError.LastErrno();
            return done;
        }
    }

    /// <summary>Reads or sets (SIOCGHWTSTAMP, SIOCSHWTSTAMP) which frames the card gives a time of its own.</summary>
    internal unsafe bool TryTimestamping(uint command, ReadOnlySpan<byte> name, ref hwtstamp_config config, out NativeError error)
    {
        ifreq request = InterfaceSocket.About(name);
        fixed (hwtstamp_config* pinned = &config)
        {
            // SAFETY: the driver reads and writes one hwtstamp_config, which is pinned here.
            request.ifr_data = (byte*)pinned;
            return TryAsk(command, ref request, out error);
        }
    }

    /// <summary>Receives one frame without waiting.</summary>
    /// <param name="data">Where its bytes go; what does not fit is left out.</param>
    /// <param name="control">Where the control messages go.</param>
    /// <param name="from">Where it was seen.</param>
    /// <param name="controlLength">How much of <paramref name="control"/> was filled.</param>
    /// <param name="error">Why there is none; EAGAIN when none waits.</param>
    /// <returns>The frame's length after the filter cut it, which may be more than fits; -1 when there is none.</returns>
    internal unsafe int Receive(Span<byte> data, Span<byte> control, out sockaddr_ll from, out int controlLength, out NativeError error)
    {
        from = default;
        fixed (byte* bytes = data)
        fixed (byte* messages = control)
        fixed (sockaddr_ll* address = &from)
        {
            // SAFETY: all memory that the message names is pinned, and given with its true length.
            var vector = new iovec { iov_base = bytes, iov_len = (nuint)data.Length };
            var message = new msghdr
            {
                msg_name = address,
                msg_namelen = (uint)sizeof(sockaddr_ll),
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = messages,
                msg_controllen = (nuint)control.Length,
            };
            nint received;
            while ((received = LibC.recvmsg(_fd, &message, LibC.MSG_DONTWAIT | LibC.MSG_TRUNC)) < 0)
            {
                error = NativeError.LastErrno();
                if (error.Code != Unix.LibC.EINTR)
                {
                    controlLength = 0;
                    return -1;
                }
            }

            controlLength = (int)message.msg_controllen;
            error = default;
            return (int)received;
        }
    }

    /// <summary>Sends one frame without waiting.</summary>
    internal unsafe bool TrySend(ReadOnlySpan<byte> frame, out NativeError error)
    {
        fixed (byte* bytes = frame)
        {
            // SAFETY: the frame is pinned and given with its true length.
            while (LibC.send(_fd, bytes, (nuint)frame.Length, LibC.MSG_DONTWAIT) < 0)
            {
                error = NativeError.LastErrno();
                if (error.Code != Unix.LibC.EINTR)
                {
                    return false;
                }
            }
        }

        error = default;
        return true;
    }

    /// <summary>Sends frames that lie one behind the other, without waiting.</summary>
    /// <param name="bytes">All frames.</param>
    /// <param name="ends">Where each ends.</param>
    /// <param name="start">The first to send.</param>
    /// <param name="error">Why the one behind the last accepted one was refused; none when all were accepted.</param>
    /// <returns>How many were accepted.</returns>
    internal unsafe int Send(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> ends, int start, out NativeError error)
    {
        mmsghdr* messages = stackalloc mmsghdr[MaxMessages];
        iovec* vectors = stackalloc iovec[MaxMessages];
        int at = start;
        fixed (byte* memory = bytes)
        {
            while (at < ends.Length)
            {
                int count = Math.Min(ends.Length - at, MaxMessages);
                for (int index = 0; index < count; index++)
                {
                    int from = at + index == 0 ? 0 : ends[at + index - 1];

                    // SAFETY: the slice checks that the frame lies inside the pinned memory.
                    int length = bytes[from..ends[at + index]].Length;
                    vectors[index] = new iovec { iov_base = memory + from, iov_len = (nuint)length };
                    messages[index] = new mmsghdr { msg_hdr = new msghdr { msg_iov = vectors + index, msg_iovlen = 1 } };
                }

                // SAFETY: the messages and what they name live until the call returns.
                int accepted = LibC.sendmmsg(_fd, messages, (uint)count, LibC.MSG_DONTWAIT);
                if (accepted < 0)
                {
                    error = NativeError.LastErrno();
                    if (error.Code == Unix.LibC.EINTR)
                    {
                        continue;
                    }

                    return at - start;
                }

                // Fewer than asked for: the kernel keeps the reason to itself until it is asked again, from that frame on.
                at += accepted;
                if (accepted == 0)
                {
                    break;
                }
            }
        }

        error = default;
        return at - start;
    }

    public void Dispose() => _fd.Dispose();
}
