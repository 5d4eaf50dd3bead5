using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

/// <summary>A socket of the utun control: while it is open there is a utun interface, whose packets pass through it.</summary>
[SupportedOSPlatform("macos")]
internal sealed class UtunSocket : IDisposable
{
    /// <summary>The address family before each packet, in network order.</summary>
    internal const int HeaderSize = 4;

    private const string ControlName = "com.apple.net.utun_control";

    private readonly SafeHandle? _foreign; // what the descriptor came from, when somebody else opened it

    private UtunSocket(FileDescriptor descriptor, SafeHandle? foreign = null)
    {
        Descriptor = descriptor;
        _foreign = foreign;
    }

    /// <summary>Readable when a packet waits.</summary>
    internal FileDescriptor Descriptor { get; }

    /// <summary>Opens a socket of the control without making an interface: what any user may.</summary>
    /// <exception cref="NativeException">The system refused, or has no such control.</exception>
    internal static UtunSocket Open(out uint control)
    {
        FileDescriptor fd = LibSystem.socket(Darwin.PF_SYSTEM, Darwin.SOCK_DGRAM, Darwin.SYSPROTO_CONTROL);
        if (fd.IsInvalid)
        {
            NativeError error = NativeError.LastDarwinErrno();
            fd.Dispose();
            throw new NativeException("socket(PF_SYSTEM)", error);
        }

        try
        {
            LibSystem.CloseOnExec(fd);
            LibSystem.NonBlocking(fd);
            ctl_info info = default;
            Encoding.ASCII.GetBytes(ControlName, info.ctl_name);
            if (!LibSystem.TryIoctl(fd, LibSystem.CTLIOCGINFO, ref info, out NativeError error))
            {
                throw new NativeException("ioctl(CTLIOCGINFO)", error);
            }

            control = info.ctl_id;
            return new UtunSocket(fd);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>Takes over a socket that somebody else opened and connected, and makes it non-blocking.</summary>
    /// <exception cref="NativeException">It is no socket of a utun interface.</exception>
    internal static UtunSocket Adopt(SafeHandle foreign)
    {
        bool isHeld = false;
        foreign.DangerousAddRef(ref isHeld);
        var own = new FileDescriptor();
        try
        {
            // A number of our own for the same socket: whatever the foreign handle's class does at its release, ours is a close.
            using (var borrowed = new BorrowedNumber((int)foreign.DangerousGetHandle()))
            {
                int number = LibSystem.Fcntl(borrowed.Descriptor, LibSystem.F_DUPFD_CLOEXEC, 0, LibSystem.PassesVariadicsOnStack);
                if (number < 0)
                {
                    throw new NativeException("fcntl(F_DUPFD_CLOEXEC)", NativeError.LastDarwinErrno());
                }

                Marshal.InitHandle(own, number);
            }

            var socket = new UtunSocket(own, foreign);
            socket.ReadName();
            LibSystem.NonBlocking(own);
            return socket;
        }
        catch
        {
            own.Dispose();
            throw;
        }
        finally
        {
            if (isHeld)
            {
                foreign.DangerousRelease();
            }
        }
    }

    /// <summary>Makes the interface.</summary>
    /// <param name="control">The control's number.</param>
    /// <param name="unit">One more than the number in the interface's name; 0 for the first that is free.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal unsafe void Connect(uint control, uint unit)
    {
        var address = new sockaddr_ctl
        {
            sc_len = (byte)sizeof(sockaddr_ctl),
            sc_family = Darwin.AF_SYSTEM,
            ss_sysaddr = Darwin.AF_SYS_CONTROL,
            sc_id = control,
            sc_unit = unit,
        };

        // SAFETY: the address is a local and its true size is given.
        if (LibSystem.connect(Descriptor, &address, (uint)sizeof(sockaddr_ctl)) != 0)
        {
            throw new NativeException("connect(utun_control)", NativeError.LastDarwinErrno());
        }
    }

    /// <summary>The name of the interface.</summary>
    /// <exception cref="NativeException">There is none: not connected, or no socket of this kind.</exception>
    internal unsafe string ReadName()
    {
        byte* name = stackalloc byte[Darwin.IFNAMSIZ];
        uint length = Darwin.IFNAMSIZ;

        // SAFETY: a local and its true length, which the kernel replaces by that of the name, its zero included.
        if (LibSystem.getsockopt(Descriptor, Darwin.SYSPROTO_CONTROL, Darwin.UTUN_OPT_IFNAME, name, &length) != 0)
        {
            throw new NativeException("getsockopt(UTUN_OPT_IFNAME)", NativeError.LastDarwinErrno());
        }

        var bytes = new ReadOnlySpan<byte>(name, (int)Math.Min(length, Darwin.IFNAMSIZ));
        int end = bytes.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>How many packets the kernel queues before it pauses the interface.</summary>
    internal bool TrySetPendingPackets(int count, out NativeError error) =>
        TrySet(Darwin.SYSPROTO_CONTROL, Darwin.UTUN_OPT_MAX_PENDING_PACKETS, count, out error);

    /// <summary>The room for packets that wait to be received.</summary>
    internal bool TrySetReceiveBuffer(int bytes, out NativeError error) => TrySet(LibSystem.SOL_SOCKET, LibSystem.SO_RCVBUF, bytes, out error);

    /// <summary>Whether this system exports the calls that move several packets at once.</summary>
    internal static unsafe bool HasBatchedCalls()
    {
        try
        {
            // SAFETY: no message is named, and no descriptor: the answer is an error, or that there is no such function.
            LibSystem.recvmsg_x(-1, null, 0, Darwin.MSG_DONTWAIT);
            LibSystem.sendmsg_x(-1, null, 0, Darwin.MSG_DONTWAIT);
            return true;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Begins a batch of reads or writes; dispose what it returns.</summary>
    internal UtunTransfer BeginTransfer() => new(Descriptor);

    public void Dispose()
    {
        Descriptor.Dispose();
        _foreign?.Dispose();
    }

    private unsafe bool TrySet(int level, int name, int value, out NativeError error)
    {
        // SAFETY: four bytes of a local.
        bool isSet = LibSystem.setsockopt(Descriptor, level, name, &value, sizeof(int)) == 0;
        error = isSet ? default : NativeError.LastDarwinErrno();
        return isSet;
    }

    // A number that belongs to somebody else, in the form that calls take: the handle gives it back unclosed.
    private readonly ref struct BorrowedNumber : IDisposable
    {
        internal BorrowedNumber(int number)
        {
            Descriptor = new FileDescriptor();
            Marshal.InitHandle(Descriptor, number);
        }

        internal FileDescriptor Descriptor { get; }

        public void Dispose() => Descriptor.SetHandleAsInvalid();
    }
}
