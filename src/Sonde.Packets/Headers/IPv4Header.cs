using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>An IPv4 header (RFC 791) read in place, with its options and its place among the fragments of a packet.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct IPv4Header
{
    /// <summary>The length of a header without options, in bytes.</summary>
    public const int MinSize = 20;

    private readonly ReadOnlySpan<byte> _bytes; // the captured packet without padding; at least MinSize long

    private IPv4Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The header's declared length with options, in bytes: 20 to 60.</summary>
    public int HeaderLength => (_bytes[0] & 0xF) * 4;

    /// <summary>The six bits of differentiated service (RFC 2474).</summary>
    public int ServiceClass => _bytes[1] >> 2;

    /// <summary>Congestion: 3 says that a router was congested, 1 and 2 that the sender understands it (RFC 3168).</summary>
    public int Congestion => _bytes[1] & 3;

    /// <summary>The packet's length as declared, header included; 0 where the card was to cut the packet up (segmentation offload).</summary>
    public int TotalLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>What fragments of one packet have in common.</summary>
    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>Whether routers must not fragment it.</summary>
    public bool DoNotFragment => (_bytes[6] & 0x40) != 0;

    /// <summary>Whether fragments follow this one.</summary>
    public bool MoreFragments => (_bytes[6] & 0x20) != 0;

    /// <summary>Where in the packet's payload this fragment begins, in bytes.</summary>
    public int FragmentOffset => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) & 0x1FFF) * 8;

    /// <summary>Whether this is one of several fragments; unless <see cref="FragmentOffset"/> is 0 the payload begins amid the packet.</summary>
    public bool IsFragment => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) & 0x3FFF) != 0;

    /// <summary>How many more routers it may pass.</summary>
    public byte TimeToLive => _bytes[8];

    /// <summary>What follows.</summary>
    public IPProtocol Protocol => (IPProtocol)_bytes[9];

    /// <summary>The header's checksum as sent; see <see cref="HasValidChecksum"/>.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[10..]);

    /// <summary>Who sent it.</summary>
    public InternetAddress Source => InternetAddress.ReadIPv4(_bytes[12..]);

    /// <summary>Whom it is for.</summary>
    public InternetAddress Destination => InternetAddress.ReadIPv4(_bytes[16..]);

    /// <summary>Whether the header was captured whole and its checksum is right.</summary>
    /// <remarks>A packet captured on its sender may rightly be wrong: the card fills it in later.</remarks>
    public bool HasValidChecksum => _bytes.Length >= HeaderLength && InternetChecksum.Compute(_bytes[..HeaderLength]) == 0;

    /// <summary>The captured part of the options.</summary>
    public HeaderOptions Options => new(_bytes[MinSize..Math.Min(HeaderLength, _bytes.Length)]);

    /// <summary>The payload's length as declared; where none is declared, as captured.</summary>
    public int PayloadLength => TotalLength == 0 ? Payload.Length : TotalLength - HeaderLength;

    /// <summary>The captured payload: shorter than declared when the capture was cut short, and without padding.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Math.Min(HeaderLength, _bytes.Length)..];

    /// <summary>Reads the header at the start of <paramref name="source"/>, which padding may follow.</summary>
    /// <returns><see langword="false"/> for bytes that are no IPv4 header; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out IPv4Header header, out PacketDefect defect)
    {
        header = default;
        if (!source.IsEmpty && source[0] >> 4 != 4)
        {
            defect = PacketDefect.BadVersion;
            return false;
        }

        if (source.Length < MinSize)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        int headerLength = (source[0] & 0xF) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        if (headerLength < MinSize || (total != 0 && total < headerLength))
        {
            defect = PacketDefect.BadLength;
            return false;
        }

        header = new IPv4Header(total == 0 ? source : source[..Math.Min(total, source.Length)]);
        defect = PacketDefect.None;
        return true;
    }
}
