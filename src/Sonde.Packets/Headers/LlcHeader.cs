using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>An IEEE 802.2 header, with the SNAP header that may follow it.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct LlcHeader
{
    private const byte Snap = 0xAA;
    private const int SnapSize = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private LlcHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The access point that the frame is for: 0x42 is spanning tree, 0xAA is SNAP, 0xFE is OSI.</summary>
    public byte DestinationServiceAccessPoint => _bytes[0];

    /// <summary>The access point that sent it; its lowest bit tells a response from a command.</summary>
    public byte SourceServiceAccessPoint => _bytes[1];

    /// <summary>The control field: one byte when the low two bits are set (unnumbered), else two.</summary>
    public int Control => IsUnnumbered ? _bytes[2] : BinaryPrimitives.ReadUInt16LittleEndian(_bytes[2..]);

    /// <summary>Whether the frame is unnumbered, as nearly all are.</summary>
    public bool IsUnnumbered => (_bytes[2] & 3) == 3;

    /// <summary>Whether a SNAP header follows that names an organisation and a protocol.</summary>
    public bool IsSnap => _bytes is [Snap, Snap or Snap + 1, 3, ..] && _bytes.Length >= SnapSize;

    /// <summary>The organisation whose protocol it is; 0 for EtherTypes.</summary>
    public int Organization => IsSnap ? (_bytes[3] << 16) | (_bytes[4] << 8) | _bytes[5] : 0;

    /// <summary>What follows, when SNAP names it by an EtherType (RFC 1042).</summary>
    public EtherType EtherType =>
        IsSnap && Organization is 0 or 0x0000F8 && SnapProtocol >= 0x0600 ? (EtherType)SnapProtocol : EtherType.None;

    /// <summary>The protocol within <see cref="Organization"/>; 0 without SNAP.</summary>
    public int SnapProtocol => IsSnap ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) : 0;

    /// <summary>What follows the header, as captured.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[(IsSnap ? SnapSize : IsUnnumbered ? 3 : 4)..];

    /// <summary>Reads the header at the start of <paramref name="source"/>.</summary>
    /// <returns><see langword="false"/> when the bytes end before its control field does; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out LlcHeader header, out PacketDefect defect)
    {
        bool whole = source.Length >= 4 || (source.Length == 3 && (source[2] & 3) == 3);
        header = whole ? new LlcHeader(source) : default;
        defect = whole ? PacketDefect.None : PacketDefect.Truncated;
        return whole;
    }
}
