using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

// sys/socket.h, linux/netlink.h, linux/genetlink.h.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int MSG_DONTWAIT = 0x40;
    internal const int MSG_TRUNC = 0x20;
    internal const int SOL_SOCKET = 1;
    internal const int SO_RCVBUF = 8;

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial FileDescriptor socket(int domain, int type, int protocol);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int bind(FileDescriptor fd, sockaddr_nl* address, uint length);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int setsockopt(FileDescriptor fd, int level, int name, int* value, uint length);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial nint sendto(FileDescriptor fd, byte* buffer, nuint length, int flags, sockaddr_nl* to, uint toLength);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial nint recvfrom(FileDescriptor fd, byte* buffer, nuint length, int flags, sockaddr_nl* from, uint* fromLength);
}

/// <summary>struct sockaddr_nl (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_nl
{
    internal ushort nl_family;
    internal ushort nl_pad;
    internal uint nl_pid;
    internal uint nl_groups;
}

/// <summary>struct nlmsghdr (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct nlmsghdr
{
    internal uint nlmsg_len;
    internal ushort nlmsg_type;
    internal ushort nlmsg_flags;
    internal uint nlmsg_seq;
    internal uint nlmsg_pid;
}

/// <summary>struct nlmsgerr (linux/netlink.h): the answer to a request, with the head of the request.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct nlmsgerr
{
    internal int error;
    internal nlmsghdr msg;
}

/// <summary>struct nlattr (linux/netlink.h); rtattr is the same.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct nlattr
{
    internal ushort nla_len;
    internal ushort nla_type;
}

/// <summary>struct genlmsghdr (linux/genetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct genlmsghdr
{
    internal byte cmd;
    internal byte version;
    internal ushort reserved;
}

/// <summary>Numbers of linux/netlink.h, linux/genetlink.h, sys/socket.h and errno.h: no calls, so that parsers use them on every OS.</summary>
internal static class Netlink
{
    internal const int AF_UNSPEC = 0;
    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;
    internal const int AF_NETLINK = 16;
    internal const int NETLINK_ROUTE = 0;
    internal const int NETLINK_GENERIC = 16;
    internal const int SOL_NETLINK = 270;
    internal const int NETLINK_CAP_ACK = 10;
    internal const int NETLINK_EXT_ACK = 11;
    internal const int NETLINK_GET_STRICT_CHK = 12;
    internal const ushort NLMSG_NOOP = 1;
    internal const ushort NLMSG_ERROR = 2;
    internal const ushort NLMSG_DONE = 3;
    internal const ushort NLMSG_OVERRUN = 4;
    internal const ushort NLMSG_MIN_TYPE = 16;
    internal const ushort NLM_F_REQUEST = 0x001;
    internal const ushort NLM_F_MULTI = 0x002;
    internal const ushort NLM_F_ACK = 0x004;
    internal const ushort NLM_F_DUMP_INTR = 0x010;
    internal const ushort NLM_F_DUMP = 0x300;
    internal const ushort NLM_F_EXCL = 0x200;
    internal const ushort NLM_F_CREATE = 0x400;
    internal const ushort NLM_F_CAPPED = 0x100;
    internal const ushort NLM_F_ACK_TLVS = 0x200;
    internal const ushort NLMSGERR_ATTR_MSG = 1;
    internal const ushort NLA_F_NESTED = 0x8000;
    internal const ushort NLA_TYPE_MASK = 0x3FFF;
    internal const ushort GENL_ID_CTRL = 16;
    internal const byte CTRL_CMD_GETFAMILY = 3;
    internal const ushort CTRL_ATTR_FAMILY_ID = 1;
    internal const ushort CTRL_ATTR_FAMILY_NAME = 2;
    internal const int ENXIO = 6;
    internal const int EAGAIN = 11;
    internal const int ESRCH = 3;
    internal const int EEXIST = 17;
    internal const int ENODEV = 19;
    internal const int EINVAL = 22;
    internal const int ENOTTY = 25;
    internal const int ENOSYS = 38;
    internal const int EAFNOSUPPORT = 97;
    internal const int EPROTONOSUPPORT = 93;
    internal const int EOPNOTSUPP = 95;
    internal const int EADDRNOTAVAIL = 99;
    internal const int ENETUNREACH = 101;
    internal const int ENOBUFS = 105;
}
