using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>An open /dev/net/tun: one queue of a TUN device once it is attached.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TunFile : IDisposable
{
    internal const string Path = "/dev/net/tun";

    private readonly SafeHandle? _foreign; // what the descriptor came from, when somebody else opened it

    private TunFile(FileDescriptor descriptor, SafeHandle? foreign = null)
    {
        Descriptor = descriptor;
        _foreign = foreign;
    }

    /// <summary>Readable when a packet waits.</summary>
    internal FileDescriptor Descriptor { get; }

    /// <summary>Opens the driver; not attached to a device yet, never blocking.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static TunFile Open()
    {
        FileDescriptor fd = LibC.open(Path, LibC.O_RDWR | LibC.O_CLOEXEC | LibC.O_NONBLOCK);
        return fd.IsInvalid ? throw new NativeException($"open({Path})", NativeError.LastErrno()) : new TunFile(fd);
    }

    /// <summary>Takes over a descriptor that somebody else opened and attached, and makes it non-blocking.</summary>
    /// <exception cref="NativeException">It is no descriptor of a TUN device.</exception>
    internal static TunFile Adopt(SafeHandle foreign)
    {
        bool isHeld = false;
        foreign.DangerousAddRef(ref isHeld);
        try
        {
            // A number of our own for the same open file: whatever the foreign handle's class does at its release, ours is a close.
            FileDescriptor fd = LibC.fcntl((int)foreign.DangerousGetHandle(), LibC.F_DUPFD_CLOEXEC, 0);
            if (fd.IsInvalid)
            {
                throw new NativeException("fcntl(F_DUPFD_CLOEXEC)", NativeError.LastErrno());
            }

            var file = new TunFile(fd, foreign);
            try
            {
                file.ReadInterface(out _);
                file.SetNonBlocking();
                return file;
            }
            catch
            {
                fd.Dispose();
                throw;
            }
        }
        finally
        {
            if (isHeld)
            {
                foreign.DangerousRelease();
            }
        }
    }

    /// <summary>Attaches to the device of that name, or makes it.</summary>
    /// <param name="name">At most 15 bytes; may be a pattern with %d, or empty.</param>
    /// <param name="flags">IFF_TUN and its refinements.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal unsafe void Attach(string name, ushort flags)
    {
        ifreq request = InterfaceSocket.About(Encoding.UTF8.GetBytes(name));
        request.ifr_flags = unchecked((short)flags);

        // SAFETY: the command reads and writes one ifreq, a local.
        while (LibC.ioctl(Descriptor, LibC.TUNSETIFF, &request) != 0)
        {
            ThrowUnlessInterrupted("ioctl(TUNSETIFF)");
        }
    }

    /// <summary>The flags that TUNSETIFF would take here.</summary>
    internal unsafe uint ReadFeatures()
    {
        int features = 0;

        // SAFETY: the command writes one int, a local.
        while (LibC.ioctl(Descriptor, LibC.TUNGETFEATURES, &features) != 0)
        {
            ThrowUnlessInterrupted("ioctl(TUNGETFEATURES)");
        }

        return (uint)features;
    }

    /// <summary>The name of the device that this is attached to, and the flags that it has now.</summary>
    internal unsafe string ReadInterface(out ushort flags)
    {
        ifreq request = default;

        // SAFETY: the command writes one ifreq, a local.
        while (LibC.ioctl(Descriptor, LibC.TUNGETIFF, &request) != 0)
        {
            ThrowUnlessInterrupted("ioctl(TUNGETIFF)");
        }

        flags = unchecked((ushort)request.ifr_flags);
        ReadOnlySpan<byte> name = request.ifr_name;
        int end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    /// <summary>Tells the kernel what it may hand over unfinished; the kernel refuses a whole set for one bit that it does not know.</summary>
    internal bool TrySetOffload(uint features, out NativeError refused)
    {
        while (LibC.ioctl(Descriptor, LibC.TUNSETOFFLOAD, (nuint)features) != 0)
        {
            refused = NativeError.LastErrno();
            if (refused.Code != Unix.LibC.EINTR)
            {
                return false;
            }
        }

        refused = default;
        return true;
    }

    /// <summary>The bytes of the header before each packet, under IFF_VNET_HDR.</summary>
    internal unsafe int ReadHeaderSize()
    {
        int size = 0;

        // SAFETY: the command writes one int, a local.
        while (LibC.ioctl(Descriptor, LibC.TUNGETVNETHDRSZ, &size) != 0)
        {
            ThrowUnlessInterrupted("ioctl(TUNGETVNETHDRSZ)");
        }

        return size;
    }

    /// <summary>Sets the bytes of the header before each packet: an earlier holder may have left another size on a persistent device.</summary>
    internal unsafe void SetHeaderSize(int size)
    {
        // SAFETY: the command reads one int, a local.
        while (LibC.ioctl(Descriptor, LibC.TUNSETVNETHDRSZ, &size) != 0)
        {
            ThrowUnlessInterrupted("ioctl(TUNSETVNETHDRSZ)");
        }
    }

    /// <summary>Whether the device outlives its last descriptor.</summary>
    internal void SetPersist(bool isPersistent) => Set(LibC.TUNSETPERSIST, isPersistent ? 1u : 0u, "ioctl(TUNSETPERSIST)");

    /// <summary>Who may attach without CAP_NET_ADMIN.</summary>
    internal void SetOwner(uint userId) => Set(LibC.TUNSETOWNER, userId, "ioctl(TUNSETOWNER)");

    /// <summary>Whose members may.</summary>
    internal void SetGroup(uint groupId) => Set(LibC.TUNSETGROUP, groupId, "ioctl(TUNSETGROUP)");

    /// <summary>Begins a batch of reads or writes; dispose what it returns.</summary>
    internal TunTransfer BeginTransfer() => new(Descriptor);

    public void Dispose()
    {
        Descriptor.Dispose();
        _foreign?.Dispose();
    }

    private static void ThrowUnlessInterrupted(string operation)
    {
        NativeError error = NativeError.LastErrno();
        if (error.Code != Unix.LibC.EINTR)
        {
            throw new NativeException(operation, error);
        }
    }

    private void Set(uint command, uint value, string operation)
    {
        while (LibC.ioctl(Descriptor, command, (nuint)value) != 0)
        {
            ThrowUnlessInterrupted(operation);
        }
    }

    private void SetNonBlocking()
    {
        int flags = LibC.fcntl(Descriptor, LibC.F_GETFL, 0);
        if (flags < 0 || LibC.fcntl(Descriptor, LibC.F_SETFL, flags | LibC.O_NONBLOCK) < 0)
        {
            throw new NativeException("fcntl(F_SETFL)", NativeError.LastErrno());
        }
    }
}
