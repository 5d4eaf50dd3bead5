using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>An IPv6 header (RFC 8200) read in place; <see cref="TryGetExtensions"/> leads to the upper layer.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct IPv6Header
{
    /// <summary>The header's length, in bytes; extension headers follow it.</summary>
    public const int Size = 40;

    private readonly ReadOnlySpan<byte> _bytes; // the captured packet without padding; at least Size long

    private IPv6Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The six bits of differentiated service (RFC 2474).</summary>
    public int ServiceClass => (BinaryPrimitives.ReadUInt16BigEndian(_bytes) >> 6) & 0x3F;

    /// <summary>Congestion: 3 says that a router was congested, 1 and 2 that the sender understands it (RFC 3168).</summary>
    public int Congestion => (_bytes[1] >> 4) & 3;

    /// <summary>What packets of one flow have in common; 0 when the sender does not label them.</summary>
    public int FlowLabel => (int)(BinaryPrimitives.ReadUInt32BigEndian(_bytes) & 0xF_FFFF);

    /// <summary>The length of what follows this header as declared; 0 for jumbograms and for segmentation offload.</summary>
    public int DeclaredPayloadLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>The length of what follows this header: as declared, or where none is declared as captured.</summary>
    public int PayloadLength => DeclaredPayloadLength == 0 ? Payload.Length : DeclaredPayloadLength;

    /// <summary>What follows this header: an extension header or the upper layer.</summary>
    public IPProtocol NextHeader => (IPProtocol)_bytes[6];

    /// <summary>How many more routers it may pass.</summary>
    public byte HopLimit => _bytes[7];

    /// <summary>Who sent it.</summary>
    public InternetAddress Source => InternetAddress.ReadIPv6(_bytes[8..]);

    /// <summary>Whom it is for.</summary>
    public InternetAddress Destination => InternetAddress.ReadIPv6(_bytes[24..]);

    /// <summary>The captured bytes after this header: extension headers first, without padding.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Size..];

    /// <summary>Reads the header at the start of <paramref name="source"/>, which padding may follow.</summary>
    /// <returns><see langword="false"/> for bytes that are no IPv6 header; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out IPv6Header header, out PacketDefect defect)
    {
        header = default;
        if (!source.IsEmpty && source[0] >> 4 != 6)
        {
            defect = PacketDefect.BadVersion;
            return false;
        }

        if (source.Length < Size)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        // RFC 2675: a jumbogram declares 0 here and its true length in a hop-by-hop option.
        int declared = BinaryPrimitives.ReadUInt16BigEndian(source[4..]);
        header = new IPv6Header(declared == 0 ? source : source[..Math.Min(Size + declared, source.Length)]);
        defect = PacketDefect.None;
        return true;
    }

    /// <summary>Walks the extension headers to the upper layer.</summary>
    /// <returns><see langword="false"/> when they are cut or malformed; <paramref name="chain"/> then holds those before.</returns>
    public bool TryGetExtensions(out IPv6ExtensionChain chain, out PacketDefect defect) =>
        IPv6ExtensionChain.TryParse(NextHeader, Payload, out chain, out defect);
}
