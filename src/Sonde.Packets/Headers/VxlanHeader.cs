using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>A VXLAN header (RFC 7348) read in place: an Ethernet frame follows it.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct VxlanHeader
{
    /// <summary>The header's length, in bytes.</summary>
    public const int Size = 8;

    /// <summary>The UDP port assigned to it; Linux used 8472 before.</summary>
    public const ushort Port = 4789;

    private const byte HasNetwork = 0x08;

    private readonly ReadOnlySpan<byte> _bytes;

    private VxlanHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The eight flags; 0x08 is set in all valid headers.</summary>
    public byte Flags => _bytes[0];

    /// <summary>The virtual network, 24 bits.</summary>
    public int NetworkIdentifier => (int)(BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]) >> 8);

    /// <summary>The Ethernet frame within, as captured.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Size..];

    /// <summary>Reads the header at the start of <paramref name="source"/>.</summary>
    /// <returns><see langword="false"/> for cut bytes and for a header that names no network; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out VxlanHeader header, out PacketDefect defect)
    {
        header = default;
        if (source.Length < Size)
        {
            defect = PacketDefect.Truncated;
            return false;
        }

        if ((source[0] & HasNetwork) == 0)
        {
            defect = PacketDefect.Malformed;
            return false;
        }

        header = new VxlanHeader(source);
        defect = PacketDefect.None;
        return true;
    }
}
