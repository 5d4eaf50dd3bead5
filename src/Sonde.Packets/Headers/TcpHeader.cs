using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>A TCP header (RFC 9293) read in place, with its options.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct TcpHeader
{
    /// <summary>The length of a header without options, in bytes.</summary>
    public const int MinSize = 20;

    private readonly ReadOnlySpan<byte> _bytes; // the captured segment; at least MinSize long

    private TcpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>The place of the first payload byte in the sender's stream, from a random start.</summary>
    public uint SequenceNumber => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>The next byte that the sender wants, when <see cref="TcpFlags.Ack"/> is set.</summary>
    public uint AcknowledgmentNumber => BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    /// <summary>The header's declared length with options, in bytes: 20 to 60.</summary>
    public int HeaderLength => (_bytes[12] >> 4) * 4;

    /// <summary>The control bits.</summary>
    public TcpFlags Flags => (TcpFlags)(BinaryPrimitives.ReadUInt16BigEndian(_bytes[12..]) & 0x1FF);

    /// <summary>How many bytes the sender is ready to take, before <see cref="TryGetWindowScale"/> is applied.</summary>
    public ushort Window => BinaryPrimitives.ReadUInt16BigEndian(_bytes[14..]);

    /// <summary>The checksum as sent; it covers addresses, header and payload.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[16..]);

    /// <summary>Where urgent data ends, when <see cref="TcpFlags.Urg"/> is set.</summary>
    public ushort UrgentPointer => BinaryPrimitives.ReadUInt16BigEndian(_bytes[18..]);

    /// <summary>The captured part of the options.</summary>
    public HeaderOptions Options => new(_bytes[MinSize..Math.Min(HeaderLength, _bytes.Length)]);

    /// <summary>Whether the capture was cut within the options.</summary>
    public bool IsTruncated => _bytes.Length < HeaderLength;

    /// <summary>The captured payload; its length on the wire follows from the IP header.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Math.Min(HeaderLength, _bytes.Length)..];

    /// <summary>Reads the header at the start of <paramref name="source"/>, which must end where the IP packet does.</summary>
    /// <returns><see langword="false"/> for bytes that are no TCP header; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out TcpHeader header, out PacketDefect defect)
    {
        header = default;
        if (source.Length < MinSize)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        if (source[12] >> 4 < MinSize / 4)
        {
            defect = PacketDefect.BadLength;
            return false;
        }

        header = new TcpHeader(source);
        defect = PacketDefect.None;
        return true;
    }

    /// <summary>The largest segment that the sender takes; stands in segments that open a connection.</summary>
    public bool TryGetMaximumSegmentSize(out int size)
    {
        bool found = Options.TryGet(TcpOptionKind.MaximumSegmentSize, out ReadOnlySpan<byte> data) && data.Length == 2;
        size = found ? BinaryPrimitives.ReadUInt16BigEndian(data) : 0;
        return found;
    }

    /// <summary>By how many bits the sender's windows are to be shifted (RFC 7323 allows 14); stands in segments that open a connection.</summary>
    public bool TryGetWindowScale(out int shift)
    {
        bool found = Options.TryGet(TcpOptionKind.WindowScale, out ReadOnlySpan<byte> data) && data.Length == 1;
        shift = found ? data[0] : 0;
        return found;
    }

    /// <summary>The sender's clock and the echo of the receiver's (RFC 7323), in units of the sender's choice.</summary>
    public bool TryGetTimestamps(out uint value, out uint echo)
    {
        bool found = Options.TryGet(TcpOptionKind.Timestamps, out ReadOnlySpan<byte> data) && data.Length == 8;
        value = found ? BinaryPrimitives.ReadUInt32BigEndian(data) : 0;
        echo = found ? BinaryPrimitives.ReadUInt32BigEndian(data[4..]) : 0;
        return found;
    }

    /// <summary>What the sender received out of order (RFC 2018); empty without that option.</summary>
    public SackBlocks GetSackBlocks() =>
        Options.TryGet(TcpOptionKind.Sack, out ReadOnlySpan<byte> data) ? new SackBlocks(data) : default;
}
