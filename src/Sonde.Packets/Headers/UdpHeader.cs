using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>A UDP header (RFC 768) read in place: a view over captured bytes, not a copy.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct UdpHeader
{
    /// <summary>The header's length, in bytes.</summary>
    public const int Size = 8;

    private readonly ReadOnlySpan<byte> _bytes; // this header and its captured payload; at least Size long

    private UdpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The port that the datagram comes from.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The port the datagram is for.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>The datagram's length as declared, header included; 0 for jumbograms and for segmentation offload.</summary>
    public int DeclaredLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>The checksum as sent; 0 says that there is none.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]);

    /// <summary>The payload's length as declared; where none is declared, as captured.</summary>
    public int PayloadLength => DeclaredLength == 0 ? Payload.Length : DeclaredLength - Size;

    /// <summary>The captured payload: shorter than declared when the capture was cut short.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Size..];

    /// <summary>Reads the header at the start of <paramref name="source"/>, which padding may follow.</summary>
    /// <returns><see langword="false"/> for bytes that are no UDP header; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out UdpHeader header, out PacketDefect defect)
    {
        header = default;
        if (source.Length < Size)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        int declared = BinaryPrimitives.ReadUInt16BigEndian(source[4..]);
        if (declared is > 0 and < Size)
        {
            defect = PacketDefect.BadLength;
            return false;
        }

        // RFC 2675: a jumbogram declares 0 here and its true length in an IPv6 option.
        int end = declared == 0 ? source.Length : Math.Min(declared, source.Length);
        header = new UdpHeader(source[..end]);
        defect = PacketDefect.None;
        return true;
    }
}
