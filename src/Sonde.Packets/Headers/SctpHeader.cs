using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>An SCTP header (RFC 9260) read in place, with its chunks.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct SctpHeader
{
    /// <summary>The header's length, in bytes; chunks follow it.</summary>
    public const int Size = 12;

    private readonly ReadOnlySpan<byte> _bytes;

    private SctpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>What the receiver chose to know its packets by; 0 in the first.</summary>
    public uint VerificationTag => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>The checksum (CRC32c) as sent.</summary>
    public uint Checksum => BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    /// <summary>The chunks, as captured: <c>foreach (SctpChunk chunk in header.Chunks)</c>.</summary>
    public SctpChunks Chunks => new(_bytes[Size..]);

    /// <summary>Reads the header at the start of <paramref name="source"/>, which must end where the IP packet does.</summary>
    /// <returns><see langword="false"/> for fewer than <see cref="Size"/> bytes; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out SctpHeader header, out PacketDefect defect)
    {
        bool whole = source.Length >= Size;
        header = whole ? new SctpHeader(source) : default;
        defect = whole ? PacketDefect.None : PacketDefect.Truncated;
        return whole;
    }
}
