using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

// linux/if_tun.h, linux/virtio_net.h, sys/uio.h.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    internal const int O_RDWR = 2;

    internal const ushort IFF_TUN = 0x0001;
    internal const ushort IFF_TAP = 0x0002;
    internal const ushort IFF_MULTI_QUEUE = 0x0100;
    internal const ushort IFF_NO_PI = 0x1000;
    internal const ushort IFF_VNET_HDR = 0x4000;
    internal const ushort IFF_TUN_EXCL = 0x8000;

    internal const uint TUNSETIFF = 0x400454CA;
    internal const uint TUNSETPERSIST = 0x400454CB;
    internal const uint TUNSETOWNER = 0x400454CC;
    internal const uint TUNSETGROUP = 0x400454CE;
    internal const uint TUNGETFEATURES = 0x800454CF;
    internal const uint TUNSETOFFLOAD = 0x400454D0;
    internal const uint TUNGETIFF = 0x800454D2;
    internal const uint TUNGETVNETHDRSZ = 0x800454D7;
    internal const uint TUNSETVNETHDRSZ = 0x400454D8;

    internal const uint TUN_F_CSUM = 0x01;
    internal const uint TUN_F_TSO4 = 0x02;
    internal const uint TUN_F_TSO6 = 0x04;
    internal const uint TUN_F_TSO_ECN = 0x08;
    internal const uint TUN_F_USO4 = 0x20; // since Linux 6.2
    internal const uint TUN_F_USO6 = 0x40;

    internal const int IOV_MAX = 1024;
    internal const int EIO = 5;
    internal const int EBADFD = 77;

    // ioctl(2) is variadic: right as declared on Linux, wrong on arm64 macOS. These commands take their argument by value …
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int ioctl(FileDescriptor fd, nuint request, nuint value);

    // … and these through a pointer to an int.
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int ioctl(FileDescriptor fd, nuint request, int* argument);

    // The data path takes numbers: TunTransfer holds the handle for a whole batch, where the marshaller would for each call.
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial nint writev(int fd, iovec* parts, int count);
}

/// <summary>Numbers of linux/virtio_net.h: no calls, so that the header is read and written on every OS.</summary>
internal static class Virtio
{
    internal const byte VIRTIO_NET_HDR_F_NEEDS_CSUM = 1;
    internal const byte VIRTIO_NET_HDR_GSO_NONE = 0;
    internal const byte VIRTIO_NET_HDR_GSO_TCPV4 = 1;
    internal const byte VIRTIO_NET_HDR_GSO_TCPV6 = 4;
    internal const byte VIRTIO_NET_HDR_GSO_UDP_L4 = 5;
    internal const byte VIRTIO_NET_HDR_GSO_ECN = 0x80;
}

/// <summary>struct virtio_net_hdr (linux/virtio_net.h), in the order of the processor: what stands before each packet under IFF_VNET_HDR.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct virtio_net_hdr
{
    internal byte flags;
    internal byte gso_type;
    internal ushort hdr_len;
    internal ushort gso_size;
    internal ushort csum_start;
    internal ushort csum_offset;
}
