using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>An Ethernet header read in place: Ethernet II, or IEEE 802.3 with a length where the type would be.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct EthernetHeader
{
    /// <summary>The header's length, in bytes; VLAN tags follow it.</summary>
    public const int Size = 14;

    private readonly ReadOnlySpan<byte> _bytes;

    private EthernetHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The station that the frame is for.</summary>
    public MacAddress Destination => MacAddress.Read(_bytes);

    /// <summary>The station that sent it.</summary>
    public MacAddress Source => MacAddress.Read(_bytes[6..]);

    /// <summary>The field after the addresses, whichever of the two it is.</summary>
    public ushort TypeOrLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[12..]);

    /// <summary>What the frame carries; <see cref="Packets.EtherType.None"/> for an IEEE 802.3 frame, whose payload begins with an LLC header.</summary>
    public EtherType EtherType => HasLength ? EtherType.None : (EtherType)TypeOrLength;

    /// <summary>Whether the frame gives a length instead of a type (IEEE 802.3, clause 3.2.6: below 0x0600).</summary>
    public bool HasLength => TypeOrLength < 0x0600;

    /// <summary>What follows the header, as captured: padding included, except where the frame gives its length.</summary>
    public ReadOnlySpan<byte> Payload => HasLength ? _bytes.Slice(Size, Math.Min(TypeOrLength, _bytes.Length - Size)) : _bytes[Size..];

    /// <summary>Reads the header at the start of <paramref name="source"/>.</summary>
    /// <returns><see langword="false"/> for fewer than <see cref="Size"/> bytes; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out EthernetHeader header, out PacketDefect defect)
    {
        bool whole = source.Length >= Size;
        header = whole ? new EthernetHeader(source) : default;
        defect = whole ? PacketDefect.None : PacketDefect.Truncated;
        return whole;
    }
}
