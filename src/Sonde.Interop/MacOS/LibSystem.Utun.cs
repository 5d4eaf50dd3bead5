using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

// sys/kern_control.h, net/if_utun.h, and the batched calls of sys/socket_private.h, which libSystem exports and no SDK declares.
internal static unsafe partial class LibSystem
{
    internal const uint CTLIOCGINFO = 0xC0644E03;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int connect(FileDescriptor fd, void* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockopt(FileDescriptor fd, int level, int name, void* value, uint* length);

    [LibraryImport(Library)]
    internal static partial uint geteuid();

    // Numbers instead of a FileDescriptor: the caller holds it for a whole batch.
    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint read_held(int fd, byte* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint write_held(int fd, byte* buffer, nuint count);

    /// <summary>Receives up to <paramref name="count"/> datagrams; how many, or -1 with errno set. Private: bound at its first call.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recvmsg_x(int fd, msghdr_x* messages, uint count, int flags);

    /// <summary>Sends up to <paramref name="count"/> datagrams; how many, or -1 with errno set. Private: bound at its first call.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint sendmsg_x(int fd, msghdr_x* messages, uint count, int flags);
}

/// <summary>struct ctl_info (sys/kern_control.h): the name of a kernel control goes in, its number comes out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ctl_info
{
    internal uint ctl_id;
    internal ControlNameBytes ctl_name;
}

/// <summary>char[MAX_KCTL_NAME].</summary>
[InlineArray(96)]
internal struct ControlNameBytes
{
    private byte _first;
}

/// <summary>struct sockaddr_ctl (sys/kern_control.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_ctl
{
    internal byte sc_len;
    internal byte sc_family;
    internal ushort ss_sysaddr;
    internal uint sc_id;
    internal uint sc_unit;
    internal FiveWords sc_reserved;
}

/// <summary>u_int32_t[5].</summary>
[InlineArray(5)]
internal struct FiveWords
{
    private uint _first;
}

/// <summary>struct iovec (sys/uio.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct iovec
{
    internal byte* iov_base;
    internal nuint iov_len;
}

/// <summary>struct msghdr_x (sys/socket_private.h): a msghdr with the length of its datagram.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct msghdr_x
{
    internal void* msg_name;
    internal uint msg_namelen;
    private uint _padding1;
    internal iovec* msg_iov;
    internal int msg_iovlen;
    private uint _padding2;
    internal void* msg_control;
    internal uint msg_controllen;
    internal int msg_flags;
    internal nuint msg_datalen;
}
