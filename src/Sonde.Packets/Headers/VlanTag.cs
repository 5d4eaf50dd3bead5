using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>A VLAN tag (IEEE 802.1Q) after the number that announced it: two bytes of tag, and the type of what follows.</summary>
/// <remarks>After <see cref="TryParse"/> succeeds no accessor throws; on a default value they do.</remarks>
public readonly ref struct VlanTag
{
    /// <summary>The length of the tag and of the type behind it, in bytes.</summary>
    public const int Size = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private VlanTag(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The whole tag: priority, drop bit and identifier.</summary>
    public ushort Control => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The VLAN, 1 to 4094; 0 is a tag that only carries a priority.</summary>
    public int Id => Control & 0xFFF;

    /// <summary>The priority, 0 to 7.</summary>
    public int Priority => Control >> 13;

    /// <summary>Whether the frame may be dropped first when a queue is full.</summary>
    public bool IsDropEligible => (Control & 0x1000) != 0;

    /// <summary>What follows; <see cref="Packets.EtherType.None"/> when a length stands there (see <see cref="EthernetHeader.HasLength"/>).</summary>
    public EtherType EtherType => TypeOrLength < 0x0600 ? EtherType.None : (EtherType)TypeOrLength;

    /// <summary>The two bytes after the tag, whichever of the two they are.</summary>
    public ushort TypeOrLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>What follows the tag, as captured.</summary>
    public ReadOnlySpan<byte> Payload =>
        TypeOrLength < 0x0600 ? _bytes.Slice(Size, Math.Min(TypeOrLength, _bytes.Length - Size)) : _bytes[Size..];

    /// <summary>Whether <paramref name="type"/> announces a tag: 802.1Q, 802.1ad, or the number used before it.</summary>
    public static bool IsAnnouncedBy(EtherType type) => type is EtherType.Vlan or EtherType.ServiceVlan or EtherType.LegacyServiceVlan;

    /// <summary>Reads the tag at the start of <paramref name="source"/>, which begins after the type that announced it.</summary>
    /// <returns><see langword="false"/> for fewer than <see cref="Size"/> bytes; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out VlanTag tag, out PacketDefect defect)
    {
        bool whole = source.Length >= Size;
        tag = whole ? new VlanTag(source) : default;
        defect = whole ? PacketDefect.None : PacketDefect.Truncated;
        return whole;
    }
}
