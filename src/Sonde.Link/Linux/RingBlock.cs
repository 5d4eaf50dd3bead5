using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>Reads the blocks of a packet ring (TPACKET_V3) in place; whatever the bytes are, no read leaves the block and every walk ends.</summary>
internal static class RingBlock
{
    /// <summary>The header of a record and the address behind it (TPACKET3_HDRLEN).</summary>
    internal const int RecordHeaderSize = AddressOffset + 20;

    private const int AddressOffset = 48;
    private const int BlockHeaderSize = 48;

    /// <summary>The position in front of the first frame.</summary>
    /// <returns><see langword="false"/> when the block's header makes no sense: there are then no frames.</returns>
    internal static bool TryBegin(ReadOnlySpan<byte> block, out RingPosition position)
    {
        position = default;
        if (!NativeStruct.TryRead(block, out tpacket_block_desc header))
        {
            return false;
        }

        if (header.hdr.num_pkts == 0)
        {
            return true;
        }

        uint first = header.hdr.offset_to_first_pkt;
        if (first < BlockHeaderSize || first > (uint)block.Length)
        {
            return false;
        }

        position = new RingPosition { Offset = (int)first, Left = header.hdr.num_pkts };
        return true;
    }

    /// <summary>Takes the next frame.</summary>
    /// <param name="block">The block.</param>
    /// <param name="headroom">How many bytes must be free between the record's header and the frame.</param>
    /// <param name="position">The position; it always advances.</param>
    /// <param name="malformed">Counted up for what made no sense: one record, or all that was left when the way to the next is lost.</param>
    /// <param name="header">The record's header.</param>
    /// <param name="seen">Where the frame was seen.</param>
    /// <param name="start">Where in the block the frame's bytes begin; there are <c>header.tp_snaplen</c> of them.</param>
    /// <returns><see langword="false"/> when no frame is left.</returns>
    internal static bool TryTake(
        ReadOnlySpan<byte> block, int headroom, ref RingPosition position, ref long malformed, out tpacket3_hdr header, out sockaddr_ll seen, out int start)
    {
        while (position.Left > 0)
        {
            int offset = position.Offset;
            ReadOnlySpan<byte> rest = block[offset..];
            if (rest.Length < RecordHeaderSize)
            {
                break;
            }

            NativeStruct.TryRead(rest, out header);
            NativeStruct.TryRead(rest[AddressOffset..], out seen);
            uint end = header.tp_next_offset;
            position.Left--;
            if (position.Left == 0)
            {
                end = (uint)rest.Length; // the last one leads nowhere
            }
            else if (end < RecordHeaderSize || end > (uint)rest.Length)
            {
                break;
            }

            position.Offset = offset + (int)end;
            if (header.tp_mac >= RecordHeaderSize + headroom && header.tp_mac + (ulong)header.tp_snaplen <= end)
            {
                start = offset + header.tp_mac;
                return true;
            }

            malformed++;
        }

        if (position.Left > 0)
        {
            malformed++;
            position.Left = 0;
        }

        header = default;
        seen = default;
        start = 0;
        return false;
    }
}
