using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

// linux/if_xdp.h: sockets of the express data path.
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibC
{
    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    internal static partial int bind(FileDescriptor fd, sockaddr_xdp* address, uint length);
}

/// <summary>struct sockaddr_xdp (linux/if_xdp.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_xdp
{
    internal ushort sxdp_family;
    internal ushort sxdp_flags;
    internal uint sxdp_ifindex;
    internal uint sxdp_queue_id;
    internal uint sxdp_shared_umem_fd;
}

/// <summary>struct xdp_umem_reg (linux/if_xdp.h) up to its flags.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct xdp_umem_reg
{
    internal ulong addr;
    internal ulong len;
    internal uint chunk_size;
    internal uint headroom;
    internal uint flags;
}

/// <summary>struct xdp_ring_offset (linux/if_xdp.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct xdp_ring_offset
{
    internal ulong producer;
    internal ulong consumer;
    internal ulong desc;
    internal ulong flags;
}

/// <summary>struct xdp_mmap_offsets (linux/if_xdp.h): where in its mapping each ring has what.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct xdp_mmap_offsets
{
    internal xdp_ring_offset rx;
    internal xdp_ring_offset tx;
    internal xdp_ring_offset fr;
    internal xdp_ring_offset cr;
}

/// <summary>struct xdp_desc (linux/if_xdp.h): a frame in the rings of receiving and sending.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct xdp_desc
{
    internal ulong addr;
    internal uint len;
    internal uint options;
}

/// <summary>struct xdp_statistics (linux/if_xdp.h), as it is since Linux 5.9.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct xdp_statistics
{
    internal ulong rx_dropped;
    internal ulong rx_invalid_descs;
    internal ulong tx_invalid_descs;
    internal ulong rx_ring_full;
    internal ulong rx_fill_ring_empty_descs;
    internal ulong tx_ring_empty_descs;
}

/// <summary>Numbers of linux/if_xdp.h and linux/if_link.h.</summary>
internal static class Xdp
{
    internal const int AF_XDP = 44;
    internal const int SOL_XDP = 283;
    internal const int XDP_MMAP_OFFSETS = 1;
    internal const int XDP_RX_RING = 2;
    internal const int XDP_TX_RING = 3;
    internal const int XDP_UMEM_REG = 4;
    internal const int XDP_UMEM_FILL_RING = 5;
    internal const int XDP_UMEM_COMPLETION_RING = 6;
    internal const int XDP_STATISTICS = 7;
    internal const int XDP_OPTIONS = 8;
    internal const uint XDP_OPTIONS_ZEROCOPY = 1;
    internal const ushort XDP_COPY = 1 << 1;
    internal const long XDP_PGOFF_RX_RING = 0;
    internal const long XDP_PGOFF_TX_RING = 0x80000000;
    internal const long XDP_UMEM_PGOFF_FILL_RING = 0x100000000;
    internal const long XDP_UMEM_PGOFF_COMPLETION_RING = 0x180000000;
    internal const uint XDP_FLAGS_SKB_MODE = 1 << 1;
    internal const uint XDP_PASS = 2;
}
