using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Tun.Linux;

/// <summary>Translates between the header that Linux puts before each packet and <see cref="TunSegmentation"/>.</summary>
internal static class VirtioHeader
{
    /// <summary>The header's length, in bytes.</summary>
    internal const int Size = 10;

    /// <summary>Reads a header.</summary>
    /// <returns><see langword="false"/> for one that describes nothing we know; whether it fits its packet is for the segmenter to say.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> source, out TunSegmentation segmentation)
    {
        segmentation = default;
        if (!NativeStruct.TryRead(source, out virtio_net_hdr header))
        {
            return false;
        }

        TunSegmentationKind kind;
        switch (header.gso_type & ~Virtio.VIRTIO_NET_HDR_GSO_ECN)
        {
            case Virtio.VIRTIO_NET_HDR_GSO_NONE:
                kind = TunSegmentationKind.None;
                break;
            case Virtio.VIRTIO_NET_HDR_GSO_TCPV4:
                kind = TunSegmentationKind.TcpIPv4;
                break;
            case Virtio.VIRTIO_NET_HDR_GSO_TCPV6:
                kind = TunSegmentationKind.TcpIPv6;
                break;
            case Virtio.VIRTIO_NET_HDR_GSO_UDP_L4:
                kind = TunSegmentationKind.Udp;
                break;
            default:
                return false;
        }

        segmentation = new TunSegmentation
        {
            Kind = kind,
            NeedsChecksum = (header.flags & Virtio.VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0,
            HasEcn = kind != TunSegmentationKind.None && (header.gso_type & Virtio.VIRTIO_NET_HDR_GSO_ECN) != 0,
            SegmentSize = header.gso_size,
            ChecksumStart = header.csum_start,
            ChecksumOffset = header.csum_offset,
        };
        return true;
    }

    /// <summary>Writes the header of a packet.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <param name="segmentation">What the packet stands for.</param>
    /// <param name="headerLength">Its network and transport headers, which the kernel wants to have in one piece; 0 when that is not known.</param>
    internal static void Write(Span<byte> destination, TunSegmentation segmentation, int headerLength)
    {
        var header = default(virtio_net_hdr);
        if (segmentation.NeedsChecksum)
        {
            header.flags = Virtio.VIRTIO_NET_HDR_F_NEEDS_CSUM;
            header.csum_start = segmentation.ChecksumStart;
            header.csum_offset = segmentation.ChecksumOffset;
        }

        if (segmentation.IsSuperPacket)
        {
            header.hdr_len = (ushort)headerLength;
            header.gso_size = segmentation.SegmentSize;
            header.gso_type = segmentation.Kind switch
            {
                TunSegmentationKind.TcpIPv4 => Virtio.VIRTIO_NET_HDR_GSO_TCPV4,
                TunSegmentationKind.TcpIPv6 => Virtio.VIRTIO_NET_HDR_GSO_TCPV6,
                _ => Virtio.VIRTIO_NET_HDR_GSO_UDP_L4,
            };
            header.gso_type |= segmentation.HasEcn ? Virtio.VIRTIO_NET_HDR_GSO_ECN : (byte)0;
        }

        NativeStruct.AsBytes(header).CopyTo(destination);
    }

    /// <summary>The length of network and transport header, as far as the packet says it.</summary>
    internal static int HeaderLength(ReadOnlySpan<byte> packet, TunSegmentation segmentation)
    {
        int start = segmentation.ChecksumStart;
        if (segmentation.Kind == TunSegmentationKind.Udp)
        {
            return Math.Min(start + 8, packet.Length);
        }

        return start + 12 < packet.Length ? Math.Min(start + (packet[start + 12] >> 4 << 2), packet.Length) : packet.Length;
    }
}
